"""What a store needs over years: copies of it, room, and somebody who says what is wrong around it.

tables.py     every table of a store, and its rows on their way into another database
backup.py     a store as it stood at one change, in a file or in another database
restore.py    such a file back into a store
packed.py     files that are whole or not there
retention.py  what is too old, and dropping it
daily.py      when that is done by itself
quiet.py      the hours in which the least comes; giving back what SQLite keeps free
heartbeat.py  a sign of life to somebody outside
doctor.py     what is wrong, and what to do: by diagnosis.py, a line of it, and room.py, the disks
sizes.py      bytes by table           growth.py  bytes a day, and what that makes in a year
"""

from __future__ import annotations

from crawler.maintenance.daily import prune_due

__all__ = ["prune_due"]
