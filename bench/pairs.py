"""Labelled pairs of Vietnamese texts, made on the newsroom's grammar: what editors do to a wire text, and look-alikes.

Every text is made up and follows from the seed. A pair that is the same text keeps the facts of the first; a pair
that is not differs in at least one, or speaks of one event in other words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from crawler.newsroom import templates, words
from crawler.newsroom.grammar import DOCUMENT, Voice, die, document, person


@dataclass(frozen=True, slots=True)
class Draft:
    """A text: lead and paragraphs, with the voice that wrote it."""

    lead: str
    body: tuple[str, ...]
    voice: Voice

    @property
    def text(self) -> str:
        return "\n".join((self.lead, *self.body))

    def mapped(self, change: Callable[[str], str]) -> Draft:
        """Every paragraph changed."""
        return replace(self, lead=change(self.lead), body=tuple(map(change, self.body)))


@dataclass(frozen=True, slots=True)
class Pair:
    kind: str
    same: bool
    first: Draft
    second: Draft


_REWRITTEN = (
    "{theme} ở {place} tiếp tục được {post} {who} đôn đốc; {office} cho hay các bên liên quan đã vào cuộc, nhiều việc "
    "có chuyển biến ngay từ tuần đầu, người dân và doanh nghiệp trên địa bàn chờ kết quả cụ thể.",
    "Câu chuyện về {theme} lại được nhắc đến khi {post} {who} làm việc với {place}. Phóng viên ghi lại những nội dung "
    "chính của buổi làm việc và ý kiến từ cơ sở.",
    "Từ sáng sớm, hội trường ở {place} đã kín chỗ. Đại diện {office} cùng {post} {who} đến nghe báo cáo về {theme} "
    "trong không khí khẩn trương.",
    "Làm thế nào để {theme} đi nhanh hơn? Câu hỏi ấy được đặt ra với {office} và {place} trong cuộc họp ngày {day}.",
)
_LEFTOVERS = (
    "Tin liên quan: {office2} kiểm tra {thing} tại {place2}; {place3} giải ngân {money} trong tháng {month}.",
    "Mời bạn đọc theo dõi thêm trên chuyên trang, đường dây nóng 1800 {m}, bản tin {n} giờ hằng ngày.",
    "Ảnh: {someone}. Bản quyền thuộc tòa soạn, ghi rõ nguồn khi phát hành lại thông tin từ trang này, số {m}.",
    "Đọc nhiều: {place2} hoàn thành {pct}% kế hoạch; {someone} được bổ nhiệm; {doc2} có hiệu lực từ ngày {date}.",
    "Chia sẻ bài viết, gửi phản hồi, in trang này, theo dõi chúng tôi trên các mạng xã hội.",
)
BULLETINS = (
    (
        "Giá vàng trong nước sáng nay được niêm yết ở mức {pct} triệu đồng một lượng mua vào và {pct} triệu bán ra.",
        "Tại {place}, vàng miếng giao dịch quanh {pct} triệu đồng, {way} {m} nghìn đồng so với hôm qua.",
        "Vàng nhẫn được bán ra ở mức {pct} triệu đồng, chênh lệch hai chiều {m} nghìn đồng một lượng.",
        "Trên thị trường thế giới, giá vàng giao ngay ở mức {big} USD một ounce, {way} {n} USD so với phiên trước.",
        "Quy đổi theo tỷ giá ngân hàng, vàng thế giới thấp hơn vàng trong nước khoảng {pct} triệu đồng một lượng.",
        "Các chuyên gia khuyến cáo người dân thận trọng khi giao dịch trong lúc giá biến động mạnh.",
    ),
    (
        "Liên bộ Công Thương - Tài chính điều chỉnh giá bán lẻ xăng dầu áp dụng từ 15 giờ hôm nay.",
        "Theo đó, xăng E5 RON 92 {way} {m} đồng một lít, không cao hơn {big} đồng một lít.",
        "Xăng RON 95 {way} {m} đồng một lít, không cao hơn {big} đồng một lít.",
        "Dầu diesel {way} {m} đồng một lít, không cao hơn {big} đồng; dầu hỏa không cao hơn {big} đồng một lít.",
        "Kỳ điều hành này, liên bộ không trích lập và không chi Quỹ bình ổn giá với các mặt hàng.",
        "Từ đầu năm đến nay, giá xăng trong nước đã qua {n} lần điều chỉnh.",
    ),
    (
        "Đài Khí tượng thủy văn {place} cho biết, hôm nay khu vực có mây, có mưa rào và dông vài nơi.",
        "Nhiệt độ thấp nhất {n} độ C, nhiệt độ cao nhất {n} độ C, độ ẩm từ {n} đến {n}%.",
        "Lượng mưa phổ biến từ {n} đến {m} mm, có nơi trên {m} mm; gió cấp {month}, giật cấp {month}.",
        "Người dân cần đề phòng lốc, sét, mưa đá và gió giật mạnh trong cơn dông.",
        "Các địa phương chủ động kiểm tra phương án ứng phó ngập úng ở vùng trũng thấp và sạt lở ở sườn dốc.",
    ),
    (
        "Bộ Nội vụ vừa công bố quyết định bổ nhiệm ông {someone} giữ chức {post2} kể từ ngày {date}.",
        "Phát biểu nhận nhiệm vụ, ông {someone} cảm ơn sự tin tưởng của lãnh đạo và tập thể cán bộ, công chức.",
        "Ông {someone} sinh năm 19{n2}, quê {place2}, có trình độ thạc sĩ quản lý công.",
        "Trước khi được bổ nhiệm, ông công tác tại {office2} và trải qua nhiều vị trí lãnh đạo, quản lý.",
        "Lãnh đạo bộ đề nghị tân {post2} sớm nắm bắt công việc, giữ gìn đoàn kết và hoàn thành tốt nhiệm vụ được giao.",
    ),
    (
        "Chủ tịch nước vừa ký {doc2} về việc tặng thưởng huân chương cho tập thể và cá nhân của {office2}.",
        "Danh hiệu được trao cho những đóng góp trong lĩnh vực {field}, góp phần vào sự nghiệp xây dựng đất nước.",
        "Lễ trao tặng tổ chức ngày {date} tại {place2} với sự tham dự của đại diện các bộ, ngành và địa phương.",
        "Đại diện đơn vị được khen thưởng cảm ơn sự quan tâm và hứa tiếp tục phấn đấu hoàn thành nhiệm vụ.",
    ),
)


def drafts(seed: int) -> Iterator[Draft]:
    """Reports of 120 to 900 syllables without end."""
    number = 0
    while True:
        number += 1
        rng = die("pairs", seed, number)
        voice = Voice(rng, f"{rng.randint(1, 28)}/{rng.randint(1, 12)}")
        body = tuple(voice.paragraph() for _ in range(rng.randint(3, 13)))
        yield Draft(voice.one(templates.LEADS), body, voice)


def bulletin(rng: Random, number: int) -> Draft:
    """The bulletin of one day on one of the templates."""
    voice = Voice(rng, f"{rng.randint(1, 28)}/{rng.randint(1, 12)}")
    someone, post = person(rng), rng.choice(words.POSTS)
    lines = []
    for line in BULLETINS[number % len(BULLETINS)]:
        way = rng.choice(("tăng", "giảm"))
        line = line.replace("{way}", way).replace("{someone}", someone).replace("{post2}", post)
        lines.append(voice.fill(line.replace("{n2}", str(rng.randint(60, 89)))))
    return Draft(lines[0], tuple(lines[1:]), voice)


def retitled(draft: Draft, _: Random) -> Draft:
    """The same text; its title plays no part."""
    return draft


def abridged(share: float) -> Callable[[Draft, Random], Draft]:
    """The lead and whole sentences from the top on until `share` of the syllables is reached, some inside left out."""

    def cut(draft: Draft, rng: Random) -> Draft:
        wanted = share * len(draft.text.split())
        lines, count = [draft.lead], len(draft.lead.split())
        for paragraph in draft.body:
            kept = []
            for sentence in re.split(r"(?<=[.;])\s+", paragraph):
                if count < wanted and (rng.random() < 0.8 or wanted < 60):
                    kept.append(sentence)
                    count += len(sentence.split())
            lines += [" ".join(kept)] if kept else []
        return replace(draft, lead=lines[0], body=tuple(lines[1:]))

    return cut


def extended(draft: Draft, rng: Random) -> Draft:
    """Paragraphs of the desk's own at the end and between, up to as much as there was."""
    body = list(draft.body)
    for _ in range(rng.randint(1, max(2, len(body) // 2))):
        body.insert(rng.randint(1, len(body)), draft.voice.paragraph())
    return replace(draft, body=tuple(body))


def new_lead(draft: Draft, rng: Random) -> Draft:
    """The lead in the desk's own words."""
    return replace(draft, lead=draft.voice.fill(rng.choice(_REWRITTEN)))


def leftover(draft: Draft, rng: Random) -> Draft:
    """20 to 60 syllables of the page left in the text, before, between or behind the paragraphs."""
    wanted = rng.randint(20, 60)
    text = " ".join(draft.voice.one(_LEFTOVERS) for _ in range(8)).split()[:wanted]
    body = list(draft.body)
    body.insert(rng.randint(0, len(body)), " ".join(text))
    return replace(draft, body=tuple(body))


def other_unicode(draft: Draft, rng: Random) -> Draft:
    """Decomposed, with hard spaces, soft hyphens or the letter Ð for Đ, curled quotes made straight."""

    def change(text: str) -> str:
        text = text.replace("Đ", "Ð").replace("“", '"').replace("”", '"').replace(" - ", " – ")
        text = re.sub(" ", lambda _: "\u00a0" if rng.random() < 0.2 else " ", text)
        text = re.sub(r"(?<=\w)(?=ng)", lambda _: "\u00ad" if rng.random() < 0.05 else "", text)
        return unicodedata.normalize(rng.choice(("NFD", "NFKD")), text)

    return draft.mapped(change)


_TONES = {old + rest: new for old, rest, new in (
    ("ò", "a", "oà"), ("ó", "a", "oá"), ("ỏ", "a", "oả"), ("õ", "a", "oã"), ("ọ", "a", "oạ"), ("ò", "e", "oè"),
    ("ó", "e", "oé"), ("ỏ", "e", "oẻ"), ("ù", "y", "uỳ"), ("ú", "y", "uý"), ("ủ", "y", "uỷ"), ("ũ", "y", "uỹ"),
    ("ụ", "y", "uỵ"))}  # fmt: skip
_TONE = re.compile("(?:" + "|".join(_TONES) + r")\b")


def other_tones(draft: Draft, _: Random) -> Draft:
    """The newer school rule: hoà, thuỷ."""
    return draft.mapped(lambda text: _TONE.sub(lambda found: _TONES[found[0]], text))


def house_style(draft: Draft, _: Random) -> Draft:
    """Another desk's way to write dates, numbers and offices."""

    def change(text: str) -> str:
        text = re.sub(r"ngày (\d{1,2})/(\d{1,2})", r"ngày \1-\2", text)
        text = re.sub(r"\b(\d{1,2})\.(\d{3}) (?!tỷ)", r"\1\2 ", text)
        return text.replace("Ủy ban Dân tộc", "UBDT").replace("Bộ Giáo dục và Đào tạo", "Bộ GD&ĐT")

    return draft.mapped(change)


_MONTHS = dict(enumerate("một hai ba tư năm sáu bảy tám chín mười".split(), 1))
_PEOPLE = re.compile(r"\b(ông|bà|anh|Ông|Bà|Anh) (\w+ \w+ )(\w)\w*")
_FIGURES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<=ngày )(\d{1,2})/(\d{1,2})\b(?!/)"), lambda found: f"{found[1]}.{found[2]}"),
    (re.compile(r"(?<=ngày )(\d{1,2})/(\d{1,2})\b(?!/)"), lambda found: f"{int(found[1]):02}/{int(found[2]):02}/2026"),
    (re.compile(r"(?<=ngày )(\d{1,2})/(\d{1,2})\b(?!/)"), lambda found: f"{found[1]} tháng {found[2]}"),
    (re.compile(r"(\d+) giờ\b"), lambda found: f"{found[1]}h"),
    (re.compile(r"(\d+) mm\b"), lambda found: f"{found[1]}mm"),
    (re.compile(r"(\d+) đến (\d+)(?= mm|%)"), lambda found: f"{found[1]}-{found[2]}"),
    (re.compile(r"(\d+) độ C\b"), lambda found: f"{found[1]}oC"),
    (re.compile(r"\b(\d{1,3}),(\d) tỷ đồng"), lambda found: f"{found[1]}.{found[2]}00 triệu đồng"),
    (re.compile(r"\b(\d{1,3}),(\d) triệu đồng"), lambda found: f"{found[1]} triệu {found[2]}00 nghìn đồng"),
    (re.compile(r"(\d+),(\d)(?=%| tỷ| triệu)"), lambda found: f"{found[1]}.{found[2]}"),
    (re.compile(r"(\d+),(\d)(?=%| tỷ| triệu)"), lambda found: f"{found[1]},{found[2]}0"),
    (re.compile(r"\b(\d{1,2})\.(\d{3})\b"), lambda found: f"{found[1]}{found[2]}"),
    (re.compile(r"\btháng (10|[1-9])\b"), lambda found: f"tháng {_MONTHS[int(found[1])]}"),
    (re.compile(r"\btỷ đồng"), lambda _: "tỉ đồng"),
    (re.compile(r"/([A-ZĐ]{2})-(?=[A-ZĐ])"), lambda found: f"/{found[1]} - "),
)


def other_figures(draft: Draft, rng: Random) -> Draft:
    """Numbers, dates, units and documents as other papers write them, each paper in its own way throughout."""
    chosen = [rule for rule in _FIGURES if rng.random() < 0.6]

    def change(text: str) -> str:
        for pattern, write in chosen:
            text = pattern.sub(write, text)
        return text

    return draft.mapped(change)


def other_renderings(draft: Draft, rng: Random) -> Draft:
    """Some names cut to an initial or with a wrong tone, and clauses added that state what the text does not."""

    def shorten(found: re.Match[str]) -> str:
        return f"{found[1]} {found[2]}{found[3]}." if rng.random() < 0.5 else found[0]

    def change(text: str) -> str:
        text = _PEOPLE.sub(shorten, text)
        return re.sub("cho biết,", lambda _: rng.choice(("cho biết,", "hôm 3/2 cho biết, theo 1 báo cáo,")), text)

    return draft.mapped(change)


def leftover_and_cut(draft: Draft, rng: Random) -> Draft:
    """Cut to 60 % and with a box of the page left in."""
    return leftover(abridged(0.6)(draft, rng), rng)


def _one(pattern: str | re.Pattern[str], make: Callable[[str, Random], str]) -> Callable[[Draft, Random], Draft | None]:
    def change(draft: Draft, rng: Random) -> Draft | None:
        found = list(re.finditer(pattern, draft.text))
        if not found:
            return None
        chosen = rng.choice(found)
        new = chosen[0]
        while new == chosen[0]:
            new = make(chosen[0], rng)
        text = draft.text[: chosen.start()] + new + draft.text[chosen.end() :]
        if rng.random() < 0.5:
            text = draft.text.replace(chosen[0], new)
        lead, *body = text.split("\n")
        return replace(draft, lead=lead, body=tuple(body))

    return change


_NAMES = re.compile(
    f"(?:{'|'.join(words.FAMILY_NAMES)}) (?:{'|'.join(words.MIDDLE_NAMES)}) (?:{'|'.join(words.GIVEN_NAMES)})"
)
other_number = _one(
    r"(?<![\d/.,])\d+(?:[.,]\d+)?(?![\d/.,]|/[A-ZĐ])",
    lambda old, rng: (
        str(int(old) + rng.randint(1, 9)) if old.isdigit() else f"{rng.randint(1, 99)},{rng.randint(1, 9)}"
    ),
)
other_date = _one(r"(?<=ngày )\d{1,2}/\d{1,2}\b(?!/)", lambda _, rng: f"{rng.randint(1, 28)}/{rng.randint(1, 12)}")
other_document = _one(DOCUMENT, lambda old, rng: str(int(old.split("/")[0]) + rng.randint(1, 9)) + old[old.index("/") :]
                      if rng.random() < 0.7 else document(rng))  # fmt: skip
other_name = _one(_NAMES, lambda _, rng: person(rng))


def other_number_and_figures(draft: Draft, rng: Random) -> Draft | None:
    """One other number, in a text that writes all of them in its own way."""
    found = other_number(draft, rng)
    return found and other_figures(found, rng)


def other_date_and_figures(draft: Draft, rng: Random) -> Draft | None:
    """One other date, in a text that writes all of them in its own way."""
    found = other_date(draft, rng)
    return found and other_figures(found, rng)


def other_day(draft: Draft, _: Random) -> Draft:
    """A bulletin on the same template."""
    rng = die("other", draft.text)
    number = next(n for n, lines in enumerate(BULLETINS) if lines[-1][:20] == draft.body[-1][:20])
    return bulletin(rng, number)


def other_report(draft: Draft, rng: Random) -> Draft:
    """The same event, people and document in another reporter's words, with one or two statements word by word."""
    body = [draft.voice.paragraph() for _ in draft.body]
    for quote in rng.sample(draft.body, 1 if len(body) < 6 else 2):
        body[rng.randrange(len(body))] = quote
    return replace(draft, lead=draft.voice.one(templates.LEADS), body=tuple(body))


SAME: dict[str, Callable[[Draft, Random], Draft]] = {
    "verbatim, other title": retitled,
    "abridged to 60 %": abridged(0.6),
    "abridged to 30 %": abridged(0.3),
    "extended": extended,
    "lead rewritten": new_lead,
    "leftover boilerplate": leftover,
    "other Unicode form": other_unicode,
    "other tone spelling": other_tones,
    "other house style": house_style,
    "cut, with leftovers": leftover_and_cut,
    "other figures": other_figures,
    "other renderings": other_renderings,
}
OTHER: dict[str, Callable[[Draft, Random], Draft | None]] = {
    "one number": other_number,
    "one date": other_date,
    "one name": other_name,
    "one document number": other_document,
    "one number, other figures": other_number_and_figures,
    "one date, other figures": other_date_and_figures,
    "same template": other_day,
    "other report of the event": other_report,
}
FACTS = (
    "one number", "one date", "one name", "one document number", "one number, other figures", "one date, other figures",
)  # fmt: skip


def pairs(seed: int = 1, each: int = 250) -> Iterator[Pair]:
    """`each` pairs of every class; half of the numbers, dates and names are changed in short bulletins."""
    source, rng = drafts(seed), die("edits", seed)
    for kind, edit in SAME.items():
        for number in range(each):
            first = bulletin(rng, number) if number % 10 == 0 and "abridged" not in kind else next(source)
            yield Pair(kind, True, first, edit(first, rng))
    for kind, make in OTHER.items():
        made = 0
        while made < each:
            short = kind == "same template" or (kind in FACTS and made % 2)
            first = bulletin(rng, rng.randrange(len(BULLETINS))) if short else next(source)
            if (second := make(first, rng)) is not None and second.text != first.text:
                made += 1
                yield Pair(kind, False, first, second)
