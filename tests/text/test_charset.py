from __future__ import annotations

import html
import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text import charset, decode, encode, is_plain, is_syllable, mojibake
from crawler.text import legacy_encodings as legacy

TEXT = (
    "Ủy ban nhân dân tỉnh vừa họp phiên thường kỳ để rà soát việc giải ngân vốn đầu tư công trong quý này. "
    "Tại cuộc họp, lãnh đạo các sở đề nghị gỡ vướng mắc về mặt bằng, bảo đảm tiến độ của những tuyến đường "
    "nối vùng trũng với cảng biển. Ở xã đảo, chợ cá đã mở lại; người dân phấn khởi vì sóng yên, thuyền về đều. "
    "Ấn phẩm hướng dẫn thủ tục sẽ được gửi tới từng hộ trước kỳ nghỉ lễ. Đường dây nóng trực suốt ngày đêm."
)
PAGE = (
    f"<html><head><title>Họp thường kỳ</title></head>\n<body><p>{TEXT}</p><script>var a = 'x';</script></body></html>"
)
OLD = list(legacy.NAMES)
LABELS = [
    None,
    "utf-8",
    "iso-8859-1",
    "windows-1252",
    "gb18030",
    "nonsense",
    "x-viet-tcvn",
    "vni",
    "viscii",
    "x-viet-vps",
]
TONES = "\u0300\u0301\u0303\u0309\u0323"


def text_of(page: str) -> str:
    """What a parser makes of it: references resolved, NFC."""
    return unicodedata.normalize("NFC", html.unescape(page))


def with_combining_tones(text: str) -> bytes:
    """windows-1258 as a Vietnamese keyboard writes it: every tone a character of its own."""
    written = ""
    for char in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", char) if char in legacy.LETTERS else char
        tone = "".join(part for part in parts if part in TONES)
        written += unicodedata.normalize("NFC", parts.replace(tone, "")) + tone if tone else char
    return written.encode("cp1258", "xmlcharrefreplace")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("tcvn3", b"C\xe9ng h\xdfa x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam"),
        ("tcvn5712-1", b"C\xe9ng h\xdfa x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam"),
        ("vni", b"Co\xe4ng ho\xf8a xa\xf5 ho\xe4i chu\xfb ngh\xf3a Vie\xe4t Nam"),
        ("viscii", b"C\xb5ng h\xf2a x\xe3 h\xb5i ch\xfc ngh\xeea Vi\xaet Nam"),
        ("vps", b"C\xb6ng h\xf2a x\xe3 h\xb6i ch\xfb ngh\xefa Vi\x8ct Nam"),
        ("windows-1258", b"C\xf4\xf2ng ho\xcca xa\xde h\xf4\xf2i chu\xd2 nghi\xdea Vi\xea\xf2t Nam"),
    ],
)
def test_the_codes_are_those_of_the_standard(name: str, written: bytes) -> None:
    assert legacy.decode(written, name) == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert encode("Cộng hòa xã hội chủ nghĩa Việt Nam", name) == written


# The codes of the vowels with a tone, in the order of `legacy.VOWELS`, then of ăâêôơưđ and their capitals.
CODES = {
    "tcvn5712-1": (
        "b5b8b6b7b9bbbebcbdc6c7cac8c9cbccd0cecfd1d2d5d3d4d6d7ddd8dcdedfe3e1e2e4e5e8e6e7e9eaedebeceeeff3f1f2f4"
        "f5f8f6f7f9fafdfbfcfe8083818284afc0babf85c1c4c2c386878a88898bc5dacdd98c8d908e8f919295939496dbffe0f097"
        "989b999a9c9d019e9f0204110506121316141517a8a9aaabacadaea1a2a3a4a5a6a7"
    ),
    "viscii": (
        "e0e1e4e3d5a2a1c6c7a3a5a4a6e7a7e8e9eba8a9abaaacadaeecedefeeb8f2f3f6f5f7b0afb1b2b5b6beb7defef9fafcfbf8"
        "d7d1d8e6f1cffdd6dbdcc0c1c4c38082810205838584860687c8c9cb88898b8a8c8d8ecccd9bce98d2d399a09a908f919293"
        "969597b394d9da9c9d9ebbbabcffb99fdd14191ee5e2eaf4bddff0c5c2cad4b4bfd0"
    ),
    "vps": (
        "e0e1e4e3e5a2a1a3a4a5c0c3c4c5c6e8e9c8ebcb8a898bcd8cecedccefcef2f3d5f586d2d3b087b6a9a7aaabaef9fafbdbf8"
        "d8d9babbbfff9a9bcf9c80c18182028e8d8ff0048483851c03d7c9defe059390949506b5b4b7b810bcb9bdbe119796989912"
        "9e9d9fa613a8dad1ac14afadb11d15b2ddfdb319e6e2eaf4d6dcc788c2cad4f7d0f1"
    ),
}


@pytest.mark.parametrize("name", CODES)
def test_all_codes(name: str) -> None:
    letters = "".join(map("".join, legacy.VOWELS)) + "ăâêôơưđĂÂÊÔƠƯĐ"
    assert encode(letters, name).hex() == CODES[name].replace(" ", "")


@pytest.mark.parametrize("name", OLD)
def test_every_letter_has_one_code_or_a_reference(name: str) -> None:
    codes = {letter: encode(letter, name) for letter in legacy.LETTERS}
    assert len(legacy.LETTERS) == 134
    assert len(set(codes.values())) == 134
    lacking = {letter for letter, code in codes.items() if code.startswith(b"&#")}
    assert lacking == ({v for row in legacy.VOWELS for v in row if v.isupper()} if name == "tcvn3" else set())
    for letter, code in codes.items():
        assert html.unescape(legacy.decode(code, name)) == letter


def test_encode_writes_references_and_knows_other_names() -> None:
    assert encode("“é” – ộ", "vni") == b"&#8220;e\xf9&#8221; &#8211; o\xe4".replace(b"&#8220;", b"&#8220;")
    assert encode("ộ", "X-Viet-VPS") == b"\xb6"
    assert encode("ộ", "utf-16-le") == "ộ".encode("utf-16-le")
    with pytest.raises(LookupError):
        encode("ộ", "nonsense")


@pytest.mark.parametrize("declared", LABELS)
@pytest.mark.parametrize("name", OLD)
def test_old_encodings_whatever_is_declared(name: str, declared: str | None) -> None:
    decoded = decode(encode(PAGE, name), declared)
    assert text_of(decoded.text) == PAGE
    assert not decoded.repaired


@pytest.mark.parametrize("meta", ["utf-8", "iso-8859-1", "x-viet-vni", "windows-1258", "viscii"])
def test_a_wrong_meta_element_is_no_proof(meta: str) -> None:
    page = PAGE.replace("<head>", f'<head><meta charset="{meta}">')
    for name in OLD:
        assert text_of(decode(encode(page, name), None).text) == page


def test_combining_tones_are_composed() -> None:
    decoded = decode(with_combining_tones(PAGE), "windows-1258")
    assert decoded.text == PAGE
    assert decoded.encoding == "windows-1258"


def test_control_bytes_are_letters_where_the_code_says_so() -> None:
    title = "HỌC KỲ, ĐỘC LẬP, THUẬN LỢI, TỰ CHỦ, KỸ THUẬT, TRỤ SỞ, ẪN HIỆN. "
    for name in ("tcvn5712-1", "viscii", "vps"):
        assert min(encode(title, name)) < 0x20
        assert decode(encode(title + TEXT, name)).text == title + TEXT


def test_capitals_among_control_bytes_tell_vn1_from_vn3() -> None:
    text = TEXT.lower() + " THỨ TƯ, TỪ"
    decoded = decode(encode(text, "tcvn5712-1"), "x-viet-tcvn")
    assert (decoded.text, decoded.encoding) == (text, "tcvn5712-1")


def test_two_words_need_the_declaration() -> None:
    body = encode("<title>Hà Nội</title>", "vps")
    assert decode(body, "x-viet-vps").text == "<title>Hà Nội</title>"
    assert decode(b"<meta charset=x-viet-vps>" + body, "utf-8").text.endswith("<title>Hà Nội</title>")


def test_ansi_quotes_in_abc_pages() -> None:
    body = encode(TEXT, "tcvn3") + b" \x93" + encode("chợ phiên", "tcvn3") + b"\x94\x85 \x96 \x91xong\x92"
    assert text_of(decode(body, "x-viet-tcvn").text) == TEXT + " “chợ phiên”… – ‘xong’"


def test_words_of_the_capital_font() -> None:
    body = encode("CộNG HòA Xã HộI; Bộ Nội vụ và Bộ GTVT. " + TEXT, "tcvn3")
    assert text_of(decode(body).text).startswith("CỘNG HÒA XÃ HỘI; Bộ Nội vụ và Bộ GTVT. ")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("declared", [None, "utf-8", "viscii"])
def test_wide_encodings_and_marks(codec: str, declared: str | None) -> None:
    assert decode(PAGE.encode(codec), declared).text == PAGE


def misread(body: bytes, codec: str) -> bytes:
    return (body.decode("latin-1") if codec == "latin-1" else legacy.decode(body, "ansi")).encode()


@pytest.mark.parametrize("codec", ["latin-1", "windows-1252"])
def test_utf8_taken_for_latin1(codec: str) -> None:
    once = misread(PAGE.encode(), codec)
    for body in (once, misread(once, codec), misread(PAGE.encode("utf-8-sig"), codec)):
        decoded = decode(body, "utf-8")
        assert decoded.text == PAGE
        assert decoded.repaired


def test_utf8_taken_for_latin1_and_cut_off() -> None:
    decoded = decode(misread(PAGE.encode(), "windows-1252")[:-9] + b"\xc3", "utf-8")
    assert decoded.repaired
    assert TEXT in decoded.text


def test_one_part_taken_for_latin1() -> None:
    broken = misread("Hội chợ xuân".encode(), "windows-1252").decode()
    page = f"<title>{broken}</title><p>{TEXT}</p><p>“CHÚNG TA ĐÔ” và “ĐÃ”</p>"
    decoded = decode(page.encode())
    assert decoded.text == page.replace(broken, "Hội chợ xuân")
    assert decoded.repaired


@pytest.mark.parametrize(
    "text", ["“BẢO LÀ ĐÃ”…", "«khá»\u00a0và «giá»… thế", "Tiếng Pháp: «déjà»", "Ä‘ là chữ đ đọc sai, cũng như Æ°"]
)
def test_right_text_is_not_mended(text: str) -> None:
    assert mojibake.mend(text) is None
    assert decode(text.encode()).text == text


def test_an_old_encoding_inside_utf8() -> None:
    decoded = decode(encode(TEXT.lower(), "tcvn3").decode("latin-1").encode(), "utf-8")
    assert decoded == type(decoded)(TEXT.lower(), "tcvn3", True)


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("Plain words only.", "ascii", None),
        ("L'été dernier à Paris: déjà vu, où, là-bas, très célèbre, Noël, garçon", "latin-1", "iso-8859-1"),
        ("L'été dernier à Paris: déjà vu, où, là-bas, très célèbre, Noël, garçon", "latin-1", None),
        ("Über die Brücke führt ein schöner Weg, groß und müde", "latin-1", "utf-8"),
        ("© 2024, 5°C, naïve café, Ltd®", "latin-1", None),
        ("A gap of 10 µ or µ by µ", "latin-1", None),
        ("中华人民共和国 国务院 总理 在 北京 会见 越南 客人", "gb18030", "gb2312"),
        ("ベトナム政府は本日発表した", "shift_jis", "shift_jis"),
        ("Правительство Социалистической Республики Вьетнам", "cp1251", "windows-1251"),
        ("L'été dernier à Paris: déjà vu, où, là-bas, très célèbre, Noël, garçon", "utf-8", None),
        ("Água, pão, coração, ações e nações; não há razão", "utf-8", None),
    ],
)
def test_other_languages_by_declaration(text: str, codec: str, declared: str | None) -> None:
    assert decode(text.encode(codec), declared).text == text


def test_the_document_declares_where_the_header_does_not() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>中华人民共和国国务院</p>'
    assert decode(page.encode("gb18030"), "utf-8").text == page


def test_damaged_utf8_stays_utf8() -> None:
    body = PAGE.encode()
    cut = body[: body.rindex("ê".encode()) + 1]
    assert decode(cut, "viscii").text == cut[:-1].decode() + "\ufffd"
    assert decode(body.replace(b"<p>", b"<p>\xff")).text == PAGE.replace("<p>", "<p>\ufffd")


def test_controls_vanish_and_white_space_stays() -> None:
    assert decode(b"a\x00b\x01c\td\r\ne\x0cf\x1f").text == "abc\td\r\ne f"
    assert decode("ộ\x08\x0bê".encode("utf-16-le") + "<p></p>".encode("utf-16-le") * 9).text.startswith("ộ ê<p>")


@pytest.mark.parametrize(
    "label", ["utf-7", "unicode_escape", "rot13", "base64", "idna", "undefined", "a\0b", "", "ộ", "x" * 9999]
)
def test_labels_that_no_browser_follows(label: str) -> None:
    assert decode(b"+ADw-script+AD4- \xff", label).text == "+ADw-script+AD4- ÿ"


@given(st.binary(max_size=300), st.sampled_from([*LABELS, "utf-16", "iso-2022-jp", "euc-kr"]))
@settings(max_examples=150)
def test_any_bytes_give_text(body: bytes, declared: str | None) -> None:
    text = decode(body, declared).text
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text)
    text.encode("utf-8")


@given(st.lists(st.sampled_from(TEXT.split()), min_size=25, max_size=40), st.sampled_from(OLD))
@settings(max_examples=60)
def test_a_paragraph_is_enough(words: list[str], name: str) -> None:
    text = " ".join([*words, "và người đường nước được"])
    assert text_of(decode(encode(text, name)).text) == text


def test_syllables() -> None:
    for word in "quý giếng nghiêng Thuở KHUYA uống ý Đắk hoẵng quốc gì yếu ngoằng".split(" "):
        assert is_syllable(word) == (word != "Đắk"), word
    for word in ["dùch", "hàc", "tảp", "Thông·tin", "hộI", "bộp̃", "ngang1", "tếc̀", "", "quố́c", "nghiêngnghiêng"]:
        assert not is_syllable(word), word


PAGES = ["baodautu-d538952", "odp-cantho-dak-lak", "tienphong-post1874068", "vtv-100260717183037249"]


@pytest.mark.skipif(not os.environ.get("THOISU_CORPUS"), reason="real pages: set THOISU_CORPUS to the corpus folder")
@pytest.mark.parametrize("meta", ["kept", "removed", "renamed"])
@pytest.mark.parametrize("page", PAGES)
def test_real_pages_in_every_encoding(page: str, meta: str) -> None:
    source = (Path(os.environ["THOISU_CORPUS"]) / "pages" / f"{page}.html").read_bytes().decode()
    expected = text_of(source)
    for name in [*OLD, "combining", "utf-16", "utf-16-le", "utf-16-be", "latin-1 misread", "ansi misread"]:
        written = source
        if meta != "kept":
            label = name if meta == "renamed" and name in OLD else ""
            written = re.sub(r"(?i)(<meta[^>]*charset=[\"']?)utf-8", rf"\1{label}", source)
            expected = text_of(written)
        if name == "combining":
            body = with_combining_tones(written)
        elif name.endswith("misread"):
            body = misread(written.encode(), name.split()[0])
        else:
            body = encode(written, name)
        for declared in (None, "utf-8", "iso-8859-1", "windows-1252", "x-viet-tcvn", "vni", "windows-1258", "gb18030"):
            assert text_of(decode(body, declared).text) == expected, (name, declared)


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        ("<p>Quốc hội</p>".encode(), True),
        (b"<p>Quoc hoi</p>", True),
        ("<p>Quốc\x0chội</p>".encode(), True),
        ("\ufeff<p>Quốc hội</p>".encode(), False),
        ("<p>Quốc\0hội</p>".encode(), False),
        ("<p>Quốc hội</p>".encode().decode("latin-1").encode(), False),
        ("<p>Quốc hội</p>".encode("utf-16"), False),
        ("<p>Quốc hội</p>".encode()[:-6], False),
    ],
)
def test_plain_is_what_a_parser_reads_as_it_is(body: bytes, plain: bool) -> None:
    assert is_plain(body) == plain


@pytest.mark.parametrize("place", [0, 100, 400])
@pytest.mark.parametrize("fault", ["<p>Quốc hộ".encode()[:-1], "<p>Quốc hội".encode().decode("latin-1").encode()])
def test_a_fault_is_seen_wherever_in_a_long_page_it_stands(fault: bytes, place: int) -> None:
    paragraphs = ["<p>Quốc hội thông qua nghị quyết, có hiệu lực từ hôm nay.</p>".encode()] * 400
    assert is_plain(b"".join(paragraphs))
    assert not is_plain(b"".join((*paragraphs[:place], fault, *paragraphs[place:])))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;Charset="UTF8"; x=y', "UTF8"),
        ("text/html; charset = utf-8", "utf-8"),
        ("text/html; charset:utf-8", "utf-8"),
        ("text/html; xcharset=a; charset=utf-8", "utf-8"),
        ("text/html, text/html; charset='utf-8'", "utf-8"),
        ("text/html; charset=", None),
        ("utf-8", None),
    ],
)
def test_the_charset_of_a_header(header: str, name: str | None) -> None:
    assert charset(header) == name
