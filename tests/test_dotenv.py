"""A `.env` file as people write it, and what is said of one that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.configuration import Settings, dotenv, doubts
from crawler.errors import BadInput


def values(folder: Path, text: str | bytes) -> dict[str, str]:
    file = folder / ".env"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return {name: entries[-1].value for name, entries in dotenv.read(file).items()}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=5 # năm giây", "5"),
        ("A=5\t#five", "5"),
        ("A=#nothing", ""),
        ("A=sqlite:///a#b.db", "sqlite:///a#b.db"),
        ("A='5 # no comment'", "5 # no comment"),
        ('A="5 # no comment" # one', "5 # no comment"),
        ("A='tin@bao.vn'# x", "tin@bao.vn"),
        (r'A="say \"chào\" \\ \$"', r'say "chào" \ $'),
        (r"A='a\"b'", r"a\"b"),
        ("A=it's", "it's"),
        ("A=", ""),
        ("A=''", ""),
        ("  export\tA = 5  ", "5"),
        ("A=b=c", "b=c"),
    ],
)
def test_a_line(tmp_path: Path, line: str, value: str) -> None:
    assert values(tmp_path, line) == {"A": value}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_files_of_any_system(tmp_path: Path, end: str, mark: bytes) -> None:
    text = end.join(("# ours", "", "export THOISU_DELAY=5", "  # and", "OTHER='it", "THOISU_BUDGET=7", ""))
    assert values(tmp_path, mark + text.encode()) == {"THOISU_DELAY": "5", "THOISU_BUDGET": "7"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("THOISU_DELAY: 5", "write it as NAME=value"),
        ("  export THOISU_DELAY 5", "write it as NAME=value"),
        ("THOISU DELAY=5", "write it as NAME=value"),
        ("THOISU_DELAY='5", "the quotes round the value of THOISU_DELAY do not fit; write one at each end"),
        ("THOISU_DELAY=\"5'", "the quotes round the value of THOISU_DELAY do not fit; write one at each end"),
        ("THOISU_DELAY='5' 6", "the quotes round the value of THOISU_DELAY do not fit; write one at each end"),
        ("THOISU_DELAY=\x005", "the value of THOISU_DELAY has a control character in it; write it anew"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        values(tmp_path, f"\n{line}\n")
    assert str(refused.value) == f"{tmp_path / '.env'}, line 2: {said}"
    assert values(tmp_path, line.replace("THOISU", "OTHER")) == {}


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot read .*\.env: .*; save it as UTF-8$"):
        values(tmp_path, "THOISU_DELAY=5".encode("utf-16"))


def test_a_slip_is_said_with_the_name_that_is_nearest(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "THOISU_DELAY=5\nTHOISU_BUDGTE=7\nTHOISU_DELAY=6\nTHOISU_CONTACT=a\nTHOISU_CONTACT=a\nOTHER=1\nOTHER=2\n"
    )
    said = list(doubts({"THOISU_CONTACTS": "x", "thoisu_delay": "1", "THOISU_QQQ": "1", "THOISU_BUDGET": "1"}, file))
    wrong = "which is none of our settings and changes nothing;"
    assert said == [
        f"THOISU_CONTACTS is set, {wrong} did you mean THOISU_CONTACT?",
        f"THOISU_QQQ is set, {wrong} docs/settings.md lists them",
        f"thoisu_delay is set, {wrong} did you mean THOISU_DELAY?",
        f"THOISU_DELAY is set in line 1 of {file} and again in line 3, which counts",
        f"{file}, line 2, sets THOISU_BUDGTE, {wrong} did you mean THOISU_BUDGET?",
    ]
    assert Settings.load({}, file).delay == 6
    (said_of_archive,) = doubts({"THOISU_ARCHIVE_URL": "s3://bucket/warc"}, tmp_path / "none")
    assert "no page is kept" in said_of_archive
    assert not list(doubts({"THOISU_ARCHIVE_URL": "s3://bucket/warc", "THOISU_ARCHIVE": "warc"}, tmp_path / "none"))


@pytest.mark.parametrize("value", ["1e300", "9" * 400])
def test_a_huge_number_is_bounded_or_refused(value: str) -> None:
    nowhere = Path("/nowhere/.env")
    for name in ("DELAY", "BUDGET", "SITES_AT_ONCE", "ARCHIVE_MB", "ARTICLE_MAXSIZE", "BACKOFF_MAX", "TRIES_MAX"):
        try:
            held = getattr(Settings.load({f"THOISU_{name}": value}, nowhere), name.lower())
        except BadInput:
            continue
        assert held < 2**31
