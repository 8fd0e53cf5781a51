"""Standard output, which may not know every letter, and which somebody may close."""

import io
import os
import sys


def replace_unknown_letters() -> None:
    """Write a question mark for what the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def give_up() -> None:
    """The pipe is closed or the disk is full: throw away whatever is written from now on, also at the very end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
