"""The entry point of the `plugfest` command: Ctrl-C while modules are imported ends it without a traceback."""

import signal


def main() -> None:
    """Import the command line and run it."""
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if handled:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from plugfest.cli.main import main as run

    if handled:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
