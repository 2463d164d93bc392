"""Fetch: what stands between the spider and the network."""
