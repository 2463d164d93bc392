"""Where a page without a known layout shows the time of its article, and which of its dates are something else's.

The time stands between headline and text, whatever its class is. Where it does not, names of classes tell it, above the
text or alone below it; a date beside another story's link, a comment or the day's date in the head of the site is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from crawler.extract.by_layout import is_quoted, links_headline
from crawler.extract.density import Survey, ancestors
from crawler.extract.page import tidy
from crawler.extract.times import Stamp, stamps
from crawler.text import Moment

_NAMED = (
    "time, [datetime], [class*=date i], [class*=time i], [class*=ngay i],"
    " [class*=info i], [class*=meta i], [id*=date i], [id*=time i], [id*=ngay i]"
)
_LONGEST = 80  # characters of a line in the head
_LONGEST_NAMED = 120  # of an element whose class says that it is a time
_LONGEST_ABOVE = 60  # of a line above the headline
_LONGEST_DAY = 40  # of a line that tells a day without the clock
_HEAD = 300  # elements above the headline that are looked at
_SENTENCE = 20  # letters beside those of a time and its label
_LEVELS = 4  # containers around a date that may be another story's
_HEADLINE_WORDS = 4  # words of a link to a story
_STORY_WORDS = 9  # words that no link to a section has
_LINKS = 2  # links beside a day without the clock, as in the head of a site
_ITEMS = 20  # links, or items of a list, that are looked at
_DIGIT = re.compile(r"\d")
_DATE_LIKE = re.compile(r"\d[/.-]\d")
_OF_UPDATE = re.compile(
    r"(?:^|[\s_-])(?:updated?|(?:date)?modified)(?:$|[\s_-]|time|date|at\b|on\b)|last[\s_-]?(?:mod|update)|cap[-_]?nhat",
    re.I,
)
_OF_PUBLICATION = re.compile(r"publish|post|created|dang|xuat-?ban|entry-date", re.I)
_OF_THE_DAY = re.compile(r"(?:^|[\s_-])(?:now|today|current|clock|hom-?nay|hien-?tai)(?:$|[\s_-]|date|time)", re.I)
_SITE_HEAD = re.compile(r"(?:^|\s)(?:header|site-header|top|top-?bar|banner|masthead)(?:$|\s)", re.I)
_STORY_ADDRESS = re.compile(r"\d{4}|[-/_.=]\d+(?:\.\w{2,5})?/?$")
_OF_A_STAMP = re.compile(
    r"\b(?:ngày|tháng|năm|giờ|phút|lúc|đăng|tải|xuất|bản|cập|nhật|sửa|đổi|lần|cuối|thời|gian|tin|bài|vào"
    r"|thứ|hai|ba|tư|sáu|bảy|chủ|sáng|chiều|tối|posted|published|updated|on|at|date|gmt|utc|ict|am|pm|sa|ch|th|thg)\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]")
_WEEKDAY = re.compile(r"\b(?:thứ|chủ\s?nhật)\b", re.I)
_STATED_IN = {"abbr": "title", "data": "value"}  # where the microformats state what `datetime` does of a `time`


@dataclass(frozen=True, slots=True)
class ShownTime:
    """A date on the page that may be the article's: what is read, what it tells, where it stands."""

    text: str
    moment: Moment
    node: LexborNode
    is_update: bool


class ShownTimes:
    """Finds the times around one article's `body` and `headline`."""

    def __init__(self, survey: Survey, body: LexborNode, headline: LexborNode | None) -> None:
        self.survey = survey
        self.body = body
        ends = [body] if headline is None else [body, headline]
        self.holders = {node.mem_id for end in ends for node in (end, *ancestors(end, 99))}
        self.behind = survey.place(body)
        self.home = headline.parent.mem_id if headline is not None and headline.parent is not None else 0

    def in_head(self, head: Iterable[LexborNode]) -> list[ShownTime]:
        """Those of the short lines between headline and text, the likeliest first."""
        found = [one for node in head if (one := self._read(node, _LONGEST)) and not self._of_another(node)]
        return _sorted(one for one in found if one.moment.precision != "day" or len(one.text) <= _LONGEST_DAY)

    def named(self, roots: list[LexborNode], inside: set[int]) -> list[ShownTime]:
        """Those that a class gives away, around the text and in it, the nearest container first."""
        found: dict[str, ShownTime] = {}
        for node in self.survey.near(roots, self.body, inside, _NAMED):
            one = self._read(node, _LONGEST_NAMED)
            if one and one.text not in found and not self._is_foreign(node, one, inside):
                found[one.text] = one
        return _sorted(found.values())

    def above(self, roots: list[LexborNode], headline: LexborNode) -> list[ShownTime]:
        """Those of short lines above the headline, the one next to it first."""
        found: list[ShownTime] = []
        place = self.survey.place(headline)
        for root in roots:
            first = self.survey.place(root) if root.mem_id in self.survey.order else 0
            for node in reversed(self.survey.nodes[max(first, place - _HEAD) : place]):
                one = self._read(node, _LONGEST_ABOVE)
                if one and not self.survey.foreign(node) and not self._is_foreign(node, one, set()):
                    found.append(one)
        return _sorted(found)

    def _read(self, node: LexborNode, longest: int) -> ShownTime | None:
        """What an element tells of a time, None when nothing, or the time of something else."""
        shown = self.survey.short(node, longest)
        stated = tidy(node.attributes.get(_STATED_IN.get(node.tag or "", "datetime")))
        text = stated or shown
        if not 0 < len(text) <= longest or not _DIGIT.search(text):
            return None
        found = tuple(stamp for stamp in stamps(text) if stamp.role != "other")
        if not found or _is_caption(node) or self._in_sentence(node) or len(node.css("time[datetime]")) > 1:
            return None
        labelled = stamps(shown) if stated else found
        names = " ".join(node.attributes.get(name) or "" for name in ("class", "id", "itemprop"))
        marked = _OF_UPDATE.search(names) and not _OF_PUBLICATION.search(names)
        return ShownTime(text, _best(found).moment, node, bool(marked) or _only_updates(labelled))

    def _branch(self, node: LexborNode) -> Iterator[LexborNode]:
        """An element and what holds it, up to what holds the article as well."""
        for one in (node, *ancestors(node, _LEVELS)):
            if one.mem_id in self.holders:
                return
            yield one

    def _of_another(self, node: LexborNode) -> bool:
        """Whether it stands in a card or list item with another story's link, or holds such items."""
        items = node.css("li")[:_ITEMS]
        if any(item.mem_id != node.mem_id and _DATE_LIKE.search(item.text()) and _has_story(item) for item in items):
            return True
        return any(_has_story(box) for box in self._branch(node))

    def _is_foreign(self, node: LexborNode, one: ShownTime, inside: set[int]) -> bool:
        """Whether a date outside the head is another story's, a comment's or the day's."""
        branch = list(self._branch(node))
        names = " ".join(f"{box.attributes.get('class') or ''} {box.attributes.get('id') or ''}" for box in branch[:2])
        if _OF_THE_DAY.search(names) or self._of_another(node):
            return True
        if node.mem_id in inside or not branch:
            return False
        top = branch[-1]
        if self.survey.place(node) > self.behind:
            return not self._stands_alone(top)
        if self._is_site_head(top, of_the_day=one.moment.precision == "day" and bool(_WEEKDAY.search(one.text))):
            return True
        return one.moment.precision == "day" and len(top.css("a")) > _LINKS

    def _in_sentence(self, node: LexborNode) -> bool:
        """Whether a date is one of the words of a paragraph."""
        line = next((box for box in (node, *ancestors(node, _LEVELS)) if box.tag in ("p", "li")), None)
        if line is None or self.survey.size(line) > 2 * _LONGEST_NAMED:
            return line is not None
        text = self.survey.short(line, 2 * _LONGEST_NAMED)
        return text.endswith(".") and len(_WORD.findall(_OF_A_STAMP.sub("", text))) >= _SENTENCE

    def _is_site_head(self, box: LexborNode, *, of_the_day: bool) -> bool:
        """Whether a box that does not hold the headline is the head of the site; an article may have a `header` too.

        A day with its weekday, `of_the_day`, is the site's where its box stands beside that of the article.
        """
        above = box.parent.parent if box.parent is not None else None
        outermost = above is None or "body" in (above.tag, getattr(box.parent, "tag", ""))
        if not outermost:
            return False
        beside = box.parent is not None and box.parent.mem_id != self.home
        return (
            box.tag == "header" or bool(_SITE_HEAD.search(box.attributes.get("class") or "")) or (of_the_day and beside)
        )

    def _stands_alone(self, top: LexborNode) -> bool:
        """Whether nothing but the words of a time and its label stand in a box below the text."""
        text = self.survey.short(top, 2 * _LONGEST_NAMED)
        return bool(text) and not _WORD.search(_OF_A_STAMP.sub("", text))


def _is_caption(node: LexborNode) -> bool:
    return is_quoted(node) or node.css_first("figure, figcaption") is not None


def _has_story(box: LexborNode) -> bool:
    """Whether a box holds the link of a story: one of many words, or to a numbered address, or in a heading."""
    for link in box.css("a")[:_ITEMS]:
        words = len(tidy(link.text()).split())
        if words >= _STORY_WORDS or (words >= _HEADLINE_WORDS and (box.tag == "li" or _leads_to_story(link))):
            return True
    return links_headline(box)


def _leads_to_story(link: LexborNode) -> bool:
    return bool(_STORY_ADDRESS.search(link.attributes.get("href") or ""))


def _best(found: Sequence[Stamp]) -> Stamp:
    return next((stamp for stamp in found if stamp.role != "update"), found[0])


def _only_updates(found: Sequence[Stamp]) -> bool:
    return bool(found) and all(stamp.role == "update" for stamp in found)


def _sorted(found: Iterable[ShownTime]) -> list[ShownTime]:
    """Updates last; before the first of the others, those that tell its day with the clock."""
    times = list(found)
    own = [one for one in times if not one.is_update]
    day = own[0].moment.at.date() if own else None
    own.sort(key=lambda one: (one.moment.at.date() != day, one.moment.precision == "day"))
    return own + [one for one in times if one.is_update]
