"""Backfill: the past of a site, and what may be missing of it."""
