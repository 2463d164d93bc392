"""Extract: from a page to an `Article`."""
