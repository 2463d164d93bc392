"""The saved real pages, read as a hand has annotated them: one test a field."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.extract import FALLBACK, extract
from crawler.extract import article as module
from crawler.sites import load_sites

CORPUS = Path(os.environ.get("THOISU_CORPUS") or "nowhere")
GOLDS = sorted(CORPUS.glob("gold/*.json"))
FIELDS = ("title", "lead", "dateline", "body", "authors", "published_at", "modified_at", "section", "tags", "kind",
          "images", "documents")  # fmt: skip

pytestmark = pytest.mark.skipif(
    not GOLDS, reason="real pages are not read: set THOISU_CORPUS to the corpus folder (THOISU_CORPUS=… make test)"
)


@cache
def gold(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


@cache
def read(path: Path, *, known: bool = True) -> dict[str, Any]:
    page = gold(path)
    html = (CORPUS / "pages" / page["file"]).read_bytes()
    site = load_sites().find(page["url"]) if known else None
    return extract(html, page["url"], site=site).to_dict()


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("path", GOLDS, ids=lambda path: path.stem)
def test_field_is_read_as_annotated(path: Path, field: str) -> None:
    want, got = gold(path)[field], read(path)[field]
    assert got == ("\n".join(want) if field == "body" else want)


@pytest.mark.parametrize("path", GOLDS, ids=lambda path: path.stem)
def test_site_reads_its_own_page(path: Path) -> None:
    article = read(path)
    assert article["site"] is not None
    assert article["layout"] != FALLBACK
    assert article["canonical_url"] == gold(path)["url"]


@pytest.mark.parametrize("path", GOLDS, ids=lambda path: path.stem)
def test_page_of_an_unknown_cms_keeps_its_text(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no layout at all the density of running text must find the same paragraphs, and no boilerplate."""
    monkeypatch.setattr(module, "FAMILIES", ())
    page, article = gold(path), read.__wrapped__(path, known=False)
    assert article["layout"] == FALLBACK
    text = f"{article['lead'] or ''}\n{article['body']}"
    assert [line for line in page["body"] if line not in text] == []
    assert [snippet for snippet in page["boilerplate"] if snippet in text] == []
    assert (article["title"], article["published_at"]) == (page["title"], page["published_at"])
