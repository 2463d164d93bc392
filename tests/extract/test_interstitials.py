"""Walls, and redirects written into the markup, told from pages that only look like them."""

from __future__ import annotations

import pytest

from crawler.extract import is_wall, moved_to
from crawler.extract.interstitials import _TAG

URL = "https://bao.example.vn/thoi-su/de-cu-post1.html"
NEW = "https://bao.example.vn/thoi-su/de-moi-post1.html"
SENTENCE = "Sáng nay, đoàn công tác đã đến thăm các hộ dân ở ven sông và trao đổi về việc sửa lại con đê."
CAPTCHA = "<script src='https://www.google.com/recaptcha/api.js'></script>"
FILLING = "<style>" + "p{margin:0}" * 80 + "</style>"


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><title>Con đê</title>{head}{FILLING}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    "body",
    [
        page(f"<h1>Con đê</h1><div>{SENTENCE}<br><br>{SENTENCE}</div>{CAPTCHA}"),
        page(f"<h1>Con đê</h1><p>{SENTENCE} {SENTENCE}</p><form><img src='/captcha.ashx'>Nhập mã captcha</form>"),
        page(
            f"<h1>Con đê</h1><p>{SENTENCE}</p>{CAPTCHA}",
            "<meta property='article:published_time' content='2026-10-05'>",
        ),
        # A section of a portal: nothing but links, and a form to log in.
        page(
            "".join(f"<h3><a href='/tin/{n}'>Thông báo lịch tiếp công dân số {n}</a></h3>" for n in range(5)) + CAPTCHA
        ),
        page(f"<h1>DDoS làm báo điện tử ngừng một giờ</h1><div>{SENTENCE}<br>{SENTENCE}</div>").replace(
            b"Con ", b"DDoS "
        ),
        page(f"<p>{SENTENCE}</p>" * 4 + "<div>Nhập mã captcha để gửi ý kiến</div>" + SENTENCE * 8),
        page(
            f"<h1>Con đê</h1><div>{SENTENCE}<br>{SENTENCE}<br>{SENTENCE} {SENTENCE} {SENTENCE}</div>Đổi mã captcha",
            "<meta property='og:title' content='Con đê'>",
        ),
        # ASP.NET puts the whole page into one form.
        page(
            "<form>"
            + "".join(f"<a href='/tin/{n}'>Thông báo lịch tiếp công dân số {n}</a>" for n in range(5))
            + "<input name='captcha'></form>"
        ),
        page(f"<h1>Con đê</h1><div>{SENTENCE}<br>{SENTENCE}</div><script src='/_Incapsula_Resource?SW=1'></script>"),
    ],
)
def test_a_captcha_beside_something_to_read_is_no_wall(body: bytes) -> None:
    assert not is_wall(body)


@pytest.mark.parametrize(
    "text",
    [
        "Vui lòng nhập mã captcha để tiếp tục truy cập trang. Chúng tôi phát hiện lưu lượng không thường có từ mạng của"
        " quý vị, nên cần biết rằng quý vị đang đọc báo và không chạy chương trình nào thay mình.",
        "Please verify you are human by completing the action below. The site needs to review the security of your"
        " connection before proceeding. This may take a few seconds, then you are sent on to what you wanted.",
        "",
    ],
)
def test_a_wall_with_a_captcha_says_so(text: str) -> None:
    assert is_wall(page(f"<div>{text}</div><div class='g-recaptcha'></div>{CAPTCHA}"))
    assert is_wall(page(f"<a href='/'>Trang chủ</a><div>{text}</div><form><img src='/captcha.jpg'></form>"))
    assert is_wall(page(f"<form>{text}<img src='/captcha.jpg'></form>"))
    assert is_wall(page(f"<div>{text}</div>{CAPTCHA}", "<meta property='og:title' content='Báo'>"))


def test_a_wall_of_incapsula() -> None:
    assert is_wall(page("<iframe src='/_Incapsula_Resource?SWUDNSAI=9'>Request unsuccessful.</iframe>"))


def stub(head: str = "", body: str = "") -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    "body",
    [
        stub(f'<meta http-equiv="refresh" content="0;url={NEW}">'),
        stub(f"<META HTTP-EQUIV=Refresh CONTENT='3; URL=\"{NEW}\"'>", "Bài viết đã chuyển sang địa chỉ mới."),
        stub("<meta content='0,url=de-moi-post1.html#dau' http-equiv=refresh>"),
        stub("<base href='/thoi-su/x'><meta http-equiv=refresh content='0 de-moi-post1.html'>"),
        stub("", f"<script>window.location.replace('{NEW}')</script><a href='{NEW}'>Xem tiếp</a>"),
        stub(f'<script>window.onload=function(){{ location.href = "{NEW}"; }}</script>'),
        stub(f"""<script>setTimeout("location.href='{NEW}'", 500)</script>"""),
        f"""<html><body onload="top.location='{NEW}'">Bài viết đã chuyển</body></html>""".encode(),
        stub("<script>document.location = '/thoi-su/de-moi-post1.html'</script>" + FILLING),
        stub('<script>location.href = "{}"</script>'.format(NEW.replace("/", "\\/"))),
    ],
)  # fmt: skip
def test_a_page_that_does_nothing_but_send_on(body: bytes) -> None:
    assert moved_to(body, URL) == NEW


@pytest.mark.parametrize(
    "body",
    [
        stub('<meta http-equiv="refresh" content="0">'),
        stub(f'<meta http-equiv="refresh" content="600;url={NEW}">'),  # a page that renews itself
        stub(f'<meta http-equiv="refresh" content="0;url={URL}#a">'),
        stub('<meta http-equiv="refresh" content="0;url=javascript:x()">'),
        stub('<meta http-equiv="refresh" content="0;url=http://[::1">'),
        stub(f'<noscript><meta http-equiv="refresh" content="0;url={NEW}"></noscript>'),
        stub(f'<meta http-equiv="refresh" content="0;url={NEW}">', SENTENCE * 6),
        stub(f'<script>document.cookie="D1N=1";location.href="{NEW}"</script>'),
        stub(f'<script>if (screen.width < 700) location.href="{NEW}"</script>'),
        stub(f'<script>location.href="{NEW}" + id</script>'),
        stub(f'<script>location.href="{NEW}"; location.href="/khac"</script>'),
        stub('<script>window.location.href="%2Fthoi-su%2Fde-cu-post1.html"</script>'),  # to itself, for a cookie
        stub("<script>location.href='https://www.bao.example.vn/thoi-su/de-cu-post1.html?d=1'</script>"),
        stub(f'<meta http-equiv="refresh" content="0;url={NEW}">' + "<style>a{}</style>" * 900),
        b"location.href refresh",
    ],
)
def test_a_page_that_does_more_or_decides_or_leads_nowhere_is_left_alone(body: bytes) -> None:
    assert moved_to(body, URL) is None


def test_signs_that_open_no_tag_are_gone_through_once() -> None:
    # Each was followed to the end of the heading, so that a page of 40 KB held up the whole crawl for half a second.
    assert _TAG.sub("", "<" * 2_000_000 + "b>đê") == "<" * 1_999_999 + "đê"
