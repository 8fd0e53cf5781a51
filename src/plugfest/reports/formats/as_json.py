"""The report for machines: one JSON object with the keys of `reports.model.Document`."""

from typing import Literal

import msgspec

from plugfest.reports.model.report import FORMAT, Document


class NoReport(Exception):
    """What is no report, or none that this version reads: why."""


class _Edition(msgspec.Struct):
    """What a report of any format has."""

    kind: Literal["product", "family"]
    format: int


def text(document: Document) -> str:
    """The report as indented JSON that ends with a line feed."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def read(data: bytes) -> Document:
    """The report of a file's content, signed or not: what a signature is worth is another question.

    Raises:
        NoReport: there is none in it.
    """
    try:
        document: Document = msgspec.json.decode(data, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _check_format(data)
        raise NoReport(f"no report of Plugfest: {error}") from None
    _check_format(data)
    return document


def _check_format(data: bytes) -> None:
    """Refuse what says of itself that it is of another format, whatever else it holds. Raises NoReport."""
    try:
        said = msgspec.json.decode(data, type=_Edition).format
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if said != FORMAT:
        raise NoReport(f"a report of format {said}; this version of Plugfest reads format {FORMAT}")
