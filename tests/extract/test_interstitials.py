"""Redirects written into the markup, told from pages that only look like them."""

from __future__ import annotations

import pytest

from crawler.extract import moved_to

URL = "https://bao.example.vn/thoi-su/de-cu-post1.html"
NEW = "https://bao.example.vn/thoi-su/de-moi-post1.html"
SENTENCE = "Sáng nay, đoàn công tác đã đến thăm các hộ dân ở ven sông và trao đổi về việc sửa lại con đê."
FILLING = "<style>" + "p{margin:0}" * 80 + "</style>"


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
        stub(f'<script>setTimeout(() => location.href="{NEW}", 0)</script>'),
        stub(f"<script>location.href=`{NEW}`</script>"),
        stub("<title>Object moved</title>", f"<h2>Object moved to <a href='{NEW}'>here</a>.</h2>"),
        stub("<title>301 Moved Permanently</title>", f"<p>The document has moved <a href='{NEW}'>here</a>.</p>"),
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
        stub("<script>location.href=`/tin/${id}`</script>"),
        stub("<title>Object moved</title>", f"<a href='{NEW}'>here</a> <a href='/'>home</a>"),
        stub("<title>Đê đã được dời (moved)</title>", f"<a href='{NEW}'>here</a>"),
        b"location.href refresh",
    ],
)
def test_a_page_that_does_more_or_decides_or_leads_nowhere_is_left_alone(body: bytes) -> None:
    assert moved_to(body, URL) is None
