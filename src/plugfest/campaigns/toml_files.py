"""The TOML files that options name: the settings of the lab, and the approvers of a report."""

from collections.abc import Container, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from plugfest.lab.settings import LabSettings
from plugfest.lab.settings.rules import setting_problems
from plugfest.lab.verdict import LabError
from plugfest.products import Product, performance_limits
from plugfest.reports.files import NotReadable, read_bytes
from plugfest.reports.model.approval import Approval
from plugfest.toml_files.file import TomlFile
from plugfest.toml_files.problems import InvalidFile, Key, LocatedProblem, Problem, dotted
from plugfest.toml_files.schema import empty_texts, schema_problems, valid_part

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})

FIRMWARE_FILES: Final = ("image", "unusable")
"""Keys of `[firmware]` that name a file, relative to the settings file."""

MAY_BE_EMPTY: Final[frozenset[Key]] = frozenset({("display",)})
"""Settings that have a meaning when they are empty."""

TIMEOUTS: Final = {"response": "response_timeout", "triggered_function": "function_timeout"}
"""Settings of the lab by the performance indicator whose limit they take."""


OPTIONS: Final = {
    "identity": "--identity",
    "password": "the password",
    "host": "--host",
    "port": "--listen",
    "security_profile": "--security-profile",
}
"""What gives a setting beside the file: an option of `plugfest certify`."""


class InvalidToml(LabError):
    """A file that is not TOML, or with keys or values that do not belong there; or a setting that cannot be."""


def vendor_timeouts(product: Product) -> dict[str, float]:
    """The timeouts that follow from the performance limits of the vendor."""
    return {TIMEOUTS[key]: limit for key, limit in performance_limits(product).items() if key in TIMEOUTS}


def load_settings(
    path: Path | None,
    product: Product,
    *,
    defaults: Mapping[str, object] = NOTHING,
    given: Mapping[str, object] = NOTHING,
) -> LabSettings:
    """The settings in a file; `defaults` replace the lab's own defaults, `given` options those in the file.

    Raises:
        NotReadable: the file cannot be read.
        InvalidToml: it has an unknown setting, or names a file that cannot be read, or a setting has a value that
            cannot be; all errors at once.
    """
    file = None if path is None else _parsed(path)
    problems: list[Problem] = []
    table = {**defaults, **({} if path is None or file is None else _with_files(file, path, problems)), **given}
    problems += schema_problems(table, LabSettings)
    invalid = frozenset(one.key for one in problems)
    settings = msgspec.convert(valid_part(table, LabSettings, invalid), LabSettings)
    problems += (one for one in setting_problems(settings, product) if not _is_in(one.key, invalid))
    found = frozenset(one.key for one in problems)
    problems += (one for one in empty_texts({} if file is None else file.tables) if one.key not in found | MAY_BE_EMPTY)
    if problems:
        raise InvalidToml(str(InvalidFile.of(_located(one, file, given) for one in problems)))
    return settings


def files_named_in(path: Path) -> list[str]:
    """The files that a settings file names, as it names them. Raises NotReadable, InvalidToml."""
    tables = _parsed(path).tables
    firmware, roots = tables.get("firmware"), tables.get("station_roots")
    named = [firmware.get(key) for key in FIRMWARE_FILES] if isinstance(firmware, dict) else []
    named += roots if isinstance(roots, list) else []
    return [one for one in named if isinstance(one, str)]


def _is_in(key: Key, others: Container[Key]) -> bool:
    """Whether a value is one of others, or a part of one."""
    return any(key[:length] in others for length in range(1, len(key) + 1))


def load_approval(path: Path | None) -> Approval:
    """The names in a file; none without a file.

    Raises:
        NotReadable: the file cannot be read.
        InvalidToml: it has other keys than those of an approval, or an empty text.
    """
    if path is None:
        return Approval()
    file = _parsed(path)
    try:
        file.check((*schema_problems(file.tables, Approval), *empty_texts(file.tables)))
    except InvalidFile as error:
        raise InvalidToml(str(error)) from None
    return msgspec.convert(file.tables, Approval)


def read_pem(path: Path) -> str:
    """The text of a certificate file. Raises NotReadable."""
    return read_bytes(path).decode(errors="replace")


def _located(problem: Problem, file: TomlFile | None, given: Mapping[str, object]) -> LocatedProblem:
    """The problem at its line of the file, or at its option, or as a setting that has its default."""
    name = str(problem.key[0])
    if name in given:
        return LocatedProblem(file=OPTIONS.get(name, name), wrong=problem.wrong, right=problem.right)
    if file is not None and name in file.tables:
        return file.locate(problem)
    return LocatedProblem(file="settings", key=dotted(problem.key), wrong=problem.wrong, right=problem.right)


def _with_files(file: TomlFile, path: Path, problems: list[Problem]) -> dict[str, object]:
    """The tables with the content of the files that they name. A file that cannot be read is a problem, and empty."""

    def content(name: str, *key: str | int) -> bytes:
        try:
            return read_bytes(path.parent / name)
        except NotReadable as error:
            problems.append(Problem(key, str(error), "name another file"))
            return b""

    tables = dict(file.tables)
    firmware = tables.get("firmware")
    if isinstance(firmware, dict):
        named = {key: firmware[key] for key in FIRMWARE_FILES if isinstance(firmware.get(key), str)}
        tables["firmware"] = firmware | {key: content(name, "firmware", key) for key, name in named.items()}
    if isinstance(roots := tables.get("station_roots"), list):
        tables["station_roots"] = [
            content(one, "station_roots", index).decode(errors="replace") if isinstance(one, str) else one
            for index, one in enumerate(roots)
        ]
    return tables


def _parsed(path: Path) -> TomlFile:
    try:
        return TomlFile.parse(str(path), read_bytes(path))
    except InvalidFile as error:
        raise InvalidToml(str(error)) from None
