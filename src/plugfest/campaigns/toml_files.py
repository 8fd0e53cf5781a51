"""The TOML files that options name: the settings of the lab, and the approvers of a report."""

import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.products import Product, performance_limits
from plugfest.reports.files import read_bytes
from plugfest.reports.model.report import Approval

FIRMWARE_FILES: Final = ("image", "unusable")
"""Keys of `[firmware]` that name a file, relative to the settings file."""

TIMEOUTS: Final = {"response": "response_timeout", "triggered_function": "function_timeout"}
"""Settings of the lab by the performance indicator whose limit they take."""


class InvalidToml(LabError):
    """A file that is not TOML, or has a key or a value that does not belong there."""


def vendor_timeouts(product: Product) -> dict[str, float]:
    """The timeouts that follow from the performance limits of the vendor."""
    return {TIMEOUTS[key]: limit for key, limit in performance_limits(product).items() if key in TIMEOUTS}


def load_settings(path: Path | None, **defaults: object) -> LabSettings:
    """The settings in a file; `defaults` replace the lab's own defaults.

    Raises:
        NotReadable: the file, or one that it names, cannot be read.
        InvalidToml: it has an unknown setting or a value of the wrong type.
    """
    table = defaults if path is None else defaults | _settings_table(path)
    try:
        return msgspec.convert(table, LabSettings)
    except msgspec.ValidationError as error:
        raise InvalidToml(f"{path}: {error}") from None


def load_approval(path: Path | None) -> Approval:
    """The names in a file; none without a file.

    Raises:
        NotReadable: the file cannot be read.
        InvalidToml: it has other keys than those of an approval.
    """
    if path is None:
        return Approval()
    try:
        return msgspec.convert(_table(path), Approval)
    except msgspec.ValidationError as error:
        raise InvalidToml(f"{path}: {error}") from None


def read_pem(path: Path) -> str:
    """The text of a certificate file. Raises NotReadable."""
    return read_bytes(path).decode(errors="replace")


def _settings_table(path: Path) -> dict[str, Any]:
    """The table with the content of the files that it names."""
    table = _table(path)
    firmware = table.get("firmware")
    if isinstance(firmware, dict):
        for key in FIRMWARE_FILES:
            if isinstance(firmware.get(key), str):
                firmware[key] = read_bytes(path.parent / firmware[key])
    if isinstance(table.get("station_roots"), list):
        table["station_roots"] = [read_pem(path.parent / str(name)) for name in table["station_roots"]]
    return table


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidToml(f"{path} is not TOML: {error}") from None
