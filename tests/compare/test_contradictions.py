"""What says the same in other signs, what says something else, and what tells a later state of the same news."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.compare import ComparedText, Relation
from crawler.compare.copies import compare
from crawler.compare.facts import Kind
from crawler.compare.gaps import gaps
from crawler.compare.renderings import one_name

AROUND = (
    "Lực lượng chức năng đã có mặt tại hiện trường từ sớm để hỗ trợ bà con ổn định cuộc sống và dọn dẹp bùn đất.\n"
    "{}\n"
    "Đại diện chính quyền địa phương cho hay các bên liên quan sẽ tiếp tục theo dõi, báo cáo kịp thời tới cấp trên.\n"
    "Nhiều hộ dân trong vùng mong sớm có phương án di dời đến nơi ở mới an toàn trước mùa mưa bão."
)


def told(first: str, second: str, around: str = AROUND, *, hours: int = 3, one_paper: bool = False) -> Relation:
    texts = (ComparedText(None, around.format(sentence)) for sentence in (first, second))
    return compare(*texts, timedelta(hours=hours), one_paper=one_paper)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vụ việc xảy ra ngày 6.2 tại xã Tân Lập.", "Vụ việc xảy ra ngày 06/02/2017 tại xã Tân Lập."),
        ("Vụ việc xảy ra ngày 6/2.", "Vụ việc xảy ra ngày 6 tháng 2 năm 2017."),
        ("Vụ việc xảy ra ngày 6/2/17.", "Vụ việc xảy ra ngày 6/2/2017."),
        ("Cầu thông xe trong quý IV.", "Cầu thông xe trong quý 4."),
        ("Tổng vốn 1,2 nghìn tỷ đồng.", "Tổng vốn 1.200 tỷ đồng."),
        ("Cầu dài 2km.", "Cầu dài 2.000m."),
        ("Xe chở 30 tấn hàng.", "Xe chở 30.000 kg hàng."),
        ("Đoàn khởi hành lúc 6h ngày 7/3.", "Đoàn khởi hành lúc 6 giờ ngày 7-3."),
        ("Đoàn khởi hành lúc 06:30.", "Đoàn khởi hành lúc 6h30'."),
        ("Đoàn khởi hành lúc 18h30.", "Đoàn khởi hành lúc 6 giờ 30 phút chiều."),
        ("Xe lao xuống vực sâu 50m.", "Xe lao xuống vực sâu 50 mét."),
        ("Xe dừng tại Km 105 quốc lộ 6.", "Xe dừng tại km105, QL6."),
        ("Nhiệt độ 13-16oC, vùng núi dưới 10oC.", "Nhiệt độ 13 - 16 độ C, vùng núi dưới 10 độ C."),
        ("Nhiệt độ từ 13 đến 16 độ C.", "Nhiệt độ từ 13-16°C."),
        ("Cầu thông xe vào tháng 4.", "Cầu thông xe vào tháng Tư."),
        ("Cầu thông xe vào tháng 11.", "Cầu thông xe vào tháng mười một."),
        ("Có 25 người được cứu.", "Có hai mươi lăm người được cứu."),
        ("Công văn 301/BGDĐT-GDMN của bộ nêu rõ.", "Công văn số 301/BGDĐT - GDMN của bộ nêu rõ."),
        ("Công văn 301/BGDĐT-GDMN của bộ nêu rõ.", "Công văn số 301 của bộ nêu rõ."),
        ("Công văn 301/BGDĐT-GDMN của bộ nêu rõ.", "Công văn 301/BGD&ĐT-GDMN của bộ nêu rõ."),
        ("Quyết định 2551/QĐ-TTg nêu rõ.", "Quyết định 2551/QDD-TTg nêu rõ."),
        ("Gió cấp 2-3, có nơi cấp 5.", "Gió cấp 2 - 3, có nơi cấp 5."),
        ("Đội nhà thắng với tỷ số 2-1.", "Đội nhà thắng với tỷ số 2 - 1."),
        ("Đội hình 10-11-2 ra sân.", "Đội hình 10 - 11 - 2 ra sân."),
        ("Một số hộ phải di dời.", "Hơn 40 hộ phải di dời."),
        ("Diện tích 1.250 m2.", "Diện tích 1250m²."),
        ("Tổng vốn 12,50 tỷ đồng.", "Tổng vốn 12.5 tỉ đồng."),
        ("Tổng vốn 64,52 tỷ đồng.", "Tổng vốn 64,5 tỷ đồng."),
        ("Thu về 10.000.000 đồng.", "Thu về 10 triệu đồng."),
        ("Thiệt hại hơn 2.091 tỷ đồng.", "Thiệt hại khoảng 2.100 tỷ đồng."),
        ("Xe mang biển số 29A-123.45.", "Xe mang BKS 29A - 12345."),
        ("Chuyến thăm Moskva của đoàn.", "Chuyến thăm Matxcơva của đoàn."),
        ("Chuyến thăm Moscow của đoàn.", "Chuyến thăm Mát-xcơ-va của đoàn."),
        ("Chuyến thăm Australia của đoàn.", "Chuyến thăm Úc của đoàn."),
        ("Chuyến thăm Singapore của đoàn.", "Chuyến thăm Xin-ga-po của đoàn."),
        ("Chuyến thăm Hồng Kông của đoàn.", "Chuyến thăm Hong Kong của đoàn."),
        ("Bà Kristalina Georgieva phát biểu.", "Bà Kristalina Gueorguieva phát biểu."),
        ("Ông Nguyễn Văn Thành chủ trì.", "Ông Nguyễn Văn Thanh chủ trì."),
        ("Cháu Lò Khương Mló nhập viện.", "Cháu Lò Khương M. nhập viện."),
        ("Ảnh: Nguyễn Tri.", "Ảnh: Trần Bình."),
        ("Có 12 hộ. Công ty vay cả thảy 12,7 tỷ đồng.", "Có 12 hộ. Công ty còn nợ 12.700 triệu đồng."),
        ("Trời nóng ở Hà Giang.", "Trời nóng. Ảnh: Lê Anh Dũng."),
        ("Nạn nhân 28 tuổi, quê Nghệ An.", "Nạn nhân SN 1989, quê Nghệ An."),
        ("Ông Nguyễn Văn Thuận trình báo.", "Ông Nguyễn Văn Th. trình báo."),
        ("Bị hại là chị Lê Thị Nga.", "Bị hại là chị Lê Thị Ng."),
        ("Rừng bị cháy gần 6 ha.", "Rừng bị cháy 5,07 ha."),
        ("Có 200 người tham gia.", "Có hai trăm người tham gia."),
        ("Có 21 người tham gia.", "Có hai mốt người tham gia."),
        ("Tăng 7,05% so với tháng trước.", "Tăng 7,1% so với tháng trước."),
        ("Hỗ trợ 1,2 triệu đồng mỗi hộ.", "Hỗ trợ 1 triệu 200 nghìn đồng mỗi hộ."),
        ("Phạt từ 5 đến 10 triệu đồng.", "Phạt từ 5.000.000 - 10.000.000 đồng."),
        ("Mỗi bao nặng 500g.", "Mỗi bao nặng 0,5kg."),
        ("Cháy 2ha rừng.", "Cháy 20.000m2 rừng."),
        ("Tình hình ở TPHCM đã yên.", "Tình hình ở Sài Gòn đã yên."),
        ("Tình hình ở TP.HCM đã yên.", "Tình hình ở thành phố Hồ Chí Minh đã yên."),
        ("Hội thảo tại Quy Nhơn.", "Hội thảo tại Qui Nhơn."),
        ("Hội thảo tại Bắc Kạn.", "Hội thảo tại Bắc Cạn."),
        ("Chuyến thăm Geneva của đoàn.", "Chuyến thăm Giơ-ne-vơ của đoàn."),
        ("Nghị quyết 18-NQ/TW nêu rõ.", "Nghị quyết số 18-NQ/TƯ nêu rõ."),
        ("Vay 3 triệu USD.", "Vay 3 triệu đô la."),
        ("Lãnh đạo UBND TP Hà Nội đã có mặt.", "Lãnh đạo Ủy ban nhân dân TP HN đã có mặt."),
        ("Đoàn gồm người ở quận 3, Hà Nội đã về.", "Đoàn gồm người ở Q.3, HN đã về."),
        ("Đoàn của VN ở huyện Ba Vì đã về.", "Đoàn của Việt Nam ở H.Ba Vì đã về."),
        ("Ông Donald Trump nói nước Mỹ sẽ rút.", "Trump nói nước Hoa Kỳ sẽ rút."),
        ("Đoàn Ấn Độ từ TP.HCM ra Úc dự họp.", "Đoàn India từ Sài Gòn ra Australia dự họp."),
        ("Bộ trưởng ký sáng nay, 8/2.", "Bộ trưởng ký chiều 8/2."),
        ("Dự báo ngày mai (5/6) trời dịu.", "Dự báo ngày hôm nay (5/6) trời dịu."),
    ],
)  # fmt: skip
def test_the_same_in_other_signs(one: str, other: str) -> None:
    assert told(one, other).kind == told(other, one).kind == "copy"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vụ việc xảy ra ngày 6.2 tại xã Tân Lập.", "Vụ việc xảy ra ngày 07/02/2017 tại xã Tân Lập."),
        ("Vụ việc xảy ra ngày 5/6.", "Vụ việc xảy ra ngày 6/5."),
        ("Đoàn khởi hành lúc 6h ngày 7/3.", "Đoàn khởi hành lúc 7 giờ ngày 7-3."),
        ("Đoàn khởi hành lúc 18h30.", "Đoàn khởi hành lúc 6 giờ 30 phút."),
        ("Ngày 7/3 có 6 hộ phải dời đi.", "Ngày 7/3 có 7 nhà phải dời đi."),
        ("Xe lao xuống vực sâu 50m.", "Xe lao xuống vực sâu 60 mét."),
        ("Xe dừng tại Km 105 quốc lộ 6.", "Xe dừng tại km106, QL6."),
        ("Nhiệt độ 13-16oC, vùng núi dưới 10oC.", "Nhiệt độ 15 - 18 độ C, vùng núi dưới 10 độ C."),
        ("Cầu thông xe vào tháng 4.", "Cầu thông xe vào tháng Năm."),
        ("Cầu thông xe trong quý I.", "Cầu thông xe trong quý II."),
        ("Cầu dài 2km.", "Cầu dài 3.000m."),
        ("Công văn 301/BGDĐT-GDMN của bộ nêu rõ.", "Công văn số 302/BGDĐT - GDMN của bộ nêu rõ."),
        ("Nghị định 45/2020/NĐ-CP nêu rõ.", "Nghị định 45/2020/QĐ-TTg nêu rõ."),
        ("Đội nhà thắng với tỷ số 2-1.", "Đội nhà thắng với tỷ số 3 - 1."),
        ("Đội nhà thua với tỷ số 2-1.", "Đội nhà thua với tỷ số 1-2."),
        ("Tổng vốn 12,5 tỷ đồng.", "Tổng vốn 12,7 tỷ đồng."),
        ("Tổng vốn 12,5 tỷ đồng.", "Tổng vốn 125 tỷ đồng."),
        ("Giá tăng 500 đồng.", "Giá tăng gần 700 đồng."),
        ("Giá tăng khoảng 85 đồng.", "Giá tăng khoảng 88 đồng."),
        ("Đơn vị PC08 vào cuộc.", "Đơn vị PC02 vào cuộc."),
        ("Chuyến thăm Moskva của đoàn.", "Chuyến thăm Varsava của đoàn."),
        ("Chuyến thăm Australia của đoàn.", "Chuyến thăm Áo của đoàn."),
        ("Cháu Nguyễn Văn M. nhập viện.", "Cháu Nguyễn Văn T. nhập viện."),
        ("Ông Nguyễn Văn Hùng chủ trì.", "Ông Nguyễn Văn Dũng chủ trì."),
        ("Hội thảo tại Hà Giang.", "Hội thảo tại Hà Nam."),
        ("Hội thảo tại TP.HCM.", "Hội thảo tại Hà Nội."),
        ("Cầu sập đêm mùng 5/6.", "Cầu sập đêm 6 tháng 6 năm 2017."),
        ("Ông Lê Thanh Hải dự họp.", "Ông Lê Thành Minh dự họp."),
        ("Đoàn từ Sài Gòn ra Lào dự họp.", "Đoàn từ TPHCM ra Úc dự họp."),
        ("Cháy lớn tại VN.", "Cháy lớn tại Lào."),
        ("Có 21 xã, 2 huyện thu 39,2 tỷ đồng, tăng 21,2%.", "Có 21 xã, 2 huyện thu 39.200 triệu đồng, tăng 31,50%."),
        ("Bão ảnh hưởng Hà Giang.", "Bão ảnh hưởng Hà Nam."),
        ("Hội thảo tại Nam Định.", "Hội thảo tại TPHCM."),
        ("Tăng 7,05% so với tháng trước.", "Tăng 7,5% so với tháng trước."),
        ("Thiệt hại 3 triệu đồng.", "Thiệt hại 3 tỷ đồng."),
        ("Vay 3 tỷ USD.", "Vay 3 tỷ đồng."),
        ("Cháy 2ha rừng.", "Cháy 2 m2 rừng."),
        ("Đội nhà thắng 2-1.", "Đội nhà thua 2-1."),
        ("Doanh nghiệp lãi 5 tỷ đồng.", "Doanh nghiệp lỗ 5 tỷ đồng."),
        ("Xuất khẩu đi lên.", "Nhập khẩu đi lên."),
        ("Lễ khai mạc sẽ có mưa.", "Lễ bế mạc sẽ có mưa."),
        ("Đêm nay có mưa rào.", "Đêm mai có mưa rào."),
        ("Họp báo sáng 6/2.", "Họp báo chiều 6/2."),
        ("Nạn nhân 28 tuổi.", "Nạn nhân 38 tuổi."),
        ("Ông Nguyễn Văn Thuận trình báo.", "Ông Nguyễn Văn Tr. trình báo."),
        ("Mưa trên 590 mm.", "Mưa trên 591 mm."),
        ("Rừng bị cháy gần 6 ha.", "Rừng bị cháy 4,07 ha."),
        ("Hội thảo tại Mai Châu.", "Hội thảo tại Mỹ Châu."),
    ],
)  # fmt: skip
def test_another_number_or_name(one: str, other: str) -> None:
    assert told(one, other).kind == told(other, one).kind == "template"


def test_another_place_that_one_text_names_too() -> None:
    named = AROUND + "\nĐoàn đã ra Hà Nội."
    assert told("Mưa ngập nhiều nơi tại TP.HCM.", "Mưa ngập nhiều nơi tại Hà Nội.", named).kind == "template"


def test_digits_without_end_are_a_number_too() -> None:
    assert told(f"Mã số {'7' * 9000}.", f"Mã số gần {'8' * 9000}.").kind == "template"


def test_what_contradicts_is_told_as_it_is_written() -> None:
    assert told("Tổng vốn 12,5 tỷ đồng.", "Tổng vốn 13,7 tỷ đồng.").because == ("12,5", "13,7")
    assert told("Xảy ra ngày 6.2.", "Xảy ra ngày 07/02/2017.").because == ("6.2", "07/02/2017")


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("ngày 6.2", ["", "date", "date"]), ("ngày 6-2", ["", "date", "date"]), ("cấp 2-3", ["", "number", "number"]),
        ("tỷ số 2/1", ["", "", "number", "number"]), ("10-11-2", ["number", "number", "number"]),
        ("10-11-2017", ["date", "date", "year"]), ("6,5%", ["number", "fraction"]), ("31/13", ["number", "number"]),
        ("3.200ha", ["number", ""]), ("85/QĐ-TTg", ["document", "symbol", "symbol"]), ("150m2", ["number", ""]),
    ],
)  # fmt: skip
def test_ranges_are_no_dates(written: str, kinds: list[Kind]) -> None:
    assert ComparedText(None, written).words.kinds == kinds


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("mười hai", ["12"]), ("ba mươi", ["30"]), ("bốn mươi lăm", ["45"]), ("hai mươi mốt", ["21"]),
        ("mười năm", ["10", "5"]), ("tháng tư", ["tháng", "4"]), ("đầu tư", ["đầu", "tư"]), ("6h15", ["6", "giờ", "15"]),
        ("10 000 đồng", ["10000", "đồng"]), ("quý 4 năm 2017", ["quý", "4", "2017"]), ("6 tháng 2 năm 2017", ["6", "2", "2017"]), ("1.243,70", ["1243", "70"]), ("006", ["6"]),
    ],
)  # fmt: skip
def test_numbers_are_read_by_groups_of_digits(written: str, forms: list[str]) -> None:
    assert ComparedText(None, written).words.forms == forms


@pytest.mark.parametrize(
    ("ours", "theirs", "one"),
    [
        ("austrlia", "australia", True), ("mikhailốp", "mikhailov", True), ("thành", "thanh", True),
        ("hoàng", "h", True), ("axx", "a", True), ("an", "anh", False), ("hùng", "dũng", False), ("obama", "trump", False),
        ("hà", "hải", False), ("pháp", "đức", False), ("mỹ", "hoa kỳ", True),
    ],
)  # fmt: skip
def test_renderings_of_a_name(ours: str, theirs: str, *, one: bool) -> None:
    assert one_name(ours.split(), theirs.split()) is one
    assert one_name(theirs.split(), ours.split()) is one


# --- two states of one news, two reports over one background --------------------------------------------------------

BACKGROUND = (
    "Theo nguồn tin từ cơ quan đại diện, hai tàu cá bị một nhóm vũ trang giữ lại từ cuối năm ngoái khi đang qua vùng "
    "biển phía nam; các cơ quan chức năng đã nhiều lần làm việc với nước sở tại để sớm đưa ngư dân về.\n"
    "Hiệp hội nghề cá khuyến cáo các tàu tránh xa khu vực nguy hiểm, tăng cường cảnh giới ban đêm và giữ liên lạc thường "
    "xuyên với trung tâm cứu nạn trong suốt hành trình đánh bắt dài ngày.\n"
    "Những năm gần đây khu vực này liên tiếp xảy ra các vụ tương tự, khiến việc mưu sinh của bà con ven biển gặp khó."
)
NEWS = "{}\n" + BACKGROUND


def test_another_number_of_casualties_is_a_later_state() -> None:
    few = "Vụ sạt lở sáng nay đã làm 12 người chết, nhiều ngôi nhà bị vùi lấp hoàn toàn, giao thông chia cắt."
    more = (
        "Đến cuối ngày, số nạn nhân của vụ lở núi tăng lên, với 13 người thiệt mạng; công tác tìm kiếm phải tạm dừng."
    )
    found = told(few, more, NEWS)
    assert (found.kind, found.because) == ("update", ("12", "13"))
    assert told("Vụ lở đất làm 12 người chết.", "Vụ lở đất làm 13 người chết.").kind == "update"
    # Another date makes it another accident, whatever the casualties.
    here, there = (
        f"Vụ lở đất ngày {day} tại xã Tân Lập làm {dead} người chết." for day, dead in (("5/6", 2), ("7/8", 3))
    )
    assert told(here, there).kind == "template"


def test_a_column_of_another_day_is_another_text() -> None:
    today = "Giá vàng hôm nay 4/6 tăng nhẹ, tính cả tuần có lúc giảm sâu, rơi vào vùng thấp nhất từ đầu năm."
    tomorrow = "Kết thúc tuần, vàng thế giới đi lên. Giá vàng hôm nay 5.6 được dự đoán bật mạnh ngay phiên mở cửa."
    assert told(today, tomorrow, NEWS).kind == "template"
    assert told(today, tomorrow.replace("5.6", "4.6"), NEWS).kind == "copy"


def test_two_reports_that_open_with_news_of_their_own_are_two() -> None:
    ministry = (
        "Bộ Ngoại giao bày tỏ phẫn nộ trước hành vi vô nhân đạo.\nTrả lời câu hỏi chiều thứ Ba, phát ngôn viên lên án "
        "thủ phạm, kiên quyết yêu cầu trừng trị thích đáng, bồi thường gia quyến."
    )
    premier = (
        "Thủ tướng gửi điện chia buồn sâu sắc.\nTrong thông điệp tới người đồng cấp, lãnh đạo Chính phủ đề nghị phối hợp "
        "điều tra, bảo vệ công dân, hỗ trợ nạn nhân hồi hương."
    )
    assert told(ministry, premier, NEWS).kind == "none"
    # A lead written anew is one paragraph, and says what the text says.
    assert told(ministry, ministry.split("\n")[1], NEWS).kind in ("copy", "abridged", "extended")


def test_a_paper_that_leads_on_tells_an_update() -> None:
    first = "Hai tàu cá bị giữ lại ở vùng biển phía nam, ngư dân chưa liên lạc được với gia đình."
    later = (
        "Sau nhiều tháng đàm phán, toàn bộ thuyền viên vừa đặt chân xuống sân bay sáng sớm nay trong niềm vui vỡ òa.\n"
        "Chị Hoa, vợ một thuyền trưởng, kể đã thức trắng đêm chờ chồng ở cổng ga quốc tế."
    )
    assert told(first, later, NEWS, one_paper=True).kind == "update"
    assert told(later, first, NEWS, hours=-3, one_paper=True).kind == "update"
    assert told(first, later, NEWS).kind != "update"
    # What is added at the end of the same text is the same text, extended or not.
    added = NEWS + "\n" + later
    texts = ComparedText(None, NEWS.format(first)), ComparedText(None, added.format(first))
    assert compare(*texts, timedelta(hours=3), one_paper=True).kind in ("copy", "extended")


def test_what_stands_on_the_edge_of_two_pages_ties_nothing() -> None:
    edge = (
        "Mọi thông tin phản ánh xin gửi về đường dây nóng của tòa soạn hoặc hộp thư điện tử, bạn đọc có thể gửi kèm hình "
        "ảnh, video và thông tin liên hệ để phóng viên tiện xác minh trước khi đăng tải"
    )
    one = "Nam thanh niên dùng dao cướp tiệm tạp hóa giữa khuya rồi bỏ trốn.\n" + edge
    other = "Cụ bà nhặt được ví tiền mang trả lại chủ nhân sau hai ngày tìm kiếm.\n" + edge
    assert compare(ComparedText(None, one), ComparedText(None, other), timedelta(hours=1)).kind == "none"


def test_who_signs_is_no_part_of_the_text() -> None:
    one, other = (ComparedText(None, f"{BACKGROUND}\n{name}") for name in ("Minh Hằng", "Trí Thu"))
    assert compare(one, other, timedelta(hours=1)).kind == "copy"
    one, other = (ComparedText(None, f"{BACKGROUND}\nTheo ông {name}") for name in ("Minh Hằng", "Trí Thu"))
    assert compare(one, other, timedelta(hours=1)).kind == "template"


def test_a_long_run_of_the_same_words_is_no_phrase() -> None:
    own, theirs, both = ([f"{name}{n}" for n in range(60)] for name in ("a", "b", "c"))
    found = gaps([*own[:30], *both[:25], *own[30:]], [*theirs[:30], *both[:25], *theirs[30:]])
    assert found == [(0, 30, 0, 30), (55, 85, 55, 85)]
    assert len(gaps([*own[:30], *both[:15], *own[30:]], [*theirs[:30], *both[:15], *theirs[30:]])) == 1


def test_numbers_of_their_own_make_two_texts_wherever_they_stand() -> None:
    counted = "Lúa {}, ngô {}, sắn {}, lạc {}, chè {}, mía {} tấn, theo trạm khuyến nông huyện."
    on_top, below = counted.format(*range(110, 116)) + "\n{}", "{}\n" + counted.format(*range(510, 516))
    texts = [ComparedText(None, around.format(BACKGROUND)) for around in (on_top, below)]
    assert compare(*texts, timedelta(hours=1)).kind == "template"
    few = ComparedText(None, f"{BACKGROUND}\nLúa 510, ngô 511, sắn 512 tấn.")
    assert compare(texts[0], few, timedelta(hours=1)).kind == "copy"


def test_texts_whose_numbers_are_their_own_are_two() -> None:
    rows = "Tính đến sáng nay, {} đạt {} tấn, bằng {} tấn của tháng trước, trong khi mức bình quân là {} tấn."
    first, second = (
        "\n".join(
            rows.format(name, *(base + 37 * n + k for k in range(3))) for n, name in enumerate("lúa ngô sắn".split())
        )
        for base in (110, 5120)
    )
    assert told(first, second, NEWS).kind == "template"
