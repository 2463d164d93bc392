"""A store with one of everything, for whoever asks a running part for something."""

from __future__ import annotations

from tests.web.conftest import asker, filled, room

__all__ = ["asker", "filled", "room"]
