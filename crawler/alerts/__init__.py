"""Alerts: people are notified of keywords and of findings.

alerts.py     who asked for words, and is notified once of each new or revised article that has them
wording.py    what a message says of each page: when, who, of what kind, on how many pages
preview.py    what an alert would have found, and a message to try its targets
digest.py     messages on findings: urgent ones within the hour, the others once a day, and that they are over
notify.py     sends messages to people through apprise: mail, Telegram, Slack, webhooks and whatever else it knows
targets.py    where messages go, and what may be shown of it
status.py     what was found for each alert, what of it was sent, and what waits
"""

from __future__ import annotations

from crawler.alerts.alerts import list_alerts
from crawler.alerts.notify import flush, validated
from crawler.alerts.status import WaitingTarget, alert_statuses, failing
from crawler.alerts.targets import masked, opened
from crawler.text.query import hints, parse, written

__all__ = [
    "WaitingTarget",
    "alert_statuses",
    "failing",
    "flush",
    "hints",
    "list_alerts",
    "masked",
    "opened",
    "parse",
    "validated",
    "written",
]
