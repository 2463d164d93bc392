"""The sentence patterns of the newsroom's grammar; `grammar.Voice` fills their gaps."""

from __future__ import annotations

TITLES = (
    "{office} đẩy nhanh {theme} tại {place}",
    "{place}: Gỡ vướng cho {theme}",
    "{post} {who}: Không để chậm trễ {theme}",
    "{theme}: {n} việc phải xong trước ngày {date}",
    "{place} dành {money} cho {theme}",
    "Triển khai {doc}: {place} bắt tay vào {theme}",
    "{office} kiểm tra {theme} ở {n} xã của {place}",
    "Từ {place} đến {place2}: {theme} sang giai đoạn mới",
    "Thêm {big} {thing} hưởng lợi từ {theme}",
    "Vì sao {theme} ở {place} mới đạt {pct}%?",
)
OTHER_TITLES = (
    "{place}: bước chuyển từ {theme}",
    "Nhìn lại {theme} sau {n} ngày thực hiện",
    "{office} nói gì về {theme}?",
    "Chuyển động mới của {theme} tại {place}",
)
LEADS = (
    "Ngày {day}, tại {place}, {post} {who} chủ trì cuộc họp về {theme}, yêu cầu {action} và {action2}.",
    "Thực hiện {doc}, {place} đã hoàn thành {pct}% khối lượng của {theme}, cao hơn cùng kỳ {n} điểm phần trăm.",
    "{office} vừa có văn bản gửi {place} và {n} địa phương khác, đề nghị {action} để {goal}.",
    "Với {money} vốn bố trí trong năm, {theme} tại {place} được kỳ vọng tạo chuyển biến để {goal}.",
    "Sau {n} tháng, {theme} đã đến với {big} {thing} ở {place}, song còn không ít việc phải làm do {reason}.",
)
SENTENCES = (
    "Theo báo cáo của {office}, đến ngày {date} toàn tỉnh {place} có {big} {thing}, tăng {pct}% so với cùng kỳ.",
    "{post} {who} cho biết, đơn vị đã {action} tại {n} xã và sẽ {action2} trong quý tới.",
    "Trong tổng số {money} được giao, phần dành cho {field} chiếm {pct}%, "
    "phần còn lại chi cho {thing} ở vùng khó khăn.",
    "Nguyên nhân chủ yếu là {reason}, trong khi {n} {thing} vẫn chờ ý kiến của {office2}.",
    "Ông {someone}, {post2} thuộc {office2}, đề nghị {place} sớm {action} để {goal}.",
    "Bà {someone} ở {place2} kể rằng trước đây muốn làm xong một bộ giấy tờ phải mất {n} ngày, nay chỉ còn vài giờ.",
    "Căn cứ {doc2}, các địa phương phải {action} trước ngày {date} và gửi kết quả về {office}.",
    "Cùng thời gian, {place2} ghi nhận {m} {thing}, thấp hơn kế hoạch {pct}%.",
    "“Chúng tôi xác định đây là việc khó, nhưng nếu {action} thì nhất định {goal}”, ông {someone} nói.",
    "Kinh nghiệm từ {place2} và {place3} cho thấy, nơi nào chủ động {action} thì nơi đó {goal}.",
    "Giai đoạn đến năm {year}, mục tiêu đặt ra là {big} {thing} và ít nhất {m} {thing2} trong lĩnh vực {field}.",
    "Tuy nhiên, qua kiểm tra tại {n} điểm, đoàn công tác chỉ ra rằng {reason}.",
    "Lãnh đạo {place} cam kết {action}, đồng thời {action2} ngay trong tháng này.",
    "Mô hình này hiện được {m} {thing} tham gia, với tổng kinh phí {money}.",
    "Đáng chú ý, {pct}% ý kiến được hỏi ở {place2} cho rằng điều cần nhất lúc này là {action}.",
    "Về {field}, {office2} sẽ {action} theo {doc2} và báo cáo cấp có thẩm quyền.",
    "Từ đầu năm đến nay, {n} đoàn liên ngành đã làm việc với {m} {thing}, nhắc nhở {n} trường hợp.",
    "Dự kiến ngày {date}, hạng mục cuối cùng tại {place2} sẽ được bàn giao, sớm hơn {n} ngày so với hợp đồng.",
    "Người dân có thể xem thêm tin liên quan trên cổng thông tin của {place} hoặc gọi số 1800 {m} để được giải đáp.",
    "Đại diện {office} nhấn mạnh yêu cầu {action}; nơi nào làm chậm phải kiểm điểm người đứng đầu.",
    "Ở chiều ngược lại, {place3} mới giải ngân {money}, bằng {pct}% kế hoạch, do {reason}.",
    "Chuyên gia {someone} nhận định, muốn {goal} thì trước hết cần {action}.",
    "Toàn bộ số liệu của {big} {thing} đã được đưa lên hệ thống chung, nhờ đó {goal}.",
    "Hội nghị cũng nghe {n} ý kiến của đại biểu {place}, {place2} và {place3} về {field}.",
    "Quy định mới tại {doc2} cho phép rút ngắn {n} bước, giúp mỗi năm tiết kiệm khoảng {money}.",
    "Trước mắt, {place} ưu tiên {m} {thing} ở các xã vùng cao, nơi {reason}.",
    "Song song với đó, lực lượng chức năng tiếp tục {action}, không để phát sinh điểm nóng.",
    "Tính riêng lĩnh vực {field}, giá trị thực hiện sáu tháng đạt {money}, tăng {pct}%.",
    "Anh {someone}, trưởng thôn ở {place2}, chia sẻ: “Bà con mong nhất là {goal}”.",
    "Các ý kiến tại cuộc họp thống nhất cao với {theme}, song lưu ý phải {action}.",
    "Nếu đúng tiến độ, đến tháng {month} năm {year}, {place} sẽ có thêm {m} {thing} đạt chuẩn.",
    "Ngoài ra, {office2} đang lấy ý kiến về dự thảo thay thế {doc2}, hạn cuối là ngày {date}.",
)
HEADINGS = (
    "Những con số từ {place}",
    "{n} nhiệm vụ trọng tâm",
    "Tháo gỡ điểm nghẽn về {field}",
    "Cách làm của {place2}",
    "Nhìn từ cơ sở",
    "Hướng tới năm {year}",
)
ITEMS = (
    "Yêu cầu {office2} {action} trước ngày {date};",
    "Giao {place2} chuẩn bị {m} {thing};",
    "Bố trí {money} cho lĩnh vực {field};",
    "Tiếp tục {action}, bảo đảm {goal};",
)
NOTES = (
    "Số liệu chính của {theme}",
    "Tổng vốn: {money}; thời gian thực hiện: đến năm {year}.",
    "Phạm vi: {n} xã thuộc {place} và {place2}, với {big} {thing}.",
)
CAPTIONS = (
    "Quang cảnh buổi làm việc tại {place}, ngày {date}. Ảnh: {someone}",
    "{post} {who} trao đổi với đại diện {m} {thing} ở {place}.",
    "Công trường thi công tại {place2} tấp nập trong những ngày đầu tháng {month}. (Ảnh: {someone})",
    "Người dân {place2} làm thủ tục về {field} tại bộ phận một cửa, lúc {n} người đang chờ.",
    "Cán bộ {office} kiểm tra {thing} ở xã thứ {n} của {place}.",
)
QUESTIONS = (
    "Xin ông cho biết kết quả bước đầu của {theme} tại {place}?",
    "Vì sao lĩnh vực {field} mới đạt {pct}% kế hoạch, thưa ông?",
    "Đâu là việc cần ưu tiên để {goal}?",
    "{office} có kiến nghị gì sau {n} tháng thực hiện {doc2}?",
)
MOMENTS = (
    "{post} {who} phát biểu khai mạc",
    "Đại biểu {place2} đặt {n} câu hỏi",
    "Bắt đầu phần thảo luận về {field}",
    "Biểu quyết nội dung về {field}",
    "Kết thúc phiên họp buổi sáng",
)
