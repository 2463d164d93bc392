"""The parts of `crawler.charset`: Vietnamese that is not written in Unicode, or no more."""
