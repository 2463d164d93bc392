"""Text, captions and pictures as real markup hides, doubles or splits them; each page by a layout and by density."""

from __future__ import annotations

from html import unescape

import pytest

from crawler.extract import extract
from crawler.items import Article

TITLE = "Thông xe tuyến đường ven biển dài nhất tỉnh"
A, B, C, D = (
    f"<p>{text}</p>"
    for text in (
        "Sáng nay, tỉnh thông xe tuyến đường ven biển dài hơn bốn mươi cây số, nối bảy xã với khu kinh tế phía nam.",
        "Công trình được khởi công cách đây ba năm, với tổng vốn gần năm nghìn tỷ đồng từ ngân sách của tỉnh.",
        "Chủ đầu tư cho biết mặt đường rộng ba mươi mét, có sáu cây cầu và hệ thống chiếu sáng được làm đồng bộ.",
        "Người dân hai bên tuyến bày tỏ vui mừng vì thời gian đi lại được rút ngắn một nửa so với trước đây.",
    )
)
TEXT = [text[3:-4] for text in (A, B, C, D)]
FLAG = '<img src="/f/la.png" width="24px">'
CAPTION = "Nhân viên kỹ thuật kiểm tra mặt cầu trước giờ thông xe"


def known(body: str, title: str = TITLE) -> Article:
    page = (
        f'<title>{TITLE}</title><meta property="og:title" content="{TITLE}"><h1 class="detail-title" data-role="title">{title}</h1>'
        '<h2 class="detail-sapo" data-role="sapo">Tuyến đường mở ra không gian mới cho vùng ven biển.</h2>'
        f'<div class="detail-content afcbc-body" data-role="content">{body}</div>'
    )
    return extract(page, "https://bao.example.vn/duong-ven-bien-102261005143000123.htm")


def unknown(body: str, title: str = TITLE) -> Article:
    page = (
        f'<title>{TITLE} - Cổng tỉnh</title><meta property="og:title" content="{TITLE}"><div class="header"><a href="/">Trang chủ</a></div><div class="chi-tiet">'
        f'<h1>{title}</h1><span class="ngay-dang">05/10/2026 14:30</span><div class="noi-dung">{body}</div></div>'
    )
    return extract(page, "https://so.example.gov.vn/tin-tuc/duong-ven-bien-12345.html")


@pytest.fixture(params=[known, unknown], ids=["layout", "density"])
def read(request: pytest.FixtureRequest) -> object:
    return request.param


@pytest.mark.parametrize(
    "body",
    [
        f'{A}{B}<div class="more" style="display:none">{C}{D}</div><a>Xem toàn bộ</a>',
        f'{A}{B}<section id="rest" hidden>{C}{D}</section>',
        f'{A}{B}{C}<div style="display: none">{D}</div><button>Xem thêm</button>',
        f"{A}{B}{C.replace('<p', '<p hidden')}{D.replace('<p', '<p hidden')}",
        f'{A}{B}{C}{D}<div id="adblock-notice" style="display:none">{A}<p>Vui lòng tắt phần mềm chặn quảng cáo.</p></div>',
        f'{A}<div class="tweet-embed"><p>Chúc mừng.</p></div>{B}{C}{D}',
        f'{A}<blockquote class="mastodon-embed"><p>Chúc mừng.</p></blockquote>{B}{C}{D}',
        f'{A}<blockquote><p>Chúc mừng.</p><a href="https://fb.watch/a">5/10</a></blockquote>{B}{C}{D}',
        f'{A}<blockquote><p>Chúc mừng.</p><a href="https://x.com/i/web/status/1">5/10</a></blockquote>{B}{C}{D}',
        f'{A}<blockquote class="twitter-tweet"><p>Chúc mừng.</p>A (@a) <a href="https://x.com/a/status/1">5/10</a>'
        f"</blockquote>{B}{C}{D}",
        f'{A}<blockquote>Thông báo <a href="https://t.me/kenh/12">Kênh A</a></blockquote>{B}{C}{D}',
        f'<div class="audio-box"><span>0:00</span>/<span>3:15</span><ul><li>Nữ miền Bắc</li></ul></div>{A}{B}{C}{D}',
        f"<p>Nghe đọc bài</p><p>0:00 / 3:15</p><p>1x</p><p>Nữ miền Bắc</p>{A}{B}{C}{D}",
        f'{A}<div class="cookie-notice"><p>Trang này dùng cookie để phục vụ bạn.</p></div>{B}{C}{D}',
        f"{A}<p>Website này sử dụng cookie để nâng cao trải nghiệm người dùng.</p>{B}{C}{D}",
        f'{A}<div class="ads"><p>Quảng cáo</p><p>Giảm giá một nửa nội thất gia đình.</p></div>{B}{C}{D}',
        f'{A}<div class="newsletter"><p>Nhập địa chỉ để nhận bản tin mỗi sáng.</p></div>{B}{C}{D}',
        f'<div class="plyr"><div><span>Play</span><span>% buffered</span></div></div>{A}{B}{C}{D}',
        f'{A}<div class="cc-window"><span>This website uses cookies.</span><a>Got it!</a></div>{B}{C}{D}',
        f"{A}<p>We use cookies to make our pages better for you.</p>{B}{C}{D}",
        f'{A}<div class="adsBox"><p>Giảm giá một nửa nội thất gia đình.</p></div>{B}{C}{D}',
        f"<p>🔊 Nghe bài viết này</p>{A}{B}{C}{D}",
        f"<p>Đọc bài viết - 02:41</p><p>Giọng nữ</p><p>Cỡ chữ A- A+</p>{A}{B}{C}{D}",
        f"{A}<p>- Quảng cáo -</p>{B}<p>Advertisement</p>{C}<p>Video Player is loading.</p>{D}",
        f'{A}{B}{C}{D}<div class="article-share"><a>Facebook</a> <a>Zalo</a> <a>Sao chép</a></div>',
        f"{A}{B}{C}{D}<p>Đăng ký kênh YouTube của báo tại đây</p><p>Từ khoá liên quan: đường</p>",
        f'{A}<p>(Xem thêm: <a href="/b-1.htm">Khánh thành cầu qua sông lớn của tỉnh</a>)</p>{B}{C}{D}',
        f'<div class="ads-wrapper">{A}{B}{C}{D}</div>',
        f'{A}{B}{C}{D}<div style="display:none"><p>Bản in: Sở Thông tin</p></div>',
        f'{A}{B}{C}{D}<div class="popup" style="display:none">{A}<p>Ý kiến của bạn đang chờ được duyệt hôm nay.</p></div>',
        f"{A}{B}{C}{D}<p>Từ khoá: đường, biển</p>",
        f"{A}{B}<figure><img src='/a.jpg'><figcaption>{TITLE}.</figcaption></figure>{C}{D}",
        "<pre>" + "\n\n".join(TEXT) + "</pre>",
    ],
)
def test_text_is_read_whole_and_nothing_else(read: object, body: str) -> None:
    assert read(body).body.split("\n") == TEXT  # type: ignore[operator]


@pytest.mark.parametrize("box", ['<aside class="x">', '<div class="menu-content">', '<div class="widget-text">'])
def test_text_in_a_box_that_is_named_as_beside_it_is_read(box: str) -> None:
    closing = "</aside>" if box.startswith("<aside") else "</div>"
    assert unknown(f"{box}{A}{B}{C}{D}{closing}").body.split("\n") == TEXT


@pytest.mark.parametrize(
    "kept",
    [
        "Nhiều trang web sử dụng cookie để theo dõi người dùng, Cục An toàn thông tin cảnh báo.",
        "Trong sách có câu: <i>We use cookies</i>, nghĩa là trang có lưu dấu.",
        "Thẻ &lt;br&gt; của HTML xuống dòng, thẻ &lt;p&gt; mở một đoạn.",
        "Từ khoá học này, giáo viên được hỗ trợ thêm kinh phí.",
        "Hoạt động R&amp;D; AT&amp;T và A&amp;B đều tốt.",
    ],
)
def test_sentence_with_the_words_of_a_notice_stays(read: object, kept: str) -> None:
    body = read(f"{A}<p>{kept}</p>{B}").body.split("\n")  # type: ignore[operator]
    assert body == [TEXT[0], unescape(kept.replace("<i>", "").replace("</i>", "")), TEXT[1]]


def test_text_goes_on_in_a_second_container_and_not_in_the_next_story() -> None:
    box = '<div class="detail-content afcbc-body" data-role="content">'
    assert known(f"{A}{B}</div><div class=banner></div>{box}{C}{D}").body.split("\n") == TEXT
    next_story = f'</div><h1 class="detail-title" data-role="title">Tin khác trong ngày</h1>{box}{C}{D}'
    assert known(f"{A}{B}{next_story}").body.split("\n") == TEXT[:2]
    assert known(f"{A}{B}</div>{box}{A}{B}").body.split("\n") == TEXT[:2]
    hidden = f'</div><div style="display:none">{box}{C}{D}</div>'
    assert known(f"{A}{B}{hidden}").body.split("\n") == TEXT[:2]


def test_text_goes_on_in_boxes_and_begins_in_a_short_container() -> None:
    box = '<div class="detail-content afcbc-body" data-role="content">'
    assert known(f"{A}{B}</div><div class=row>{box}{C}{D}</div>").body.split("\n") == TEXT
    parts = f"<section>{box}{A}{B}</div></section><section>{box}{C}{D}</div></section>"
    assert known(f"</div>{parts}").body.split("\n") == TEXT
    long = "<p>Các xã ven đường được giao quản lý hành lang và báo cáo hằng quý về việc này.</p>"
    assert known(f"{A}</div>{box}{B}</div><i></i>{box}{C}{D}{long}").body.split("\n")[:4] == TEXT


@pytest.mark.parametrize(
    "picture",
    [
        '<p class="text-center"><img src="/a.jpg"></p><p class="text-center">{}.</p>',
        '<p><img src="/a.jpg"></p><p><em>{}.</em></p>',
        '<p><img src="/a.jpg"></p><p style="font-style: italic">{}.</p>',
        '<p><img src="/a.jpg"></p><p><span style="font-style: italic">{}.</span></p>',
        '<p><img src="/a.jpg"></p><p class="img-desc">{}.</p>',
        '<p><img src="/a.jpg"></p><p>{}</p>',
        '<p><img src="/a.jpg"><br>{}</p>',
        '<p><img src="/a.jpg"></p><p class="ghi-chu-anh">{}.</p>',
        '<p><img src="/a.jpg"></p><p><small>{}.</small></p>',
        '<dl class="wp-caption"><dt><img src="/a.jpg"></dt><dd class="wp-caption-dd">{}</dd></dl>',
        '<div><img src="/a.jpg"><div class="ck-caption"><p>{}.</p></div></div>',
        '<p><img src="/a.jpg"></p><h5><em>{}</em></h5>',
        '<figure><img src="/a.jpg"><p>{}.</p></figure>',
        '<table><tr><td><img src="/a.jpg"></td></tr><tr><td>{}</td></tr></table>',
    ],
)
def test_line_below_a_picture_is_its_caption(read: object, picture: str) -> None:
    article = read(A + picture.format(CAPTION) + B)  # type: ignore[operator]
    assert article.body.split("\n") == TEXT[:2]
    assert [image.caption.rstrip(".") for image in article.images] == [CAPTION]


@pytest.mark.parametrize(
    "line",
    ["<p><b>Nối các khu công nghiệp</b></p>", "<p>Các mốc chính gồm:</p>", "<center><b>ĐƯỜNG VEN BIỂN</b></center>", C],
)
def test_heading_and_paragraph_below_a_picture_are_text(read: object, line: str) -> None:
    article = read(f'{A}<p><img src="/a.jpg"></p>{line}{B}')  # type: ignore[operator]
    assert len(article.body.split("\n")) == 3
    assert article.images[0].caption is None


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ('<tr><th>Xã</th><th>Tỷ lệ</th></tr><tr><td><img src="/i/up.png"> An Hải</td><td>91%</td></tr>', "An Hải 91%"),
        ('<tr><td>Giá nước</td><td><img src="/i/up.gif">9.500</td></tr>', "Giá nước 9.500"),
        ('<tr><td><img src="/f/la.png"></td><td>Lào</td><td>4,2</td></tr>', "Lào 4,2"),
        (f"<tr><td>{FLAG} An Hải</td><td>{FLAG} Đạt</td></tr>" * 3, "An Hải Đạt"),
        (f"<tr><td>{FLAG} An Hải: 91%</td></tr>" * 2, "An Hải: 91%"),
    ],
)
def test_table_of_data_with_icons_is_text_and_has_no_pictures(read: object, table: str, row: str) -> None:
    article = read(f"{A}<table>{table}</table>{B}")  # type: ignore[operator]
    assert row in [" ".join(line.replace("|", " ").split()) for line in article.body.split("\n")]
    assert article.images == ()


def test_what_stands_beside_portraits_is_text(read: object) -> None:
    rows = "".join(f'<tr><td><img src="/{n}.jpg"></td><td>Ông Trần Văn {n}, đội trưởng</td></tr>' for n in "ABC")
    article = read(f"{A}<table>{rows}</table>{B}")  # type: ignore[operator]
    assert article.body.split("\n")[1] == "Ông Trần Văn A, đội trưởng"
    assert len(article.images) == 3


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="/static/1x1.gif" data-lazy-src="/a.jpg">',
        '<img src="/lazy.gif" data-srcset="/a.jpg 2x, /b.jpg 1x">',
        '<img src="data:image/gif;base64,R0" srcset="/b.jpg 300w, /a.jpg 1200w">',
        '<picture><source srcset="/a.jpg"><img src="data:image/gif;base64,R0"></picture>',
        '<picture><source media="(max-width: 600px)" srcset="/b.jpg"><source srcset="/a.jpg"><img></picture>',
        '<img class="lazy" src="/placeholder.png"><noscript><img src="/a.jpg"></noscript>',
        '<noscript><img src="/a.jpg"></noscript>',
        '<img src="/px.gif" data-orig-file="/a.jpg">',
        '<amp-img src="/a.jpg" width="600"></amp-img>',
        '<amp-img src="/a.jpg" width="16" height="9" layout="responsive"></amp-img>',
        '<img src="/a.jpg" loading="lazy">',
    ],
)
def test_lazy_picture_is_found(read: object, picture: str) -> None:
    article = read(f"{A}<p>{picture}</p>{B}")  # type: ignore[operator]
    assert [image.url.rpartition("/")[2] for image in article.images] == ["a.jpg"]


def test_placeholder_and_pixel_are_no_pictures(read: object) -> None:
    pictures = '<img src="/static/placeholder.png"><img src="data:image/gif;base64,R0"><img width="1" src="/p.gif">'
    assert read(f"{A}<p>{pictures}</p>{B}").images == ()  # type: ignore[operator]


@pytest.mark.parametrize(
    "title",
    [
        "Thông xe tuyến đường<br>ven biển dài nhất tỉnh",
        "<div>Thông xe tuyến đường</div><div>ven biển dài nhất tỉnh</div>",
        "Thông xe tuyến đường <span>ven biển</span> dài nhất tỉnh",
        '<span style="display: block">Thông xe tuyến đường</span><span>ven biển dài nhất tỉnh</span>',
    ],
)
def test_headline_in_parts_is_one_line(read: object, title: str) -> None:
    assert read(A + B + C, title).title == TITLE  # type: ignore[operator]


def test_headline_keeps_the_signs_that_it_has_on_the_page() -> None:
    page = '<meta property="og:title" content="TP. HCM thông xe"><div><h1><b>TP.HCM</b> thông xe</h1><p>{}</p></div>'
    assert (
        extract(page.format("</p><p>".join(TEXT)), "https://so.example.gov.vn/a-12345.html").title == "TP.HCM thông xe"
    )


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<span>Hà Giang</span><span>Hơn 23h, đoàn tới nơi.</span>", "Hà Giang Hơn 23h, đoàn tới nơi."),
        ("<b>Mục tiêu:</b><span>Đến năm 2030 xong cả tuyến.</span>", "Mục tiêu: Đến năm 2030 xong cả tuyến."),
        ("<b>T</b>ỉnh dùng <b>Vn</b>Press và <i>i</i>Pad.", "Tỉnh dùng VnPress và iPad."),
        ("Đoàn tới nơi.&lt;br&gt;Lễ &lt;b&gt;khai mạc&lt;/b&gt; xong.", "Đoàn tới nơi. Lễ khai mạc xong."),
        ("Đề án &amp;quot;Xanh&amp;quot; c&amp;#7911;a tỉnh.", 'Đề án "Xanh" của tỉnh.'),
    ],
)
def test_words_meet_as_a_reader_sees_them(read: object, markup: str, text: str) -> None:
    assert text in read(f"{A}<p>{markup}</p>{B}").body.split("\n")  # type: ignore[operator]


def test_sapo_that_the_text_says_again_later_stays_there() -> None:
    sapo = "Tuyến đường mở ra không gian mới cho vùng ven biển."
    assert known(f"<p>{sapo}</p>{A}{B}").body.split("\n") == TEXT[:2]
    assert known(f"{A}{B}<p>{sapo}</p>{C}").body.split("\n") == [*TEXT[:2], sapo, TEXT[2]]
