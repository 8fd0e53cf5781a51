"""Sets a PDF: `python -m plugfest.reports.formats.typesetting` reads a `TypesettingJob` and writes the PDF.

It is a process of its own because typst keeps hundreds of megabytes in memory after each document.
"""

import sys
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final, Literal

import msgspec
import typst

from plugfest.reports import hidden_characters

STANDARDS: Final = ("a-2a", "ua-1")
"""PDF/A-2a for archiving, PDF/UA-1 for screen readers."""

_NOT_IN_ANY_FONT: Final = "\U0010fffd"
"""The last private-use character. It is drawn as every character is that the fonts lack."""


TemplateName = Literal["report", "evidence"]


class TypesettingJob(msgspec.Struct, frozen=True, kw_only=True):
    """The name of the template, its data as JSON, and the time in the metadata in seconds since 1970."""

    template: TemplateName
    document: msgspec.Raw
    timestamp: int


def typeset(job: TypesettingJob) -> bytes:
    """The PDF. The same job gives the same bytes.

    Plugfest has a font for Chinese, Japanese and Korean, which the fonts of typst lack. For other characters the fonts
    of the system are used; then the bytes depend on the machine. If the document breaks a standard, the PDF is made
    without the standards: that is better than no report.
    """
    text = bytes(job.document).decode()
    formats = files("plugfest.reports.formats")
    with as_file(formats / "template") as templates, as_file(formats / "fonts") as own_fonts:
        fonts, missing = _fonts(own_fonts, templates / "probe.typ", hidden_characters.font_dependent(text))
        compiler = _compiler(templates / f"{job.template}.typ", hidden_characters.name_missing(text, missing), fonts)
        pdf = partial(compiler.compile, format="pdf", timestamp=job.timestamp)
        try:
            (content,) = _pages(pdf(pdf_standards=[*STANDARDS]))
        except typst.TypstError:
            (content,) = _pages(pdf())
    return content


def _fonts(own: Path, probe: Path, characters: str) -> tuple[typst.Fonts, str]:
    """The fonts, those of the system only if needed, and the characters that they lack."""
    for include_system_fonts in (False, True):
        fonts = typst.Fonts(include_system_fonts=include_system_fonts, font_paths=[own])
        missing = _missing(probe, characters, fonts)
        if not missing:
            break
    return fonts, missing


def _missing(probe: Path, characters: str, fonts: typst.Fonts) -> str:
    """The characters that the fonts lack: they look like one that no font has."""
    placeholder, *images = _pages(_compiler(probe, _NOT_IN_ANY_FONT + characters, fonts).compile(format="svg"))
    return "".join(one for one, image in zip(characters, images, strict=True) if image == placeholder)


def _compiler(template: Path, document: str, fonts: typst.Fonts) -> typst.Compiler:
    return typst.Compiler(
        input=template,
        root=template.parent,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"document": document},
    )


def _pages(compiled: bytes | list[bytes] | None) -> list[bytes]:
    """The output of typst, which is a list only if it has several parts."""
    assert compiled is not None
    return compiled if isinstance(compiled, list) else [compiled]


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(msgspec.json.decode(sys.stdin.buffer.read(), type=TypesettingJob)))
