"""The parts of `crawler.spider`: one run at one site, from its sources to what is put aside."""
