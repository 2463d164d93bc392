"""Schedule: when each source is polled, and the process that does it."""
