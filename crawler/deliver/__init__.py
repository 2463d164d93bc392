"""Deliver: the change feed to every sink."""
