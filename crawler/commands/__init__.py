"""Scrapy's commands where this project has more to say (`COMMANDS_MODULE`); each has the name of its file.

`crawl` refuses what cannot be meant in one line, `settings` knows the environment and `.env`, `runspider` takes a file
that is written as those of `spiders` are. Beside them stands `loader.py`, which finds the spiders of a user's own
folder, too.
"""
