"""What a store needs over years: copies of it, room, and somebody who says what is wrong around it.

tables.py    every table of a store, and its rows on their way into another database
backup.py    a store as it stood at one change, in a file or in another database
restore.py   such a file back into a store
packed.py    files that are whole or not there
"""
