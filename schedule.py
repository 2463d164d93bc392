"""`python schedule.py`: looks at all sites again and again, until it is stopped."""

from crawler.scheduler import run

if __name__ == "__main__":
    run()
