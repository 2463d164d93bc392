"""The commands of `thoisu`, a module for each job; they import what is slow to load only when they run.

A module that is not one command:

main.py, command.py, help.py      the sub-commands, what each does alike, what `--help` shows
common.py, lists.py, language.py  what they share: input, options, lists, English and Vietnamese
page_formats.py, progress.py, scenes.py   what `extract`, `backfill` and `demo` show
jobs.py, runners.py, parts.py     what runs regularly; which process does what; parts of what takes long
round.py, warm.py                 the process of a round, and what processes of the schedule have loaded
"""
