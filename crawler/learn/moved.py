"""An address that is no site's home page any more: the site has moved, it leads to another, or its name is for sale."""

from __future__ import annotations

import re
from collections.abc import Generator
from urllib.parse import urljoin, urlsplit

from crawler.errors import Refusal
from crawler.learn.asking import Answer, Ask, NotLearned
from crawler.learn.page_links import bare_host, of_host, without_suffix

_LOGIN = re.compile(
    r"(?:^|[/._-])(?:log-?[io]n|sign-?in|dang-?nhap|sso|oauth2?|openid|cas|auth|authorize|accounts)(?:[/._-]|$)", re.I
)
_PARKED = re.compile(
    r"domain (?:name )?(?:is|may be|could be) (?:listed )?for sale|(?:buy|make an offer (?:on|for)) this domain"
    r"|parked domain|domain (?:name )?(?:is|has been) parked"
    r"|tên miền (?:này )?(?:đang )?(?:được )?(?:rao )?bán|mua tên miền này"
    r"|//(?:\w+\.)*(?:sedoparking|parkingcrew|bodis|hugedomains|afternic|dan|parklogic)\.(?:com|net)/",
    re.I,
)
"""What a page says of its own address where that is for sale, and who shows such pages."""
_PAGE = "/sitemap.xml"
"""An address that a host which has moved redirects, whether there is such a page or not."""


def redirected(url: str, there: str) -> Generator[Ask, Answer, NotLearned]:
    """Why nothing is learned at the home page `url`, which redirects to another host; `moved_to` says where to.

    A site has moved where both hosts have one name, or where the former leads page by page to the new one, of which
    one more page is the witness. A name that was sold, or that stands for another site, leads to one page whatever is
    asked.
    """
    former = urlsplit(url).hostname
    place = urlsplit(there)
    if _LOGIN.search(f"{place.netloc}{place.path}"):
        return NotLearned("login", f"{former} asks for a login at {there}")
    host = bare_host(url)
    if of_host(url, bare_host(there)) or without_suffix(host) == without_suffix(bare_host(there)):
        return _moved(former, there)
    answer = yield Ask(urljoin(url, _PAGE), "sitemap")
    page = urlsplit(answer.url)
    if answer.refused is Refusal.REDIRECTED and (page.netloc, page.path) == (place.netloc, _PAGE):
        return _moved(former, there)
    return NotLearned(
        "moved-away",
        f"{former} redirects to another site, {there}; if that is what is meant: thoisu adopt {there}",
    )


def is_parked(home: Answer) -> bool:
    """Whether a home page on which there is no article offers its own address."""
    return _PARKED.search(home.text) is not None


def _moved(former: str | None, there: str) -> NotLearned:
    return NotLearned("moved-away", f"{former} has moved to {there}; there: thoisu adopt {there}", moved_to=there)
