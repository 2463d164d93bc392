"""The reading room: pages for people, an API for programs, feeds out, metrics; `thoisu serve` runs it.

It is a face on the store: it reads, by the functions that the commands read by, and writes alerts alone.

app.py        the application: what is put together, and in which order a request meets it
guard.py      before everything: hosts, limits, rates, tokens, headers
access.py     who may see and do what
validators.py ETag, and the answer 304
options.py    how a server is told to be
state.py      the store and what else every answer needs
database.py   readings of the store that end in time
answers.py    JSON, JSON Lines, CSV and problems (RFC 9457) as answers
parameters.py what a query may say, and what a place in a list looks like
schemas.py    the objects of the API
api.py, api_sites.py     the API
pages.py, pages_sites.py                the pages
asked.py      what the address of a page asks for
articles.py   articles, stories and documents as both read them, bounded
page_data.py  what the pages show, as values      board.py  the same of sites
render.py     templates, and what every text passes on its way into one
plots.py      plots as SVG
feeds.py      Atom and JSON Feed out
search.py     what a search box asks
static.py     the style sheet, the script, the icon
text.py       what becomes of text from outside
server.py     the application behind a socket
counts.py     counts that a server goes on with
metrics.py    metrics for Prometheus, health and readiness
templates/, static/     HTML, the style sheet, the script
"""
