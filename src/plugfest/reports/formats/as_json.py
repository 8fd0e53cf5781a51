"""The report as JSON: an object with the fields of `reports.model.report.Document`."""

from typing import Literal

import msgspec

from plugfest.reports.model.report import FORMAT_VERSION, Document


class NotAReport(Exception):
    """The content is not a report, or not one of this format version."""


class _Header(msgspec.Struct):
    """The keys that a report of any format version has."""

    kind: Literal["product", "family"]
    format_version: int = msgspec.field(name="format")


def text(document: Document) -> str:
    """The report as indented JSON with a line feed at the end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def read(data: bytes) -> Document:
    """The report in the content of a JSON file. A signature is ignored: `reports.signing.verification` checks it.

    Raises:
        NotAReport: the content is not a report of this format version.
    """
    try:
        document: Document = msgspec.json.decode(data, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _check_format_version(data)
        raise NotAReport(f"not a Plugfest report: {error}") from None
    _check_format_version(data)
    return document


def _check_format_version(data: bytes) -> None:
    """Raises NotAReport if the content names another format version, whatever else is in it."""
    try:
        format_version = msgspec.json.decode(data, type=_Header).format_version
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if format_version != FORMAT_VERSION:
        raise NotAReport(
            f"a report of format version {format_version}; this Plugfest reads format version {FORMAT_VERSION}"
        )
