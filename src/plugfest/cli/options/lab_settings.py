"""The settings of a campaign from a TOML file."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.products import Product, performance_limits
from plugfest.reports.files import read_bytes

FILES = ("image", "unusable")
"""Keys of `[firmware]` that name a file, beside the settings file unless the path is a whole one."""


class BadSettings(LabError):
    """A settings file that cannot be used: where, and what is wrong there."""


TIMEOUTS = {"response": "response_timeout", "triggered_function": "function_timeout"}
"""Settings that are a performance indicator's limit: within it the vendor promises an answer."""


def promised(product: Product) -> dict[str, float]:
    """The timeouts that follow from the limits that the vendor names."""
    return {TIMEOUTS[key]: limit for key, limit in performance_limits(product).items() if key in TIMEOUTS}


def load_settings(path: Path | None, **usual: object) -> LabSettings:
    """The settings of a file, of `usual` where the file says nothing, of the lab where neither does.

    Raises:
        NotReadable: the file cannot be read.
        BadSettings: it says what is no setting.
    """
    table = dict(usual) if path is None else dict(usual) | _table(path)
    try:
        return msgspec.convert(table, LabSettings)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{path}: {error}") from None


def read_pem(path: Path) -> str:
    """The text of a certificate file. Raises NotReadable."""
    return read_bytes(path).decode(errors="replace")


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path} is no TOML: {error}") from None
    firmware = table.get("firmware")
    if isinstance(firmware, dict):
        for key in FILES:
            if isinstance(firmware.get(key), str):
                firmware[key] = read_bytes(path.parent / firmware[key])
    if isinstance(table.get("station_roots"), list):
        table["station_roots"] = [read_pem(path.parent / str(name)) for name in table["station_roots"]]
    return table
