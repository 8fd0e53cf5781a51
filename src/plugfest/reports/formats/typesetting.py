"""Sets the pages of a PDF: `python -m plugfest.reports.formats.typesetting` reads an `Order` and writes the PDF.

In a process of its own, as typst keeps some hundred megabytes of each document for a next one.
"""

import sys
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import msgspec
import typst

from plugfest.reports import hidden_characters

STANDARDS: Final = ("a-2a", "ua-1")
"""PDF/A-2a, to be kept for long, and PDF/UA-1, which a screen reader reads in the right order."""


_IN_NO_FONT: Final = "\U0010fffd"
"""A private character, the last one there is."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to set: a document as JSON, and the time in its metadata as seconds since 1970."""

    document: msgspec.Raw
    timestamp: int


def typeset(order: Order) -> bytes:
    """The PDF. The same order gives the same bytes.

    Where it has characters that typst's own fonts lack, the system's fonts are asked for them, and the bytes are the
    same only on a machine with the same fonts. Should something be in it that the standards forbid, it is made without
    them: a report that keeps to no standard is better than none.
    """
    text = bytes(order.document).decode()
    with as_file(files("plugfest.reports.formats") / "template") as templates:
        fonts, missing = _fonts(templates / "probe.typ", hidden_characters.strange(text))
        compiler = _compiler(templates / "report.typ", hidden_characters.without(text, missing), fonts)
        pdf = partial(compiler.compile, format="pdf", timestamp=order.timestamp)
        try:
            (content,) = _pages(pdf(pdf_standards=[*STANDARDS]))
        except typst.TypstError:
            (content,) = _pages(pdf())
    return content


def _fonts(probe: Path, characters: str) -> tuple[typst.Fonts, str]:
    """The fonts to use, those of the system only if they are needed, and the characters that they lack."""
    for with_those_of_the_system in (False, True):
        fonts = typst.Fonts(include_system_fonts=with_those_of_the_system)
        missing = _missing(probe, characters, fonts)
        if not missing:
            break
    return fonts, missing


def _missing(probe: Path, characters: str, fonts: typst.Fonts) -> str:
    """The characters that look in these fonts like one that no font has."""
    nothing, *looks = _pages(_compiler(probe, _IN_NO_FONT + characters, fonts).compile(format="svg"))
    return "".join(one for one, look in zip(characters, looks, strict=True) if look == nothing)


def _compiler(template: Path, document: str, fonts: typst.Fonts) -> typst.Compiler:
    return typst.Compiler(
        input=template,
        root=template.parent,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"document": document},
    )


def _pages(compiled: bytes | list[bytes] | None) -> list[bytes]:
    """What typst gives: one thing, or a list of things if it is more than one."""
    assert compiled is not None
    return compiled if isinstance(compiled, list) else [compiled]


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
