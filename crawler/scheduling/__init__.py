"""The parts of `crawler.scheduler`: what is due, who does it, and what comes of it."""
