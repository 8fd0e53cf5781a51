"""The entry point of the `plugfest` command: a signal while modules are imported ends it without a traceback."""

from plugfest.cli.interruption import ending_at_once


def main() -> None:
    """Import the command line and run it."""
    with ending_at_once():
        from plugfest.cli.main import main as run

    run()
