"""The queue of a store on PostgreSQL, and the workers that take from it, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.archive import Archive
from crawler.archive.records import Fetch
from crawler.archive.writer import Writer
from crawler.crawl.report import SiteReport
from crawler.crawl.run import crawl
from crawler.errors import BadInput
from crawler.monitor.checks import CHECKS
from crawler.monitor.view import Check, View
from crawler.newsroom import Newsroom, newsroom_sites
from crawler.schedule import Interval, enrol, queue_schema, queue_state, queue_worker
from crawler.schedule.deferral import Deferral
from crawler.schedule.queue import ROUND, Queue, Work, job_of, round_of, site_lock
from crawler.schedule.queue_schema import SCHEMA, prepare
from crawler.schedule.queue_state import BACKFILL, ROUNDS, QueuedJob, QueueWorkerRow
from crawler.schedule.queue_worker import Again, JobFailed, QueueWorker, following
from crawler.schedule.rounds import Rounds
from crawler.schedule.scheduler import Scheduler
from crawler.schedule.worker import LATER, MORE, Worker
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import Store
from crawler.store.findings import Observation
from crawler.text import VIETNAM
from tests.support import GOLDEN, LONG, Thoisu, sibling, statement, wait_until

pytest.importorskip("procrastinate", reason="the queue NOT TESTED: pip install procrastinate")
NOW = datetime(2026, 8, 6, 8, 0, tzinfo=UTC)


@pytest.fixture
def shared(postgres: str) -> Iterator[Store]:
    """An empty store on PostgreSQL, without a queue."""
    statement(postgres, "CREATE DATABASE queued TEMPLATE template")
    with Store.open(sibling(postgres, "queued")) as store:
        yield store
    statement(postgres, "DROP DATABASE queued WITH (FORCE)")


@pytest.fixture
def queue(shared: Store) -> Queue:
    return Queue(shared)


def address(store: Store) -> str:
    return store.url.set(drivername="postgresql").render_as_string(hide_password=False)


def listed(queue: Queue, *states: queue_state.JobState) -> list[QueuedJob]:
    with queue.store.reading() as connection:
        return queue_state.jobs(connection, states or ("runs", "waits", "failed"), 100)


def stands(queue: Queue) -> list[tuple[str, ...]]:
    return [(job.queue, *job.names, job.state) for job in listed(queue)]


def run(queue: Queue, sql: str) -> None:
    with queue.store.reading() as connection:
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        connection.execute(text(sql))


# --- its tables -------------------------------------------------------------------------------------------------------


def test_the_tables_are_made_once_whoever_comes_and_lie_beside_the_stores(shared: Store) -> None:
    several = [threading.Thread(target=prepare, args=(shared,)) for _ in range(3)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    with shared.reading() as connection:
        assert queue_schema.is_there(connection)
        found = connection.scalars(text("SELECT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'"))
        assert set(found) == {SCHEMA}
    assert Queue(shared).put([round_of("bao")]) == 1
    statement(address(shared), "CREATE TABLE procrastinate_jobs (of_another int)")
    assert Queue(shared).put([round_of("dai")]) == 1


def test_a_downgrade_of_the_store_leaves_the_queue_alone(queue: Queue, thoisu: Thoisu) -> None:
    queue.put([round_of("bao")])
    url = address(queue.store)
    told = thoisu("downgrade", "0001", "--yes", "--store", url)
    assert (told.code, "procrastinate" in told.out) == (0, False)
    with Store.open(url) as again:
        assert stands(Queue(again)) == [(ROUNDS, "bao", "waits")]


def test_tables_of_an_earlier_version_are_brought_to_this_one(shared: Store) -> None:
    from procrastinate.schema import migrations_path

    with shared.reading() as connection:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        for path in sorted(Path(migrations_path).glob("*.sql")):
            if path.name < "03.03":
                connection.exec_driver_sql(path.read_text("utf-8"), execution_options={"no_parameters": True})
        connection.exec_driver_sql(queue_schema._WORKERS)
        connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS 'procrastinate 3.2.0'"))
    queue = Queue(shared)
    queue.put([round_of("bao")])
    with worker(queue, "pass"):
        wait_until(lambda: not listed(queue))


def test_tables_of_a_later_version_are_left_alone(queue: Queue) -> None:
    run(queue, f"COMMENT ON SCHEMA {SCHEMA} IS 'procrastinate 99.0.0'")
    with pytest.raises(BadInput, match="a newer procrastinate"):
        Queue(queue.store)


def test_who_may_not_make_them_is_told_what_to_do(shared: Store) -> None:
    url = address(shared)
    for sql in (
        "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN", "GRANT ALL ON ALL TABLES IN SCHEMA public TO reader",
    ):  # fmt: skip
        statement(url, sql)
    with Store.open(url.replace("postgres:@", "reader:@")) as store, pytest.raises(BadInput, match="CREATE SCHEMA"):
        Queue(store)
    statement(url, "DROP OWNED BY reader")
    statement(url, "DROP ROLE reader")


# --- what is in it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
def test_the_same_waits_once_and_the_rest_of_what_is_put_does_not_suffer(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    if late:  # another put it after this one had asked what waits
        monkeypatch.setattr(queue_state, "waiting_of", lambda *_: set())
    assert queue.put([round_of("bao")]) == 1
    assert queue.put([round_of("bao"), round_of("dai"), job_of("relate")]) == 2
    assert queue.put([]) == 0
    assert stands(queue) == [(ROUNDS, "bao", "waits"), (ROUNDS, "dai", "waits"), ("relate", "relate", "waits")]


def test_without_postgresql_or_the_engine_one_line_says_what_is_missing(
    tmp_path: Path, shared: Store, monkeypatch: pytest.MonkeyPatch, thoisu: Thoisu
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'store.db'}"
    for command in (["worker"], ["schedule", "--defer"]):
        told = thoisu(*command, "--store", sqlite)
        assert (told.code, told.err.count("\n"), "PostgreSQL" in told.err) == (2, 1, True)
        assert not (tmp_path / "store.db").exists(), "an empty store would be checked as if it were the one meant"
    monkeypatch.setattr("crawler.schedule.queue.find_spec", lambda _: None)
    told = thoisu("worker", "--store", address(shared))
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "workers need procrastinate: pip install 'thoisu[workers]'" in told.err
    assert "no queue is called 'relat'" in thoisu("worker", "--queues", "rounds,relat", "--store", sqlite).err


# --- who takes it -----------------------------------------------------------------------------------------------------


def runner(code: str, *arguments: str, **about: float) -> Worker:
    return Worker([sys.executable, "-S", "-c", code, *arguments], **about)  # type: ignore[arg-type]


@contextmanager
def worker(queue: Queue, code: str, *arguments: str, concurrency: int = 2) -> Iterator[QueueWorker]:
    """A worker in a thread, of rounds and pieces of backfills."""
    made = QueueWorker(
        queue, lambda: dict.fromkeys((ROUND, BACKFILL), runner(code, *arguments)), [ROUNDS, BACKFILL], concurrency
    )
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join()


def piece(site: str, *words: str) -> Work:
    return Work(kind=BACKFILL, queue=BACKFILL, names=(site, *words), lock=site_lock(site), only_one=f"{site} {words}")


ALONE = """
import os, sys, time
folder, site, *rest = sys.argv[1:]
try:
    os.close(os.open(f"{folder}/{site}", os.O_CREAT | os.O_EXCL))
except FileExistsError:
    open(f"{folder}/overlap", "w").close()
time.sleep(0.05)
os.unlink(f"{folder}/{site}")
with open(f"{folder}/done", "a") as file:
    file.write(site + chr(10))
"""


def test_no_two_jobs_at_a_site_run_at_once_whatever_the_number_of_workers(queue: Queue, tmp_path: Path) -> None:
    with worker(queue, ALONE, str(tmp_path)), worker(queue, ALONE, str(tmp_path)):
        queue.put([piece(site, str(number)) for number in range(4) for site in ("bao", "dai", "so")])
        for _ in range(4):
            queue.put(map(round_of, ("bao", "dai", "so")))
            wait_until(lambda: not any(job.queue == ROUNDS and job.state == "waits" for job in listed(queue)))
        wait_until(lambda: not listed(queue))
    assert not (tmp_path / "overlap").exists()
    done = (tmp_path / "done").read_text().split()
    assert {site: done.count(site) for site in set(done)} == dict.fromkeys(("bao", "dai", "so"), 8)


def test_a_round_is_taken_before_what_waited_longer(queue: Queue, tmp_path: Path) -> None:
    queue.put([piece("bao", "1"), piece("dai", "1")])
    queue.put([round_of("so")])
    with worker(queue, ALONE, str(tmp_path), concurrency=1):
        wait_until(lambda: not listed(queue))
    assert (tmp_path / "done").read_text().split() == ["so", "bao", "dai"]


def test_a_job_that_is_due_again_before_it_was_taken_goes_before_the_rounds(queue: Queue) -> None:
    queue.put_job("deliver")
    queue.put_job("relate")
    queue.put([round_of("bao")])
    assert [job.queue for job in listed(queue)] == [ROUNDS, "deliver", "relate"]
    queue.put_job("deliver")
    assert [job.queue for job in listed(queue)] == ["deliver", ROUNDS, "relate"]


@pytest.mark.parametrize(
    ("code", "state", "hours"),
    [(3, "failed", 0), (MORE, "waits", 0), (LATER, "waits", 1), (-signal.SIGKILL, "failed", 0)],
)
def test_what_becomes_of_a_job_follows_from_how_its_process_ended(
    queue: Queue, code: int, state: str, hours: int
) -> None:
    ends = f"import os, sys; os.kill(os.getpid(), {-code}) if {code} < 0 else sys.exit({code})"
    queue.put([round_of("bao")])
    with worker(queue, ends):
        wait_until(lambda: listed(queue)[0].attempts > 0)
    (job,) = listed(queue)
    assert job.state == state
    if job.due is not None:
        assert timedelta(hours=hours - 0.1) < job.due - datetime.now(UTC) < timedelta(hours=hours + 0.1)


PROCESS = """
import sys
from crawler.schedule.queue import ROUND, Queue
from crawler.schedule.queue_worker import QueueWorker
from crawler.schedule.worker import Worker
from crawler.store import Store
code = "import os; os.write(1, b'begun' + bytes([10])); os.read(0, 1)"
with Store.open(sys.argv[1]) as store:
    QueueWorker(Queue(store), lambda: {ROUND: Worker([sys.executable, "-S", "-c", code])}, ["rounds"], 2).run()
"""


@contextmanager
def process(queue: Queue) -> Iterator[subprocess.Popen[str]]:
    """A worker as a process of its own, which is at a round that does not end by itself."""
    queue.put([round_of("bao")])
    command = [sys.executable, "-c", PROCESS, address(queue.store)]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "begun\n"
        try:
            yield started
        finally:
            started.kill()


def test_a_worker_that_is_stopped_gives_back_what_is_under_way(queue: Queue) -> None:
    with process(queue) as one:
        ((_, _, state),) = stands(queue)
        assert state == "runs"
        wait_until(lambda: f":{one.pid}" in str(listed(queue)[0].worker))
        one.send_signal(signal.SIGTERM)
        assert one.wait(LONG) == 0
    (job,) = listed(queue)
    assert (job.state, job.worker) == ("waits", None)
    assert job.due is not None
    assert job.due > datetime.now(UTC), "the site is not asked by the next sooner than its delay"
    with queue.store.reading() as connection:
        assert queue_state.workers(connection) == []


def test_what_a_killed_worker_has_left_comes_back_once_and_is_done(queue: Queue, tmp_path: Path) -> None:
    with process(queue) as one:
        one.send_signal(signal.SIGKILL)
        one.wait(LONG)
    with queue.store.reading() as connection:
        assert queue_state.recover(connection) == 0, "it may be alive"
    run(queue, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '40 seconds'")
    with worker(queue, ALONE, str(tmp_path)):
        wait_until(lambda: not listed(queue))
    assert (tmp_path / "done").read_text().split() == ["bao"]


HELD = """
import os, select, sys
folder, site = sys.argv[1:]
if site == "bao":
    select.select([0, os.open(f"{folder}/gate", os.O_RDONLY | os.O_NONBLOCK)], [], [])
with open(f"{folder}/done", "a") as file:
    file.write(site + chr(10))
"""


def test_what_a_living_worker_is_said_to_run_and_does_not_comes_back(
    queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end was not noted, or its beginning not heard of, while the database was away."""
    monkeypatch.setattr(queue_worker, "_BEAT", 1.0)  # twice as long no job is about to begin, on a busy machine either
    os.mkfifo(tmp_path / "gate")
    queue.put([round_of("bao"), job_of("dai")])
    with worker(queue, HELD, str(tmp_path)):
        wait_until(lambda: any(job.state == "runs" for job in listed(queue)))
        run(
            queue,
            "UPDATE procrastinate_jobs SET task_name = 'round', queue_name = 'rounds', status = 'doing', "
            "worker_id = (SELECT max(id) FROM procrastinate_workers) WHERE lock = 'job dai'",
        )
        wait_until(lambda: (tmp_path / "done").exists())
        (tmp_path / "gate").write_bytes(b"")
        wait_until(lambda: not listed(queue))
    assert (tmp_path / "done").read_text().split() == ["dai", "bao"], "what is under way is not begun again"


def test_what_waits_again_already_does_not_come_back_twice(queue: Queue) -> None:
    queue.put([round_of("bao")])
    run(queue, "UPDATE procrastinate_jobs SET status = 'doing'")
    queue.put([round_of("bao")])
    with queue.store.reading() as connection:
        assert queue_state.recover(connection) == 1
    assert stands(queue) == [(ROUNDS, "bao", "waits")]


def test_a_job_that_takes_its_workers_down_comes_back_later_and_later(queue: Queue) -> None:
    queue.put([round_of("bao")])
    pauses = []
    for _ in range(3):
        run(queue, "UPDATE procrastinate_jobs SET status = 'doing'")
        with queue.store.reading() as connection:
            queue_state.recover(connection)
        (job,) = listed(queue)
        assert job.due is not None
        pauses.append(round((job.due - job.since).total_seconds()))
    assert pauses == [0, 30, 60]


def test_a_run_that_has_lost_the_lock_of_its_site_ends(
    shared: Store, newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[crawl.__module__], "HOLD", 0.05)
    url, sites = address(shared), newsroom_sites(newsroom.url, count=1)
    ended: list[object] = []

    def end_session(report: SiteReport) -> None:
        if report.created and not ended:
            ended.append(report)
            sql = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            with shared.reading() as connection:
                connection.execute(text(sql))

    settings = {"THOISU_DELAY": 0.1}
    (report,) = crawl(sites, store_url=url, newsroom=newsroom.url, settings=settings, on_progress=end_session)
    assert str(report.error).startswith("the site's lock is lost")
    assert report.created < 20


# --- a scheduler that defers ------------------------------------------------------------------------------------------


class Due:
    """Sites that are due, and what their scheduler has begun itself."""

    def __init__(self, queue: Queue, *sites: str, always: tuple[str, ...] = ()) -> None:
        self.times = dict.fromkeys(sites, NOW)
        self.here: list[str] = []
        self.deferral = Deferral(queue, always)
        self.rounds = Rounds(lambda: dict(self.times), self.start, 8)

    def start(self, sites: list[str]) -> None:
        if self.deferral.defers:
            self.deferral.put_rounds(sites)
        else:
            self.here += sites

    def tick(self, minutes: float = 0) -> bool:
        ended = self.deferral.look(self.rounds)
        self.rounds.tick(NOW + timedelta(minutes=minutes))
        return ended


def alive(queue: Queue, *queues: str) -> None:
    """A worker, as one that runs elsewhere has told of itself."""
    with queue.store.reading() as connection:
        connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
        number = connection.scalar(text("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"))
        assert number is not None
        row = QueueWorkerRow(id=number, host="there", pid=7, queues=queues, concurrency=2, seen=NOW)
        queue_state.note_worker(connection, row)


def test_rounds_are_deferred_while_a_worker_takes_them_and_done_here_while_none_does(queue: Queue) -> None:
    due = Due(queue, "bao", "dai")
    alive(queue, "relate")
    due.tick()
    assert (due.here, listed(queue)) == (["bao", "dai"], [])
    assert (due.deferral.takes("relate"), due.deferral.takes("check")) == (True, False)
    due = Due(queue, "bao", "dai")
    alive(queue, ROUNDS)
    due.tick()
    assert (due.here, stands(queue)) == ([], [(ROUNDS, "bao", "waits"), (ROUNDS, "dai", "waits")])
    due.tick()
    assert len(listed(queue)) == 2


def test_what_waits_for_workers_that_are_gone_is_done_here(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    due = Due(queue, "bao", "dai")
    alive(queue, ROUNDS)
    due.tick()
    run(queue, "DELETE FROM procrastinate_workers")
    due.tick()
    assert (due.here, len(listed(queue))) == ([], 2), "one that is begun anew has a minute"
    monkeypatch.setattr("crawler.schedule.deferral.PATIENCE", 0)
    due.tick(1)
    assert (due.here, listed(queue)) == (["bao", "dai"], [])


def test_a_job_that_waits_for_workers_that_are_gone_is_done_here_and_no_part_of_what_takes_long(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(queue, ROUNDS, "relate")
    queue.put([job_of("relate"), job_of("repair"), piece("bao", "1")])
    due = Due(queue, always=("repair",))
    due.tick()
    assert due.deferral.taken_back == set()
    run(queue, "DELETE FROM procrastinate_workers")
    due.tick()
    assert due.deferral.taken_back == set(), "one that is begun anew has a minute"
    monkeypatch.setattr("crawler.schedule.deferral.PATIENCE", 0)
    due.tick()
    assert due.deferral.taken_back == {"relate"}
    assert [job.queue for job in listed(queue)] == ["repair", BACKFILL]
    due.tick()
    assert due.deferral.taken_back == set()


def test_rounds_that_are_asked_to_wait_for_workers_do(queue: Queue) -> None:
    due = Due(queue, "bao", always=(ROUNDS,))
    due.tick()
    assert (due.here, stands(queue)) == ([], [(ROUNDS, "bao", "waits")])
    assert "wait for a worker" in due.deferral.says


def test_the_next_scheduler_begins_nothing_that_is_under_way(queue: Queue) -> None:
    alive(queue, ROUNDS)
    Due(queue, "bao").tick()
    run(
        queue,
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM thoisu_workers)",
    )
    after = Due(queue, "bao")
    assert not after.tick()
    assert stands(queue) == [(ROUNDS, "bao", "runs")]
    run(queue, "DELETE FROM procrastinate_jobs")
    assert after.tick(), "it has ended"
    assert stands(queue) == [(ROUNDS, "bao", "waits")]


def test_a_site_that_its_round_left_as_it_was_gets_a_pause(queue: Queue) -> None:
    alive(queue, ROUNDS)
    due = Due(queue, "bao")
    due.tick()
    run(queue, "DELETE FROM procrastinate_jobs")
    due.tick()
    assert listed(queue) == []
    due.tick(1)
    assert stands(queue) == [(ROUNDS, "bao", "waits")]


def test_the_scheduler_defers_rounds_and_jobs_and_does_what_nobody_takes(
    queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.schedule.scheduler.FIRST", timedelta(seconds=1))
    home, done = "https://bao.example/", tmp_path / "done"
    site = Site(
        name="bao",
        publisher="Báo",
        home=home,
        tier="press",
        sources=(Feed(home + "rss"),),
        article=r"-post\d+",
        layout=EPI,
    )
    alive(queue, ROUNDS, "relate")
    mark = f"import sys; open({str(done)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))"
    hour = timedelta(hours=1)
    jobs = [Interval("relate", hour, hour), Interval("check", hour, hour)]
    scheduler = Scheduler(
        queue.store, runner(mark), 8, partial(enrol, Sites([site])), runner(mark), jobs, Deferral(queue)
    )
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        wait_until(lambda: len(listed(queue)) == 2 and done.exists() and bool(done.read_text()))
    finally:
        scheduler._end(scheduler._stop)
        thread.join()
    assert stands(queue) == [(ROUNDS, "bao", "waits"), ("relate", "relate", "waits")]
    assert done.read_text() == "check\n"


def test_the_scheduler_does_at_once_what_the_last_worker_has_left(
    queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.schedule.scheduler.FIRST", timedelta(seconds=1))
    monkeypatch.setattr("crawler.schedule.deferral.PATIENCE", 0)
    done, hour = tmp_path / "done", timedelta(hours=1)
    alive(queue, "relate")
    mark = f"import sys; open({str(done)!r}, 'a').write(sys.argv[1])"
    scheduler = Scheduler(
        queue.store, runner(mark), 8, lambda *_: 0, runner(mark), [Interval("relate", hour, hour)], Deferral(queue)
    )
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        wait_until(lambda: stands(queue) == [("relate", "relate", "waits")])
        run(queue, "DELETE FROM procrastinate_workers")
        scheduler._poll()
        wait_until(lambda: done.exists() and done.read_text() == "relate")
    finally:
        scheduler._end(scheduler._stop)
        thread.join()
    assert listed(queue) == []


# --- what it says -----------------------------------------------------------------------------------------------------


def test_the_queue_is_told_to_a_program_and_to_a_person(
    queue: Queue, thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = address(queue.store)
    empty = thoisu("queue", "--store", url)
    assert (empty.code, empty.out) == (0, "")
    assert "nothing waits" in empty.err
    queue.put([round_of("bao"), round_of("dai"), job_of("relate", ["bao"])])
    run(queue, "UPDATE procrastinate_jobs SET status = 'failed' WHERE args -> 'names' ->> 0 = 'dai'")
    told = thoisu("queue", "--store", url)
    rows = [line.split("\t") for line in told.out.splitlines()]
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (ROUNDS, "bao", "waits"), ("relate", "relate bao", "waits"), (ROUNDS, "dai", "failed"),
    ]  # fmt: skip
    assert "no worker is alive" in told.err
    alive(queue, ROUNDS, "check")
    assert "there:7 (rounds, check; 2)" in thoisu("queue", "--store", url).err
    assert "2 more are not listed" in thoisu("queue", "--limit", 1, "--store", url).err
    *jobs, about = thoisu("queue", "--failed", "--json", "--store", url).rows
    assert [(job["names"], job["state"]) for job in jobs] == [(["dai"], "failed")]
    assert (about["counts"], about["workers"][0]["pid"]) == ({"runs": 0, "waits": 2, "failed": 1}, 7)
    monkeypatch.setattr("crawler.cli.lists.piped", lambda: False)
    shown = thoisu("queue", "--store", url).out
    assert shown.split()[:6] == ["queue", "what", "state", "since", "worker", "tries"]
    assert "there:7" in shown


def test_a_store_without_a_queue_says_so(tmp_path: Path, shared: Store, thoisu: Thoisu) -> None:
    Store.open(file := f"sqlite:///{tmp_path / 'store.db'}").close()
    for url in (file, address(shared)):
        told = thoisu("queue", "--store", url)
        assert (told.code, told.out) == (0, "")
        assert "does everything itself" in told.err
        assert json.loads(thoisu("queue", "--json", "--store", url).out) == {"counts": {}, "workers": []}


def test_what_failed_is_forgotten_in_the_end_and_nothing_else(queue: Queue) -> None:
    queue.put([round_of("bao"), round_of("dai")])
    run(queue, "UPDATE procrastinate_jobs SET status = 'failed' WHERE args -> 'names' ->> 0 = 'dai'")
    for before, left in ((timedelta(hours=-1), 2), (timedelta(hours=1), 1)):
        with queue.store.reading() as connection:
            queue_state.forget(connection, datetime.now(UTC) + before)
        assert len(listed(queue)) == left


# --- what takes long --------------------------------------------------------------------------------------------------


def test_a_backfill_is_left_to_workers_month_by_month(shared: Store, thoisu: Thoisu) -> None:
    url = address(shared)
    asked = ("backfill", "nhandan", "vov", "--from", "2026-01-20", "--to", "2026-03-02", "--queue", "--store", url)
    told = thoisu(*asked)
    assert (told.code, told.err.splitlines()[0]) == (0, "6 parts wait for workers: thoisu queue")
    assert "no worker that takes them is alive" in told.err
    spans = [("2026-03-01", "2026-03-02"), ("2026-02-01", "2026-02-28"), ("2026-01-20", "2026-01-31")]
    assert [job.names for job in listed(Queue(shared))] == [
        (site, "--from", first, "--to", last) for first, last in spans for site in ("nhandan", "vov")
    ]
    assert "6 wait already" in thoisu(*asked).err
    assert len(listed(Queue(shared))) == 6
    refused = thoisu(*asked, "--wait")
    assert (refused.code, "--queue leaves it to workers" in refused.err) == (2, True)


def test_a_part_that_fails_goes_behind_the_others_and_is_given_up_in_the_end() -> None:
    failures, priority = 0, 0
    while found := following(JobFailed(), BACKFILL, priority):
        assert found[0] >= timedelta(minutes=30)
        assert found[1] < priority
        failures, priority = failures + 1, found[1]
    assert failures == 4
    assert following(Again(timedelta()), BACKFILL, priority) == (timedelta(), 0), "what goes on begins to count anew"
    assert following(Again(timedelta()), ROUND, 20) == (timedelta(), 20)
    assert following(JobFailed(), ROUND, 20) is None, "it is due again by itself"


def test_what_was_given_up_is_told_and_done_again_when_somebody_says_so(queue: Queue, thoisu: Thoisu) -> None:
    queue.put([piece("bao", "1"), piece("bao", "2"), round_of("dai")])
    run(queue, "UPDATE procrastinate_jobs SET status = 'failed'")
    queue.put([piece("bao", "2")])
    seen = {(check.name, one.subject): one for check, one in watched(queue, CHECKS)}
    assert seen.keys() == {("given_up", BACKFILL)}
    assert seen["given_up", BACKFILL].examples == ("bao 1", "bao 2")
    assert "1 wait again" in thoisu("queue", "--retry", "--store", address(queue.store)).err
    assert stands(queue) == [
        (BACKFILL, "bao", "1", "waits"),
        (BACKFILL, "bao", "2", "waits"),
        (ROUNDS, "dai", "failed"),
    ]


@pytest.mark.slow
def test_a_part_does_its_work_and_ends_with_its_worker(newsroom: Newsroom, tmp_path: Path) -> None:
    url, day = f"sqlite:///{tmp_path / 'store.db'}", datetime.now(VIETNAM).date() - timedelta(days=1)
    words = ["backfill", "songda", "--from", str(day), "--newsroom", newsroom.url, "--store", url, "--child"]
    environ = {**os.environ, "THOISU_DELAY": "0"}
    done = subprocess.Popen(
        [sys.executable, "-m", "crawler", *words], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    )
    assert done.stderr is not None
    assert done.wait(LONG) == 0, done.stderr.read()
    assert "backfill of songda: 20 new" in done.stderr.read()
    for pipe in (done.stdin, done.stderr):
        assert pipe is not None
        pipe.close()


PART = """
import sys, threading
from crawler.cli.parts import part
from crawler.process import answering
asked = threading.Event()
with part(float(sys.argv[1])) as over, answering(asked.set):
    print("begun", flush=True)
    asked.wait(60)
print(over.is_set())
"""


@pytest.mark.parametrize(("seconds", "over"), [(0.1, "True"), (600, "False")])
def test_a_part_ends_when_its_time_is_up_or_its_worker_dies(seconds: float, over: str) -> None:
    command = [sys.executable, "-c", PART, str(seconds)]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        assert one.stdin is not None
        assert one.stdout is not None
        assert one.stdout.readline() == "begun\n"
        if over == "False":
            one.stdin.close()
        assert one.stdout.read() == f"{over}\n"


def test_an_archive_is_read_again_by_workers_month_by_month(
    shared: Store, thoisu: Thoisu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = tmp_path / "warc", address(shared)
    writer = Writer(folder, size=10**9, agent="thoisu/0", contact="")
    for site, month in (("bao", 1), ("bao", 2), ("dai", 1)):
        page = f"https://{site}.example/tin-{month}.html"
        at = datetime(2026, month, 20, 20, tzinfo=UTC)
        assert writer.keep(Fetch(site=site, url=page, link=page, at=at, status=200, headers=(), body=b"<html></html>"))
    writer.close()
    monkeypatch.setenv("THOISU_ARCHIVE", str(folder))
    assert thoisu("reread", "--queue", "--store", url).code == 2
    told = thoisu("reread", "--queue", "--yes", "--until", "2026-02-03", "--store", url)
    assert (told.code, told.err.splitlines()[0]) == (0, "3 parts wait for workers: thoisu queue")
    spans = [
        ("bao", "2026-02-01", "2026-02-03"),
        ("bao", "2026-01-21", "2026-01-31"),
        ("dai", "2026-01-21", "2026-01-21"),
    ]
    assert [job.names for job in listed(Queue(shared))] == [
        ("--site", site, "--since", first, "--until", last) for site, first, last in spans
    ]
    with Archive(folder) as archive:
        assert len(list(archive.pages("bao", None, datetime(2026, 2, 1, tzinfo=UTC)))) == 1


def test_a_part_of_a_reading_writes_what_differs(tmp_path: Path) -> None:
    case, url = GOLDEN / "nhandan" / "article", f"sqlite:///{tmp_path / 'store.db'}"
    page, at = json.loads((case / "origin.json").read_text("utf-8"))["url"], datetime(2026, 1, 20, 20, tzinfo=UTC)
    writer, body = (
        Writer(tmp_path / "warc", size=10**9, agent="thoisu/0", contact=""),
        (case / "page.html").read_bytes(),
    )
    writer.keep(Fetch(site="nhandan", url=page, link=page, at=at, status=200, headers=(), body=body))
    writer.close()
    Store.open(url).close()
    command = [sys.executable, "-m", "crawler", "reread", "--child", "--site", "nhandan", "--store", url]
    environ = {**os.environ, "THOISU_ARCHIVE": str(tmp_path / "warc")}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ, cwd=tmp_path
    ) as done:
        assert done.stderr is not None
        assert "reading of nhandan: 1 pages, 1 differ" in done.stderr.read()
        assert done.wait(LONG) == 0
    with Store.open(url) as store:
        assert [row.canonical_url for row in store.articles()] == [page]


# --- when nobody takes it ---------------------------------------------------------------------------------------------


def watched(queue: Queue, checks: Iterable[Check]) -> list[tuple[Check, Observation]]:
    with queue.store.reading() as connection:
        view = View(queue.store, connection, Sites(), datetime.now(UTC))
        return [(one, seen) for one in checks if one.name in ("workers", "given_up") for seen in one.run(view)]


def test_what_waits_for_nobody_is_told(queue: Queue, thoisu: Thoisu) -> None:
    queue.put([round_of("bao"), round_of("dai"), job_of("relate")])
    assert watched(queue, CHECKS) == []
    run(queue, "UPDATE procrastinate_events SET at = now() - interval '20 minutes'")
    found = {one.subject: one.evidence for _, one in watched(queue, CHECKS)}
    assert found == {
        ROUNDS: "2 wait, the first for 20 minutes; no worker is alive",
        "relate": "1 wait, the first for 20 minutes; no worker is alive",
    }
    told = thoisu("status", "--store", address(queue.store))
    assert "2 wait, the first for 20 minutes; no worker is alive" in told.out + told.err
    alive(queue, ROUNDS)
    alive(queue, ROUNDS)
    found = {one.subject: one.evidence.partition("; ")[2] for _, one in watched(queue, CHECKS)}
    assert found == {
        ROUNDS: "2 of 2 workers take them, and are busy", "relate": "none of 2 workers takes them",
    }  # fmt: skip


def test_what_waits_for_its_time_or_for_another_at_its_site_is_no_finding(queue: Queue) -> None:
    queue.put([piece("bao", "1"), round_of("bao"), round_of("dai")])
    run(queue, "UPDATE procrastinate_jobs SET status = 'doing' WHERE queue_name = 'rounds' AND lock = 'site bao'")
    run(queue, "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE lock = 'site dai'")
    run(queue, "UPDATE procrastinate_events SET at = now() - interval '20 minutes'")
    assert watched(queue, CHECKS) == []
