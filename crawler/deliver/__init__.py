"""Delivery: the change feed, in order and at least once, to every sink that somebody has configured."""
