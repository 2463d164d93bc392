"""`thoisu`, and `python -m crawler` where that is not on the path."""

import signal


def main(arguments: list[str] | None = None) -> None:
    """As `crawler.cli.main.main`, once all is imported; until then Ctrl-C simply ends the process."""
    # Python's own handler raises, and what is raised in an import is lost in the destructors and callbacks there.
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from crawler.cli.main import main as run

    run(arguments)


if __name__ == "__main__":
    main()
