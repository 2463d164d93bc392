"""`python schedule.py` is `thoisu schedule`: looks at all sites again and again, until it is stopped."""

from crawler.cli.main import main

if __name__ == "__main__":
    main(["schedule"])
