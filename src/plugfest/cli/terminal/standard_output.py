"""Standard output: its encoding, text that is safe for a terminal, and a closed reader."""

import io
import os
import sys


def replace_unencodable_characters() -> None:
    """Print a question mark for a character that the encoding of the terminal lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def printable(text: str) -> str:
    """The text on one line, with characters replaced that could control a terminal."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def discard_further_output() -> None:
    """After a closed pipe or a full disk: discard all further output, also that at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
