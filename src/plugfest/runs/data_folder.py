"""Where Plugfest keeps data of the user."""

from collections.abc import Mapping
from pathlib import Path


def data_folder(environment: Mapping[str, str]) -> Path:
    """The folder of Plugfest for the data of the user (XDG Base Directory Specification)."""
    data = environment.get("XDG_DATA_HOME", "")
    home = Path(environment["HOME"]) if environment.get("HOME") else Path.home()
    return (Path(data) if Path(data).is_absolute() else home / ".local" / "share") / "plugfest"
