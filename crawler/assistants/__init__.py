"""Assistants: the store as read-only tools of the Model Context Protocol (modelcontextprotocol.io).

tools.py    what an assistant can ask: search, article, diff, story, changes, site health
quoting.py  answers: short enough for a context window, and what sites have written marked as quoted
server.py   the tools behind the official SDK; loaded by whoever serves them, since it needs the extra `mcp`
"""

from __future__ import annotations

from crawler.assistants.tools import Tools

__all__ = ["Tools"]
