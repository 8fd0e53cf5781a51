"""Sets the pages of a printed report: `python -m plugfest.reports.typesetting` reads an `Order`, writes the PDF.

In a process of its own, as typst keeps some hundred megabytes of each document for a next one.
"""

import sys
from collections.abc import Sequence
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import msgspec
import typst

from plugfest.reports import glyphs

STANDARDS: Final = ("a-2a", "ua-1")
"""PDF/A-2a, to be kept for long, and PDF/UA-1, which a screen reader reads in the right order."""


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
    with as_file(files("plugfest.reports") / "template") as templates:
        with_system_fonts, missing = _fonts(templates / "probe.typ", glyphs.strange(text))
        set_in = partial(
            _compiled, templates / "report.typ", glyphs.without(text, missing), with_system_fonts=with_system_fonts
        )
        try:
            return set_in(timestamp=order.timestamp)
        except typst.TypstError:
            return set_in(timestamp=order.timestamp, standards=())


def _fonts(probe: Path, characters: str) -> tuple[bool, str]:
    """Whether the system's fonts are needed for these characters, and those of them that even these lack."""
    if not glyphs.missing_of(characters, partial(_printable, probe, with_system_fonts=False)):
        return False, ""
    return True, glyphs.missing_of(characters, partial(_printable, probe, with_system_fonts=True))


def _printable(probe: Path, characters: str, *, with_system_fonts: bool) -> bool:
    try:
        _compiled(probe, characters, with_system_fonts=with_system_fonts)
    except typst.TypstError:
        return False
    return True


def _compiled(
    template: Path,
    document: str,
    *,
    with_system_fonts: bool,
    timestamp: int = 0,
    standards: "Sequence[typst.PDFStandard]" = STANDARDS,
) -> bytes:
    compiler = typst.Compiler(
        input=template,
        root=template.parent,
        ignore_system_fonts=not with_system_fonts,
        sys_inputs={"document": document},
    )
    pdf = compiler.compile(format="pdf", timestamp=timestamp, pdf_standards=[*standards])
    assert isinstance(pdf, bytes)
    return pdf


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
