"""Plugfest: a complete OCPP charging station, and a conformance lab that tests it or any other station.

The names in `__all__` are the public Python API; see docs/guides/use-from-python.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugfest.api import catalog
    from plugfest.api.control_client import ControlClient
    from plugfest.api.errors import (
        ActionRefused,
        ControlFailed,
        ImpossibleWait,
        LabFailed,
        NotReached,
        UnusableSettings,
    )
    from plugfest.api.lab import Lab
    from plugfest.api.running import now, run
    from plugfest.api.station import Station

__all__ = [
    "ActionRefused",
    "ControlClient",
    "ControlFailed",
    "ImpossibleWait",
    "Lab",
    "LabFailed",
    "NotReached",
    "Station",
    "UnusableSettings",
    "catalog",
    "now",
    "run",
]

_MODULES = {
    "ActionRefused": "plugfest.api.errors",
    "ControlClient": "plugfest.api.control_client",
    "ControlFailed": "plugfest.api.errors",
    "ImpossibleWait": "plugfest.api.errors",
    "Lab": "plugfest.api.lab",
    "LabFailed": "plugfest.api.errors",
    "NotReached": "plugfest.api.errors",
    "Station": "plugfest.api.station",
    "now": "plugfest.api.running",
    "UnusableSettings": "plugfest.api.errors",
    "run": "plugfest.api.running",
}


def __getattr__(name: str) -> object:
    """Import what is used: a station does not need the lab."""
    if name == "catalog":
        return import_module("plugfest.api.catalog")
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module 'plugfest' has no attribute {name!r}")
