"""Scrapy's handler is imported with a stack of two frames, which is put back."""

from __future__ import annotations

import inspect
import sys

from scrapy.core.downloader import contextfactory, tls

from crawler.fetch.scrapy_http import short_stacks


def test_a_short_stack_has_who_calls_and_who_called_that() -> None:
    whole = inspect.stack

    def called() -> list[object]:
        return [frame[0] for frame in inspect.stack()]

    with short_stacks():
        frames = called()
    assert frames[1] is sys._getframe()
    assert len(frames) == 2
    assert inspect.stack is whole


def test_the_old_names_of_scrapy_s_classes_are_in_their_modules() -> None:
    assert contextfactory.ScrapyClientContextFactory.__module__ == contextfactory.__name__
    assert tls.ScrapyClientTLSOptions.__module__ == tls.__name__
