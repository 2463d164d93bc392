"""Alerts: people are notified of keywords and of findings."""
