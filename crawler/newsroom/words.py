"""The vocabulary of the newsroom's grammar: all of it made up or common geography, none of it from a paper."""

from __future__ import annotations

FAMILY_NAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Tô Lương Mai Trịnh".split()
MIDDLE_NAMES = "Văn Thị Đức Minh Quang Thu Ngọc Hữu Thanh Xuân Bá Khánh Gia Hải Kim Tuấn Bích Diệu Công Thế".split()
GIVEN_NAMES = (
    "An Bình Chi Dũng Đạt Giang Hà Hạnh Hiếu Hòa Hùng Huyền Khoa Lan Lâm Linh Long Mai Nam Nga Nhung Oanh Phúc Phương "
    "Quân Quyên Sơn Tâm Thảo Thắng Thịnh Thủy Tiến Toàn Trang Trung Tú Tùng Uyên Vân Việt Vinh Yến"
).split()
PLACES = (
    "Hà Giang|Lào Cai|Yên Bái|Điện Biên|Sơn La|Hòa Bình|Thái Nguyên|Lạng Sơn|Bắc Giang|Phú Thọ|Quảng Ninh|Hải Dương|"
    "Hưng Yên|Thái Bình|Nam Định|Ninh Bình|Thanh Hóa|Nghệ An|Hà Tĩnh|Quảng Bình|Quảng Trị|Quảng Nam|Quảng Ngãi|"
    "Bình Định|Phú Yên|Khánh Hòa|Ninh Thuận|Kon Tum|Gia Lai|Đắk Lắk|Lâm Đồng|Bình Phước|Tây Ninh|Đồng Nai|Long An|"
    "Tiền Giang|Bến Tre|Vĩnh Long|Đồng Tháp|An Giang|Kiên Giang|Cần Thơ|Hậu Giang|Sóc Trăng|Bạc Liêu|Cà Mau"
).split("|")
OFFICES = (
    "Bộ Tài chính|Bộ Công Thương|Bộ Xây dựng|Bộ Nội vụ|Bộ Y tế|Bộ Giáo dục và Đào tạo|Bộ Tư pháp|"
    "Bộ Khoa học và Công nghệ|Bộ Nông nghiệp và Môi trường|Ngân hàng Nhà nước|Thanh tra Chính phủ|Tổng cục Hậu cần|"
    "Cục Thống kê|Cục Đường bộ|Cục Hàng hải và Đường thủy|Cục Quản lý thị trường|Cục Trồng trọt|"
    "Văn phòng Chính phủ|Ủy ban Dân tộc|Kho bạc Nhà nước|Bảo hiểm xã hội Việt Nam|Ban Quản lý dự án số 7"
).split("|")
POSTS = (
    "Thứ trưởng|Vụ trưởng|Cục trưởng|Phó Cục trưởng|Chánh Văn phòng|Trưởng ban|Phó Trưởng ban|"
    "Giám đốc|Phó Giám đốc|Viện trưởng|Tổ trưởng tổ công tác|Chủ tịch hội đồng thẩm định"
).split("|")
THEMES = (
    "đề án chuyển đổi số trong quản lý đất đai|kế hoạch phòng, chống thiên tai trước mùa mưa bão|"
    "chương trình nhà ở xã hội cho công nhân|quy hoạch mạng lưới trường phổ thông nội trú|"
    "đề án phát triển một triệu héc-ta lúa phát thải thấp|dự án đường cao tốc đoạn qua vùng núi|"
    "lộ trình tinh gọn thủ tục cấp giấy phép xây dựng|kế hoạch giải ngân vốn đầu tư công|"
    "chính sách hỗ trợ ngư dân bám biển|quy chế phối hợp chống buôn lậu qua biên giới|"
    "chương trình tiêm chủng mở rộng|đề án hồ sơ sức khỏe điện tử|kế hoạch cung ứng điện mùa khô|"
    "dự án cải tạo hệ thống thủy lợi liên tỉnh|chương trình giảm nghèo bền vững|"
    "đề án bảo tồn di tích gắn với du lịch cộng đồng|kế hoạch nâng cấp cảng cá và khu neo đậu|"
    "quy định mới về hóa đơn điện tử|chương trình trồng rừng gỗ lớn|đề án đào tạo nghề cho lao động nông thôn|"
    "kế hoạch bình ổn giá hàng hóa dịp lễ|dự án nhà máy xử lý nước thải tập trung|"
    "phương án sắp xếp trụ sở công dôi dư|đề án phòng cháy, chữa cháy ở khu dân cư|"
    "chương trình kết nối cung cầu nông sản|kế hoạch xây cầu dân sinh thay cầu tạm"
).split("|")
FIELDS = (
    "đất đai|đầu tư công|an sinh xã hội|giao thông|thủy lợi|y tế cơ sở|giáo dục vùng cao|thương mại biên giới|"
    "năng lượng|môi trường|du lịch|thuế|hải quan|dân số|việc làm|nhà ở|viễn thông|lâm nghiệp|thủy sản"
).split("|")
THINGS = (
    "hồ sơ|công trình|hộ dân|doanh nghiệp|cán bộ|dự án|điểm trường|trạm y tế|tàu cá|hợp tác xã|héc-ta rừng|"
    "cây cầu|ki-lô-mét đường|khu dân cư|giấy phép|lượt người|tổ công nghệ cộng đồng|máy bơm"
).split("|")
ACTIONS = (
    "rà soát toàn bộ quy trình|công khai tiến độ trên cổng thông tin|bố trí đủ vốn đối ứng|"
    "tháo gỡ vướng mắc về mặt bằng|báo cáo trước ngày 25 hằng tháng|cắt giảm thời gian xử lý hồ sơ|"
    "kiểm tra thực địa tại từng xã|phân công rõ người, rõ việc|bổ sung cán bộ cho tuyến cơ sở|"
    "hoàn thiện cơ sở dữ liệu dùng chung|đối thoại với người dân|lập đường dây nóng|chuẩn bị phương án dự phòng|"
    "đánh giá tác động trước khi nhân rộng|nghiệm thu theo từng hạng mục|tập huấn cho lực lượng tại chỗ"
).split("|")
REASONS = (
    "thời tiết diễn biến phức tạp|giá vật liệu tăng|nguồn vốn về chậm|quy định chồng chéo|dân cư sống phân tán|"
    "nhu cầu tăng nhanh vào cuối năm|hạ tầng xuống cấp|thiếu nhân lực chuyên môn|mặt bằng bàn giao từng phần|"
    "phần mềm của các ngành chưa thông nhau"
).split("|")
GOALS = (
    "người dân không phải đi lại nhiều lần|mỗi xã có ít nhất một điểm hỗ trợ|chi phí của doanh nghiệp giảm rõ rệt|"
    "không để ai bị bỏ lại phía sau|công trình kịp đưa vào sử dụng trước Tết|dữ liệu được dùng chung giữa các cấp|"
    "thu nhập của đồng bào tăng ổn định|nguồn lực được dùng đúng chỗ|việc giám sát minh bạch hơn|"
    "học sinh vùng sâu được học hai buổi một ngày"
).split("|")
KINDS_OF_TEXT = ("NĐ-CP", "NQ-CP", "QĐ-TTg", "CT-TTg", "TT-BTC", "TT-BXD", "CĐ-TTg", "TT-BYT", "QĐ-UBND")
TOPIC_TAGS = (
    "cải cách hành chính|đầu tư công|chuyển đổi số|an sinh xã hội|nông thôn mới|biến đổi khí hậu|hạ tầng giao thông|"
    "y tế cơ sở|giáo dục|kinh tế xanh|phòng chống thiên tai|thị trường lao động|nhà ở xã hội|biển đảo|quy hoạch"
).split("|")
