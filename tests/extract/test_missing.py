"""Error pages in their many words, and articles that begin like them."""

from __future__ import annotations

import pytest

from crawler.errors import Discard, Refusal
from crawler.extract import extract, verdict
from crawler.extract.missing import is_error_page, is_notice

HTML = {"content-type": "text/html"}
MOVED = "Bài viết có thể đã được chuyển đi. Mời bạn quay về trang chủ hoặc dùng ô tìm kiếm."
TEXT = "Ủy ban nhân dân tỉnh vừa ban hành kế hoạch cấp nước sạch cho các xã vùng cao trong hai năm tới."


@pytest.mark.parametrize(
    "heading",
    [
        "404",
        "Lỗi 404",
        "404 Not Found",
        "Error 404: Page not found",
        "Rất tiếc, bài viết bạn yêu cầu không còn tồn tại",
        "Xin lỗi! Chúng tôi không tìm thấy trang bạn cần",
        "Trang này không tồn tại hoặc đã bị xoá",
        "Oops, nội dung này hiện không khả dụng",
        "Không tìm thấy đường dẫn này",
        "Bài viết đã được gỡ bỏ",
        "Nội dung bạn đang tìm kiếm đã hết hạn",
        "The page you requested could not be found",
        "Không tìm thấy trang | Báo Sông Đà",
        "Báo Sông Đà - 404 Not Found",
        "Thông báo: bài viết đã được gỡ bỏ",
        "Đường dẫn không chính xác",
        "Trang bạn tìm không có ở đây",
        "Trang bạn yêu cầu không tồn tại (404).",
        "Báo Sông Đà - Không tìm thấy trang",
        "Bản tin không tồn tại hoặc đã bị xóa",
        "Nothing Found",
        "502 Bad Gateway",
        "Error establishing a database connection",
        "Account Suspended",
    ],
)
def test_notices(heading: str) -> None:
    assert is_notice(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "404 hộ dân vùng cao có nước sạch",
        "Không tìm thấy vi khuẩn lạ trong mẫu nước giếng",
        "Không tìm thấy trang thiết bị y tế trong kho",
        "Không tìm thấy nội dung sai phạm ở dự án",
        "Trang trại không tồn tại trên giấy tờ",
        "Đường dẫn nước bị hỏng, dân thiếu nước",
        "Bài viết về con đê bị gỡ: vì sao?",
        "Tin bị xóa gây xôn xao",
        "Lỗi hệ thống làm chậm 404 chuyến bay",
        "Trang bị mới cho bộ đội biên phòng",
        "Xin lỗi người dân vì thông báo sai",
        "Báo Sông Đà",
        "Nội dung này đã bị gỡ bỏ: Mạng xã hội siết tin giả",
        "Page not found: triển lãm về những trang viết bị quên",
        "Nội dung không có trong dự thảo luật",
        "Mạng xã hội - nội dung sai đã bị gỡ bỏ",
        "Nothing found in the lake, police say",
        "Bad Gateway, một ban nhạc trẻ",
    ],
)
def test_headlines_that_sound_alike(heading: str) -> None:
    assert not is_notice(heading)
    assert not is_error_page(heading, TEXT)
    assert verdict(200, HTML, f"<h1>{heading}</h1>{TEXT}<br>".encode() + b" " * 700) is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Rất tiếc, bài viết bạn yêu cầu không còn tồn tại", MOVED),
        ("Báo Sông Đà", "Trang bạn tìm không tồn tại hoặc đã bị xóa. Vui lòng thử lại sau."),
        ("Hệ thống đang bảo trì, vui lòng quay lại sau", MOVED),
        ("Thông báo", "Website đang được nâng cấp. Xin lỗi quý độc giả vì sự bất tiện này."),
        ("Báo Sông Đà", "Đã có lỗi xảy ra. Vui lòng thử lại sau ít phút."),
        ("Thông báo", "Trang đang được xây dựng. Mời bạn quay lại trang chủ."),
        ("Báo Sông Đà", "Bài viết này đã hết hạn hiển thị. Xin lỗi bạn đọc."),
        (
            "Thông báo",
            "Bài viết có thể đã được chuyển sang chuyên mục khác của báo, hoặc đã bị gỡ bỏ theo yêu cầu của đơn vị chủ"
            " quản. Mời bạn quay về trang chủ.",
        ),
        ("Thông báo", "Nội dung bạn tìm kiếm hiện không có trên hệ thống. Vui lòng quay lại trang chủ."),
        ("Thông báo", "Trang bạn yêu cầu có thể đã bị xóa, đổi tên hoặc không khả dụng. Hãy quay về trang chủ."),
        ("Thông báo", "Chúng tôi rất tiếc vì không thể tìm thấy bài viết mà bạn yêu cầu."),
        ("Thông báo", "Tin này đã được gỡ xuống. Mời quý vị về trang chủ."),
        ("Thông báo", "Có vẻ như đường dẫn bạn truy cập bị sai. Vui lòng thử lại."),
        ("Thông báo", "Hệ thống đang bảo trì. Mong quý độc giả quay lại sau."),
        ("Oops", "We can't find the page you are looking for."),
        ("Error", "An error occurred while we worked on your request. Please try again later."),
        ("Sorry", "The page you are looking for does not exist. Please go back to the home page."),
        ("Thông báo", "Bài viết không tồn tại hoặc đã bị xóa."),
        ("Không thể truy cập", "Bài viết này đã bị gỡ bỏ theo yêu cầu của cơ quan quản lý."),
        ("Bài viết đang được cập nhật", "Nội dung đang được cập nhật, mời bạn quay lại sau."),
        ("Không có kết quả", "Hệ thống không tìm thấy nội dung bạn đang tìm kiếm. Hãy thử từ khóa khác."),
        ("Đang Bảo Trì", "Website đang được bảo trì để phục vụ tốt hơn. Xin cảm ơn, vui lòng quay lại sau!"),
        ("Thông báo", "Website hiện đang tạm ngưng hoạt động. Mong quý khách thông cảm."),
        ("Under Maintenance", "The site is currently under maintenance. Please check back soon."),
        ("Nothing Found", "It seems we can't find what you're looking for. Perhaps searching can help."),
        ("Runtime Error", "An application error occurred on the server. Contact your administrator."),
        # A licence and a telephone number at the foot of the page are no day and no hour.
        ("Website đang được bảo trì", "Vui lòng quay lại sau!\nGiấy phép số 12 cấp ngày 12/3/2018\nĐT: 0243 123 456"),
    ],
)
def test_error_pages(title: str, text: str) -> None:
    assert is_error_page(title, text)
    page = f"<html><title>Báo</title><body><h1>{title}</h1><div><p>{text}</p></div></body></html>{' ' * 600}".encode()
    if verdict(200, HTML, page) is not Refusal.SOFT_404:
        with pytest.raises(Discard, match="soft_404"):
            extract(page, "https://bao.example.vn/a-1.html")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        # News, though short: a day or an hour is named.
        (
            "Cổng dịch vụ công tạm dừng để nâng cấp",
            "Hệ thống tạm ngừng từ 22h ngày 5/10. Xin lỗi người dân vì bất tiện.",
        ),
        ("Gỡ bài sai", "Bài viết này đã bị gỡ. " + TEXT * 8 + " Xin lỗi bạn đọc."),
        (
            "Tạm ngừng cấp nước để sửa ống",
            "Công ty tạm ngừng cấp nước tối nay. Mong khách hàng thông cảm, vui lòng trữ nước.",
        ),
        (
            "Gỡ bài sai",
            "Sở cho biết đã gỡ bỏ trăm bài viết sai sự thật. Xin mời người dân liên hệ khi gặp nội dung lạ.",
        ),
        ("Đê vỡ", "Vui lòng liên hệ xã để nhận hỗ trợ. " + TEXT),
        ("Máy chủ quá tải", TEXT),
        ("Cháy ở chợ đầu mối", TEXT + " Bài viết đang được cập nhật, mời bạn đọc đón xem."),
        ("Không truy cập được mạng ở ba xã", "Cáp bị đứt từ sáng nay ở ba xã ven sông. Người dân vui lòng liên hệ xã."),
        ("Máy chủ quá tải", "Cổng tra cứu điểm thi mở lúc 8:00. Hệ thống quá tải, thí sinh vui lòng thử lại."),
        (
            "Tên miền đã hết hạn sẽ bị thu hồi",
            "Chủ thể có ba mươi ngày để nộp phí duy trì. Vui lòng liên hệ nhà đăng ký.",
        ),
    ],
)
def test_short_news_is_news(title: str, text: str) -> None:
    assert not is_error_page(title, text)


def test_a_page_without_running_text_that_is_a_notice() -> None:
    foot = "<footer><p>Giấy phép số 12, cấp ngày 12/3/2018</p><p>Điện thoại: 0243 123 456</p></footer>"
    for text in ("<h2>404</h2><h2>Trang không tồn tại</h2>", "<p>Bài viết không tồn tại hoặc đã bị xóa.</p>"):
        page = f"<html><title>Báo</title><body>{text}{foot}{' ' * 600}</body></html>".encode()
        if verdict(200, HTML, page) is not Refusal.SOFT_404:
            with pytest.raises(Discard, match="soft_404"):
                extract(page, "https://bao.example.vn/a-1.html")
