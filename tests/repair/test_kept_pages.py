"""The pages from which a layout is learned anew: those that are kept, whichever machine has fetched them."""

from __future__ import annotations

from crawler.items import Link
from crawler.repair.layouts import kept_pages
from crawler.store import Store
from crawler.store.quarantine import EXAMPLE
from tests.support import at, keep_page, url_of


def test_examples_of_the_latest_pages_are_taken_from_the_store(store: Store) -> None:
    keep_page(store, 1, reason=EXAMPLE, body=b"<html>1")
    keep_page(store, 2, body=b"<html>2")  # its article could not be read
    keep_page(store, 3, "dai", reason=EXAMPLE, body=b"<html>3")
    keep_page(store, 4, reason=EXAMPLE, body=b"<html>4")
    pages = [Link(url_of(n)) for n in (1, 2, 3)]
    kept = kept_pages(store, pages, "bao", None, at(5))
    assert [(answer.url, answer.status, answer.body) for answer in kept] == [(url_of(1), 200, b"<html>1")]
