"""Standard output: its encoding, text that is safe for a terminal, and a closed reader.

Here and in `console`, text goes to the terminal, and nowhere else: it may be of a station or a file.
"""

import io
import os
import sys
from typing import Any, Final

import click

_LINES: Final = frozenset("\n\t")


def replace_unencodable_characters() -> None:
    """Print a question mark for a character that the encoding of the terminal lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def printable(text: str) -> str:
    """The text on one line, with characters replaced that could control a terminal."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def safe(text: str) -> str:
    """The text with the same replacements, and with its lines."""
    return text if text.isprintable() else "".join(one if one in _LINES else printable(one) for one in text)


def echo(text: str = "", *, err: bool = False) -> None:
    """Print lines for a person."""
    click.echo(safe(text), err=err)


def write_document(content: str | bytes) -> None:
    """Write a document for a program, byte by byte. On a terminal it is for a person."""
    if sys.stdout.isatty():
        content = safe(content if isinstance(content, str) else content.decode(errors="replace"))
    click.echo(content, nl=False)


def prompt(question: str, **options: Any) -> str:
    """Ask a person; `options` are those of `click.prompt`. Raises click.Abort."""
    return str(click.prompt(safe(question), err=True, **options))


def discard_further_output() -> None:
    """After a closed pipe or a full disk: discard all further output, also that at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
