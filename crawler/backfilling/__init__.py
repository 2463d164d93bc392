"""The parts of `crawler.backfill`: the ways into the past of a site, and of archives."""
