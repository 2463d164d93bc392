"""Alerts: people are told of watched words and of findings."""
