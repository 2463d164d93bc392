"""What stands at an address of a paper: the value that pages, feeds and lists are handed on as."""

from __future__ import annotations

from dataclasses import dataclass

HTML, XML, TEXT = "text/html; charset=utf-8", "application/xml; charset=utf-8", "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Resource:
    """A body and its media type, or what stands in a page's place.

    `gone` is the status of a story that was taken down; with any other `status` than 200 the body is sent as it is.
    """

    body: bytes
    media_type: str = HTML
    gone: int | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def page_of(html: str) -> Resource:
    """A page in UTF-8."""
    return Resource(html.encode())


def moved(address: str) -> Resource:
    """A lasting redirect to `address`."""
    return Resource(b"", status=301, headers=(("Location", address),))
