"""Thời sự: a monitor of Vietnamese government news."""
