"""Our own settings.

values.py   each with its default and meaning; `Settings.load` is the only reader of the environment
parsers.py  how the text of one is read, and what it must be
dotenv.py   a `.env` file as people write it
"""

from __future__ import annotations

from crawler.configuration.values import DEFAULTS, SETTINGS, FromEnvironment, Settings, doubts, filled, secret

__all__ = ["DEFAULTS", "SETTINGS", "FromEnvironment", "Settings", "doubts", "filled", "secret"]
