"""All checks."""

from __future__ import annotations

from crawler.monitor import own_checks, page_checks, site_checks
from crawler.monitor.view import Check

CHECKS: tuple[Check, ...] = (
    Check(
        name="silence",
        reads="the times of the site's articles, as an hourly rate of the week, and the last good poll",
        bound="a silence that fewer than one quarter in a thousand has",
        within="the time in which the site usually publishes ln(13,000 × articles a week) articles, 15 for 25 a day",
        advice="open the site: if there is news, its sources have moved; thoisu discover URL",
        run=site_checks.silence,
        urgent=True,
    ),
    Check(
        name="coverage",
        reads="title, lead, authors, published_at, section, tags and images of the pages read by a layout",
        bound="one false finding in a million pages; a third of the usual coverage is lost",
        within="50 pages without a field that most had; 6 where none lacked it",
        advice="compare a page with its selectors: thoisu extract URL --explain; then thoisu reread",
        run=page_checks.coverage,
    ),
    Check(
        name="layout",
        reads="which pages the layout read, the lengths of their texts, and lines that other pages have too",
        bound="one false finding in a million pages",
        within="10 pages read by fallback, 30 of another length or with lines of other pages",
        advice="mend the layout with the pages kept, then thoisu reread --site SITE --yes",
        run=page_checks.layout,
    ),
    Check(
        name="refusals",
        reads="answers by word, of pages and of sources",
        bound="three polls of a source in a row; or one false finding in a million requests",
        within="the third poll; 10 pages where none was refused before",
        advice="open an example; a wall or a ban needs a talk with the site, a moved source a new address",
        run=site_checks.refusals,
    ),
    Check(
        name="gaps",
        reads="the ledger: windows of feeds and listings that do not overlap the ones before",
        bound="one such span",
        within="the poll that shows it",
        advice="thoisu backfill --gaps",
        run=site_checks.gaps,
    ),
    Check(
        name="validators",
        reads="audits: every tenth poll of a source asks without validators",
        bound="one lie",
        within="ten polls of the source after a change that it hid",
        advice="nothing: the source is asked in full from now on; the finding ends a week after the last lie",
        run=site_checks.validators,
    ),
    Check(
        name="clocks",
        reads="published_at against the time of the poll that found the page",
        bound="one false finding in a million pages, or polls",
        within="10 pages from the future; 15 polls whose newest page is older than the site's used to be",
        advice="compare a page with a clock; a zone that a site gets wrong is a matter of its layout",
        run=page_checks.clocks,
    ),
    Check(
        name="duplicates",
        reads="pages whose text the same site has published before",
        bound="one false finding in a million pages",
        within="10 copies where none was before",
        advice="compare the addresses: a part that does not tell pages apart belongs out of them",
        run=page_checks.duplicates,
    ),
    Check(
        name="delivery",
        reads="the oldest change that waits for each sink",
        bound="an hour",
        within="an hour",
        advice="thoisu sinks shows what is wrong with it",
        run=own_checks.delivery,
        urgent=True,
    ),
    Check(
        name="notification",
        reads="messages that did not get through",
        bound="three in a row",
        within="the third try",
        advice="mend THOISU_NOTIFY, or the alert's --notify",
        run=own_checks.notification,
    ),
    Check(
        name="disk",
        reads="free space for database, archive and quarantine",
        bound="2 GB",
        within="the next check",
        advice="make room; old files of the archive can be moved away",
        run=own_checks.disk,
        urgent=True,
    ),
)
BY_NAME = {check.name: check for check in CHECKS}
