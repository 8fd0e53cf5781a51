"""Who approves a report: names from a TOML file, and none that is not in it."""

import tomllib
from pathlib import Path

import msgspec

from plugfest.lab.verdict import LabError
from plugfest.reports.files import read_bytes
from plugfest.reports.model.model import Approval


class BadApproval(LabError):
    """A file of names that cannot be used, and why."""


def load_approval(path: Path | None) -> Approval:
    """The names of a file; none without a file.

    Raises:
        NotReadable: it cannot be read.
        BadApproval: it is no TOML, or has other keys.
    """
    if path is None:
        return Approval()
    try:
        return msgspec.convert(tomllib.loads(read_bytes(path).decode()), Approval)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadApproval(f"{path} is no TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise BadApproval(f"{path}: {error}") from None
