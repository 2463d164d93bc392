"""Schedule: when each source is polled, and the process that does it.

The rules, which know neither clock, store nor process.
pace.py           when to poll next at each source of a site, and why: the plan of a day within its budget
budget.py         how many requests a site gets on a day of Viet Nam's clock, and what they are for
timetable.py      the polls of a day that make the mean delay of new items least for a number of requests
rates.py          how often a source publishes, minute by minute: learned from the times of its items
source_rates.py   what is known of one source
tier_rates.py     what the sources of a tier have in common
reasons.py        why a poll is planned for when it is, in a sentence for a person
rounds.py         which sites are polled now
intervals.py      when the scheduler's other jobs run
simulate.py       the delays that each rule comes to over a trace of publication times
traces.py         such traces, read from files

What the store keeps of them, and what a run at a site does by them.
agenda.py         for every source when it is polled next and why, and what has been learned of each site
enrol.py          the sites that are scheduled: those of the definitions, and no others
site_agenda.py    which sources of a site are due, what came of them, and when the next poll is
heal.py           times that a clock wrote which was ahead are put right
revisits.py       at which age a known article is asked again, learned from how often its site edits

The process, which the command loads.
clock_watch.py    whether the machine's clock has jumped
scheduler.py      APScheduler with a job that polls, and the jobs that follow what polls bring
worker.py         work in processes of its own, each of which can be ended without the scheduler

The queue of a store on PostgreSQL, from which workers on any number of machines take rounds and jobs.
queue_schema.py   its tables, procrastinate's, in a schema of their own
queue_state.py    what waits, runs and failed, which workers are alive; what dead ones have left comes back
queue.py          what can be put into it
deferral.py       what a scheduler leaves to workers, and how that stands
queue_worker.py   the process that takes from it
"""

from __future__ import annotations

from crawler.schedule.agenda import ARTICLES, AgendaEntry
from crawler.schedule.enrol import enrol
from crawler.schedule.heal import heal
from crawler.schedule.intervals import Interval
from crawler.schedule.pace import Pace
from crawler.schedule.rates import Rate
from crawler.schedule.site_agenda import SiteAgenda, read_pace
from crawler.schedule.source_rates import PollResult
from crawler.schedule.tier_rates import Prior
from crawler.schedule.traces import read_trace

__all__ = [
    "ARTICLES",
    "AgendaEntry",
    "Interval",
    "Pace",
    "PollResult",
    "Prior",
    "Rate",
    "SiteAgenda",
    "enrol",
    "heal",
    "read_pace",
    "read_trace",
]
