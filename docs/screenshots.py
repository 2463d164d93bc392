"""Takes the pictures that docs/ and README show: of a newsroom of its own, in Chromium (`make screenshots`)."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from crawler.cli.serve import serving
from crawler.compare.relate import relate
from crawler.configuration import Settings
from crawler.crawl import crawl
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.schedule import enrol
from crawler.sites import Sites
from crawler.store import Store
from crawler.text import VIETNAM
from crawler.web.options import ServerOptions

HERE = Path(__file__).parent / "pictures"
_PAPERS, _ARTICLES, _SEED = 8, 60, 11
_DESKTOP, _PHONE = (1280, 900), (500, 900)  # Chromium makes no narrower window
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-quic",
)  # fmt: skip


def main() -> None:
    """Fill a store, serve it, and look at it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser"))
    parser.add_argument("--to", type=Path, default=HERE)
    asked = parser.parse_args()
    if not asked.chromium:
        sys.exit("no chromium here; name one: --chromium PATH")
    asked.to.mkdir(parents=True, exist_ok=True)
    start = datetime.combine(datetime.now(VIETNAM).date() - timedelta(days=2), time(), VIETNAM)
    world = World(_SEED, _PAPERS, _ARTICLES, start, real_clock=True)
    with tempfile.TemporaryDirectory(prefix="thoisu-") as folder, Newsroom(world) as room:
        store_url, sites = f"sqlite:///{folder}/thoisu.db", newsroom_sites(room.url, _PAPERS)
        with Store.open(store_url) as store:
            enrol(sites, store, datetime.now(UTC))
            _crawl(world, room, sites, store_url)
            relate(store)
            with store.reading() as connection:
                number = connection.exec_driver_sql("SELECT max(id) FROM articles WHERE revision > 1").scalar_one()
            with serving(store, sites, ServerOptions(), 0) as url:
                for name, path, size in (
                    ("today", "?lang=vi", _DESKTOP),
                    ("today-phone", "?lang=vi", _PHONE),
                    ("article", f"articles/{number}?lang=vi", _DESKTOP),
                    ("diff", f"articles/{number}/diff?lang=vi", _DESKTOP),
                    ("sites", "sites?lang=en", _DESKTOP),
                ):  # fmt: skip
                    _picture(asked.chromium, url + path, asked.to / f"{name}.png", size, Path(folder))
                    print(asked.to / f"{name}.png")


def _crawl(world: World, room: Newsroom, sites: Sites, store_url: str) -> None:
    """Crawl the newsroom, let papers edit, and crawl it again."""
    for revisit in (False, True):
        crawl(sites, store_url=store_url, newsroom=room.url, revisit=revisit, own=Settings())
        for paper in world.papers[:3]:
            world.edit(world.visible(paper)[0])


def _picture(chromium: str, url: str, path: Path, size: tuple[int, int], folder: Path) -> None:
    window = f"--window-size={size[0]},{size[1]}"
    subprocess.run(  # noqa: S603 - the browser that was named
        [chromium, *_FLAGS, f"--user-data-dir={folder}/chromium", window, f"--screenshot={path}", url],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


if __name__ == "__main__":
    main()
