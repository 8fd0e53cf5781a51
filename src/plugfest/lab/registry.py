"""Finds the written cases: every `Case` in a module below `plugfest.lab.cases.<version>`. There is no list to keep."""

import functools
import importlib
import pkgutil
from types import ModuleType

from plugfest.lab.case import Case

PACKAGES = {"2.0.1": "plugfest.lab.cases.v201", "1.6": "plugfest.lab.cases.v16"}


class DoubleCase(Exception):
    """Two modules declare the same case: our mistake."""


@functools.cache
def cases(version: str) -> dict[str, Case]:
    """The written cases of an OCPP version by id; empty where none is written yet."""
    found: dict[str, Case] = {}
    for module in _modules(PACKAGES[version]):
        for value in vars(module).values():
            if isinstance(value, Case):
                if value.id in found and found[value.id] is not value:
                    raise DoubleCase(f"{value.id} is declared again in {module.__name__}")
                found[value.id] = value
    return found


def implemented(version: str) -> frozenset[str]:
    """The ids of the written cases of an OCPP version ("1.6", "2.0.1")."""
    return frozenset(cases(version))


def _modules(package_name: str) -> list[ModuleType]:
    try:
        package = importlib.import_module(package_name)
    except ModuleNotFoundError:
        return []
    names = [found.name for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    return [importlib.import_module(name) for name in sorted(names)]
