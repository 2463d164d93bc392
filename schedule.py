"""`python schedule.py …` is `thoisu schedule …`: polls all sites again and again, until it is stopped."""

import sys

from crawler.__main__ import main

if __name__ == "__main__":
    main(["schedule", *sys.argv[1:]])
