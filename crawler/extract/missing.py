"""Error pages that answer as if all were well: what they say, told from headlines and articles that sound alike.

Everything is matched in the normal form (`crawler.text.normal_form`), in which tone marks, case and punctuation do not
differ. A notice is about the page itself and speaks to its reader; an article of any length may be about missing
things, and is never told by a word in it.
"""

from __future__ import annotations

import re

from crawler.text import normal_form

_POLITE = (
    r"(?:rất tiếc|(?:thành thật |chân thành )?xin lỗi|tiếc quá|lỗi|thông báo|error|http|sorry|oops|ops|ôi|ồ|úi|bạn ơi"
    r"|có vẻ(?: như)?|vì"
    r"|quý (?:khách|vị|độc giả|bạn đọc)|bạn(?: đọc)?|chúng tôi|we re|we are|hiện tại)"
)
_SUBJECT = (
    r"(?:(?:các |những )?(?:tin này|trang(?: web| tin| này)?|bài(?: viết| báo| đăng)?|nội dung|đường (?:dẫn|link)"
    r"|liên kết|url|địa chỉ(?: web| trang)?|tin bài|bản tin|tài nguyên|tệp(?: tin)?|chuyên mục))"
)
_OF_THE_READER = (
    r"(?:này|đó|trên|mà|bạn|quý|khách|vị|độc|giả|đọc|vừa|đang|đã|cần|muốn|yêu|cầu|được|tìm|kiếm|truy|cập|xem|tới|đến|vào"
    r"|nhập|chọn|theo|hiện|có|thể|web|của|liên|kết|nay|tại)"
)
_GONE = (
    r"(?:(?:hiện|đã|đang|nay|có thể|hiện tại)? ?(?:không (?:còn )?(?:tồn tại|(?:được )?tìm thấy|có sẵn|khả dụng|hợp lệ"
    r"|chính xác|hoạt động|(?:được )?lưu trữ|truy cập được|thể (?:truy cập|hiển thị|tìm thấy)|hiển thị)"
    r"|không còn(?: nữa)?|bị (?:xóa|gỡ|ẩn|hỏng|sai|thay đổi)"
    r"|được (?:gỡ|xóa|di chuyển|chuyển)|hết hạn|ngừng (?:xuất bản|hiển thị)))"
)
_TAIL = (
    r"(?: (?:bỏ|xuống|nữa|đổi|bởi|hiển thị|hoặc|và|trên|trong|khỏi|sang|tới|đến|do|vì|theo|vui lòng|xin|mời|hãy|bạn|đã"
    r"|có thể)(?: \w+){0,24})?"
)
_ENGLISH = (
    r"(?:(?:the|this|that|your|requested) )*(?:page|article|content|file|resource|url|link)(?: \w+){0,7}?"
    r" (?:(?:was |is |could |can )?not (?:be )?(?:found|available)|can(?:not| t) be found|does(?: not|n t) exist"
    r"|(?:is )?no longer (?:exists?|available)|has been (?:moved|removed|deleted))(?: \w+){0,12}"
    r"|(?:it (?:seems|looks like) )?we (?:can(?:not| t| not)|could(?: not|n t)) find"
    r" (?:(?:the|that|this|your) (?:page|article)(?: \w+){0,8}|what you re looking for)"
    r"|(?:it looks like )?nothing (?:was )?found(?: at this location)?"
)
_BROKEN = (
    r"(?:[45][0-9]{2} )?(?:bad gateway|gateway time ?out|internal server error|service (?:temporarily )?unavailable"
    r"|forbidden)|error establishing a database connection|(?:an? )?(?:runtime|fatal|unexpected) error"
    r"|server error in (?:\w+ )?application|whoops looks like something went wrong"
    r"|(?:this )?account (?:has been )?suspended"
    r"|briefly unavailable for scheduled maintenance|lỗi kết nối (?:\w+ ){0,3}(?:dữ liệu|máy chủ)"
)
_NOTICE = re.compile(
    rf"(?:{_POLITE} ){{0,3}}(?:"
    r"(?:404|410)(?: (?:error|lỗi|page|not found|page not found))?|not found|(?:page|file|article) not found"
    rf"|(?:404 )?không (?:thể )?tìm thấy(?: {_SUBJECT}(?: {_OF_THE_READER}){{0,9}}{_TAIL})?"
    rf"|(?:404 )?không (?:có|tồn tại) {_SUBJECT}(?: {_OF_THE_READER}){{1,9}}"
    rf"|{_SUBJECT}(?: {_OF_THE_READER}){{0,9}}? (?:{_GONE}{_TAIL}"
    r"|không có(?: ở đây| trên (?:hệ thống|trang|website)(?: này)?)?)"
    rf"|tin không tồn tại|{_ENGLISH}|{_BROKEN})(?: 404)?"
)
# Said beside an article as well, or by one: a notice where nothing else is said.
_EMPTY = re.compile(
    r"(?:bài viết|nội dung|dữ liệu|thông tin|trang)(?: này)? (?:đang|sẽ) (?:được )?cập nhật(?: sau)?"
    r"|(?:hiện )?(?:không|chưa) có (?:kết quả|bài viết|tin bài|dữ liệu|nội dung)(?: nào)?(?: \w+){0,4}"
    r"|(?:hệ thống |chúng tôi )?không tìm thấy (?:kết quả|nội dung|dữ liệu|bài viết)(?: \w+){0,7}"
    r"|không (?:thể )?(?:tải|truy cập|hiển thị|kết nối)(?: được)?(?: \w+){0,8}"
    r"|(?:thông báo |đang )?bảo trì(?: hệ thống| website)?|(?:hệ thống|máy chủ) quá tải"
    r"|under (?:maintenance|construction)"
    r"|coming soon|(?:website|trang web) sắp ra mắt|we(?: ll| will) be back(?: \w+){0,3}"
    r"|(?:website|tài khoản|tên miền)(?: này)? đã (?:hết hạn|bị tạm khóa)(?: sử dụng)?"
)
_PREFACE = re.compile(rf"{_POLITE}(?: {_POLITE}){{0,2}}")
_OUT_OF_ORDER = re.compile(
    r"(?:hệ thống|website|trang(?: web| thông tin| tin)?|cổng(?: thông tin)?|máy chủ|dịch vụ|báo điện tử)(?: \w+){0,8}?"
    r" (?:đang (?:được |trong quá trình )?(?:bảo trì|nâng cấp|quá tải|gặp sự cố|xây dựng|tạm (?:dừng|ngừng|ngưng))"
    r"|tạm (?:ngừng|ngưng|dừng|gián đoạn)|quá tải)|xảy ra lỗi|lỗi (?:xảy ra|hệ thống|máy chủ)"
    r"|bạn không có quyền (?:truy cập|xem)|error (?:has )?occurred|performing (?:some )?maintenance"
    r"|(?:site|website|server|system)(?: \w+){0,4} (?:under maintenance|temporarily unavailable)"
)
_TO_THE_READER = re.compile(
    r"(?:vui lòng|mời|hãy|xin)(?: mời)?(?: (?:bạn|quý (?:khách|độc giả|vị|bạn đọc)))? (?:quay|trở|thử|truy cập|kiểm tra"
    r"|liên hệ|tìm|bấm|nhấn|nhấp|về)\b|(?:quay|trở) (?:lại|về) trang (?:chủ|trước)|về trang chủ|ô tìm kiếm"
    r"|(?:bạn|quý khách|quý vị|độc giả)(?: (?:đang|vừa|đã|cần|muốn))* (?:yêu cầu|tìm|truy cập|xem|đọc|nhập)\b"
    r"|bạn không có quyền|rất tiếc|xin lỗi|bất tiện|(?:mong|xin)(?: \w+){0,4} thông cảm|lượng truy cập"
    r"|try again|(?:come|check) back|be back|từ khóa khác|sorry|inconvenience|home ?page"
    r"|search(?:ing)? (?:box|can help)"
    r"|you (?:are looking|requested|were looking)|try a search|quay lại sau|liên hệ (?:ban|nhà|quản trị)|contact your"
)
# What stands at the foot of every page.
_IMPRINT = re.compile(
    r"giấy phép|cơ quan (?:chủ quản|ngôn luận)|bản quyền|địa chỉ|điện thoại|đường dây nóng|tổng biên tập"
    r"|\b(?:hotline|email|tel|fax|đt)\b|chịu trách nhiệm|copyright|©|all rights reserved|ghi rõ nguồn"
    r"|(?:phát triển|thiết kế|powered) (?:bởi|by)",
    re.IGNORECASE,
)
_DATED = re.compile(r"[0-9] ?[/h:.-] ?[0-9]|ngày [0-9]|[0-9]{4}")
_SENTENCES = re.compile(r"[.!?…\n]+")
_BEHIND_TITLE = re.compile(r"\s[|–—»-]+\s|\|")  # what parts a page's headline from the site's name
_OF_A_PAGE = re.compile(r"404|not found|trang|bài viết", re.IGNORECASE)
_LONGEST_NOTICE = 200  # characters of one sentence
_NAME = 4  # words; a sentence of no more may be a site's name or a button
_LONGEST_PAGE = 700  # characters of text; an article of two paragraphs is longer


def is_notice(heading: str) -> bool:
    """Whether a page's title or first heading says nothing but that the page is missing; a site's name may follow."""
    parts = _BEHIND_TITLE.split(heading[: 2 * _LONGEST_NOTICE])
    if _is_nothing_else(" ".join(_SENTENCES.split(parts[0]))):
        return True
    last = parts[-1].strip()
    return last[:1] == last[:1].upper() and _OF_A_PAGE.search(last) is not None and _is_nothing_else(last)


def is_error_page(title: str, text: str) -> bool:
    """Whether what was read as an article is a site's notice that there is none, or that it is being mended.

    Told only of a short text that speaks to its reader, or that says nothing else. A notice of maintenance that names
    a day or an hour is news.
    """
    if len(text) > _LONGEST_PAGE:
        return False
    sentences = [part for part in _SENTENCES.split(f"{title}\n{text}") if part.strip()]
    spoken = _TO_THE_READER.search(normal_form(" ".join(sentences))) is not None
    if any(map(_says_missing, sentences)) and (spoken or all(map(_says_nothing_else, sentences))):
        return True
    own = [part for part in sentences if not _IMPRINT.search(part)]
    if any(map(_DATED.search, own)):
        return False
    if spoken and any(_OUT_OF_ORDER.search(normal_form(part)) for part in own):
        return True
    return any(map(_says_empty, own)) and all(map(_says_nothing_else, own))


def _says_empty(sentence: str) -> bool:
    return len(sentence) <= _LONGEST_NOTICE and _EMPTY.fullmatch(normal_form(sentence)) is not None


def _says_nothing_else(sentence: str) -> bool:
    """Whether a sentence is part of a notice, or of what stands round it on each page of a site."""
    if _IMPRINT.search(sentence) or _says_missing(sentence) or _says_empty(sentence):
        return True
    plain = normal_form(sentence)
    return plain.count(" ") < _NAME or _TO_THE_READER.search(plain) is not None


def _is_nothing_else(heading: str) -> bool:
    """Whether a heading says that the page is missing, and on neither side of a colon anything else.

    "Lỗi 404: Không tìm thấy trang" does, "Nội dung đã bị gỡ bỏ: Mạng xã hội siết tin giả" does not.
    """
    if not _says_missing(heading):
        return False
    clauses = heading.split(":") if ":" in heading else ()
    return all(_says_missing(clause) or _PREFACE.fullmatch(normal_form(clause)) for clause in clauses)


def _says_missing(sentence: str) -> bool:
    return len(sentence) <= _LONGEST_NOTICE and _NOTICE.fullmatch(normal_form(sentence)) is not None
