"""The parts of `crawler.diff`: two versions of one text."""
