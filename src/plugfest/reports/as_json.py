"""The report for machines: one JSON object with the keys of `reports.model.Document`."""

import msgspec

from plugfest.reports.model import FORMAT, Document


class NoReport(Exception):
    """What is no report, or none that this version reads: why."""


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
        raise NoReport(f"no report of Plugfest: {error}") from None
    if document.format != FORMAT:
        raise NoReport(f"a report of format {document.format}; this version of Plugfest reads format {FORMAT}")
    return document
