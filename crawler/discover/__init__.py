"""Discover: the links that a feed, sitemap or listing names."""
