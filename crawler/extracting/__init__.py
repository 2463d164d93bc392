"""The parts of `crawler.extract`: how a page is read."""
