"""What a request meets first: hosts, limits, rates, tokens; and what every answer has."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crawler.errors import StoreFailed
from crawler.store import Store, tokens
from crawler.web.guard import LARGEST_BODY, LONGEST_TARGET, Rates
from tests.support import T0
from tests.web.asking import FEEDS, LISTS, OBJECTS, PAGES, Asker


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]:8000", 200), ("10.1.2.3", 200),
        ("tin.example.org", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil", 421),
        ("", 421), ("evil.example:8000", 421),
    ],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(filled: Store, host: str, status: int) -> None:
    answer = Asker(filled, names=("tin.example.org",)).get("/healthz", {"Host": host})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "path", [*PAGES, *FEEDS, *LISTS, *OBJECTS, "/nosuch", "/healthz", "/metrics", "/static/page.js"]
)
def test_every_answer_has_what_keeps_a_browser_from_doing_more_than_show_it(asker: Asker, path: str) -> None:
    answer = asker.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ("require-trusted-types-for 'script'" in policy) == answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_neither_script_nor_style(asker: Asker, path: str) -> None:
    text = asker.get(path).text
    assert "<style" not in text
    assert " style=" not in text
    assert "javascript:" not in text
    assert text.count("<script") == text.count("<script src=") == 1


def test_what_is_too_long_or_too_large_is_refused(asker: Asker) -> None:
    assert asker.get(f"/api/v1/search?q={'a' * LONGEST_TARGET}").status_code == 400
    said = asker.ask("POST", "/api/v1/alerts", content=b"x" * (LARGEST_BODY + 1))
    assert said.status_code == 413
    chunks = (b"x" * 1000 for _ in range(1000))

    async def stream() -> object:
        for chunk in chunks:
            yield chunk

    assert asker.ask("POST", "/api/v1/search", content=stream()).status_code in (405, 413)


@pytest.mark.parametrize(
    ("detail", "said"), [("interrupted", "did not answer in time"), ("no such table", "does not answer (failed)")]
)
def test_a_store_that_fails_or_is_too_slow_is_said(
    asker: Asker, monkeypatch: pytest.MonkeyPatch, detail: str, said: str
) -> None:
    @contextmanager
    def failing(store: Store) -> Iterator[None]:
        raise StoreFailed("failed", detail)
        yield

    monkeypatch.setattr(Store, "reading", failing)
    token = {"Authorization": "Bearer x"}
    for answer in (
        asker.get("/", {"Accept-Language": "en"}),
        asker.get("/api/v1/articles"),
        asker.ask("POST", "/api/v1/alerts", token, json={"query": "gạo"}),  # the token is looked for in the store
    ):
        assert (answer.status_code, said in answer.text) == (503, True)
        assert answer.headers["retry-after"] == "10"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_head_is_get_without_the_body(asker: Asker) -> None:
    head, get = asker.ask("HEAD", "/articles/1"), asker.get("/articles/1")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]


def test_what_somebody_has_is_not_sent_again(asker: Asker) -> None:
    for path in (
        "/",
        "/articles/1",
        "/api/v1/articles",
        "/articles/1?pictures=1",
        "/feeds/articles.atom",
        "/static/style.css",
    ):
        first = asker.get(path)
        again = asker.get(path, {"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert asker.get("/", {"If-None-Match": '"other"'}).status_code == 200
    assert asker.get("/nosuch", {"If-None-Match": "*"}).status_code == 404


def test_answers_are_packed_for_whom_can_unpack_them(asker: Asker) -> None:
    assert asker.get("/", {"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in asker.get("/", {"Accept-Encoding": "identity"}).headers


def test_a_client_has_so_many_requests_and_then_waits(filled: Store) -> None:
    asker = Asker(filled, rate=60)
    statuses = [asker.get("/healthz").status_code for _ in range(40)]
    assert statuses.count(200) in (30, 31)
    refused = asker.get("/api/v1/articles")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["title"] == "Too Many Requests"


def test_a_person_is_refused_in_their_language(filled: Store) -> None:
    asker = Asker(filled, rate=2)
    assert asker.get("/").status_code == 200
    assert asker.get("/").text.startswith("429 Quá nhiều yêu cầu\n\nquá nhiều yêu cầu; hãy thử")
    refused = asker.get("/", {"Accept-Language": "en"})
    assert refused.text == "429 Too many requests\n\ntoo many requests\n"
    assert refused.headers["content-language"] == "en"
    assert asker.get(f"/?q={'a' * 9000}").text.endswith("\nđịa chỉ dài hơn 8192 byte\n")
    assert "\nmáy chủ này" in asker.get("/", {"Host": "evil.example"}).text


def test_who_is_on_this_machine_is_not_counted_unless_a_rate_is_set(filled: Store) -> None:
    near, far = Asker(filled), Asker(filled, client="192.0.2.7")
    assert {near.get("/healthz").status_code for _ in range(200)} == {200}
    assert {far.get("/healthz").status_code for _ in range(200)} == {200, 429}


def test_a_bucket_fills_evenly_and_no_further_than_its_brim() -> None:
    rates = Rates(60)
    assert [rates.wait("a", 0.0) for _ in range(30)] == [0.0] * 30
    assert rates.wait("a", 0.0) == pytest.approx(1.0)
    assert rates.wait("b", 0.0) == 0.0
    assert rates.wait("a", 1.0) == 0.0
    assert [rates.wait("a", 1e6) for _ in range(30)] == [0.0] * 30
    assert rates.wait("a", 1e6) > 0


def test_who_is_counted_is_bounded() -> None:
    rates = Rates(60)
    for number in range(20_000):
        rates.wait(str(number), 0.0)
    assert len(rates._clients) == 10_000


def add(store: Store, name: str, *, writes: bool = False) -> str:
    with store.writing() as connection:
        return tokens.add(connection, name, T0, writes=writes)


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{token}".encode()).decode()}


def test_elsewhere_a_token_is_needed_for_all_but_health(filled: Store) -> None:
    asker, token = Asker(filled, host="0.0.0.0", client="192.0.2.7", rate=100_000), add(filled, "desk")  # noqa: S104
    assert asker.get("/healthz").status_code == 200
    assert asker.get("/static/style.css").status_code == 200
    for path in ("/", "/api/v1/articles", "/alerts", "/metrics", "/nosuch", "/static", "/healthz-x"):
        assert asker.get(path).status_code == 401
        assert "Basic" in asker.get(path).headers["www-authenticate"]
        for headers in (basic(token), {"Authorization": f"Bearer {token}"}):
            assert asker.get(path, headers).status_code in (200, 404)
        for wrong in (
            {"Authorization": f"Bearer {token}x"},
            basic("x"),
            {"Authorization": "Basic " + base64.b64encode(token.encode()).decode()},
            {"Authorization": "Basic ü"},
            {"Authorization": "Bearer"},
        ):
            assert asker.get(path, {name: value.encode() for name, value in wrong.items()}).status_code == 401


def test_a_public_server_keeps_to_itself_what_somebody_looks_for(filled: Store) -> None:
    asker, token = Asker(filled, host="0.0.0.0", public=True), add(filled, "desk")  # noqa: S104
    assert {asker.get(path).status_code for path in ("/", "/articles/1", "/api/v1/sites")} == {200}
    for path in ("/alerts", "/sinks", "/metrics", "/api/v1/alerts", "/api/v1/sinks"):
        assert asker.get(path).status_code == 401
        assert asker.get(path, basic(token)).status_code == 200


def test_a_token_that_was_revoked_lets_nobody_in(filled: Store) -> None:
    asker, token = Asker(filled, host="0.0.0.0"), add(filled, "desk")  # noqa: S104
    with filled.writing() as connection:
        tokens.revoke(connection, "desk")
    assert asker.get("/", basic(token)).status_code == 401


def test_writing_needs_a_token_that_writes_on_loopback_too(filled: Store) -> None:
    asker = Asker(filled)
    reads, writes = add(filled, "reads"), add(filled, "writes", writes=True)
    alert = {"query": "nước sạch"}
    assert asker.ask("POST", "/api/v1/alerts", json=alert).status_code == 401
    assert asker.ask("POST", "/api/v1/alerts", {"Authorization": f"Bearer {reads}"}, json=alert).status_code == 403
    own = {"Authorization": f"Bearer {writes}"}
    made = asker.ask("POST", "/api/v1/alerts", own, json=alert)
    assert (made.status_code, made.headers["location"]) == (201, "/api/v1/alerts/1")
    assert asker.get("/api/v1/alerts/1").json()["query"] == "nước sạch"
    assert asker.ask("POST", "/api/v1/alerts", own, json={"query": '"'}).status_code == 409
    assert asker.ask("DELETE", "/api/v1/alerts/1", own).status_code == 204
    assert asker.ask("DELETE", "/api/v1/alerts/1", own).status_code == 404
    assert asker.ask("DELETE", "/api/v1/alerts/1").status_code == 401


def test_the_store_has_no_token(filled: Store) -> None:
    token = add(filled, "desk")
    with filled.reading() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM tokens").all()
    assert token not in str(kept)
    assert len(token) > 40
