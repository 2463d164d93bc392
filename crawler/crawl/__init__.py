"""Crawl: one run at one site."""
