"""The parts of `crawler.discover`: how each kind of source names its articles."""
