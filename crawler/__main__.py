"""`python -m crawler` is `thoisu`, also where the command is not on the path."""

from crawler.cli.main import main

main()
