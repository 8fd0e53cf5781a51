"""Where Plugfest deals with a requirement of OCPP: cases, wrong stations and code that name it."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import msgspec

from plugfest.lab.selection import cases
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE

MAX_PLACES: Final = 30

_CODE: Final = ("station", "lab")


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """What names a requirement: cases that judge it, wrong stations that violate it, lines of code with their place."""

    id: str
    cases: list[str]
    wrong_stations: list[str]
    code: list[str]


def requirement(id: str) -> Requirement:
    """A requirement such as E07.FR.02, or a section such as 4.10 of OCPP 1.6. Nothing is found for an unknown one."""
    named = re.compile(rf"(?<![\w.]){re.escape(id)}(?!\w|\.\d)", re.IGNORECASE)
    return Requirement(
        id=id,
        cases=[
            case.id
            for version in ("1.6", "2.0.1")
            for case in cases(version).values()
            if any(named.search(each) for each in case.requirements)
        ],
        wrong_stations=[each.name for each in CATALOGUE if named.search(each.requirement)],
        code=[place for place, line in _lines() if named.search(line)][:MAX_PLACES],
    )


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    """Every line of code with a comment, and its place and text."""
    return tuple(_walk())


def _walk() -> Iterator[tuple[str, str]]:
    for package in _CODE:
        for path, file in _files(resources.files("plugfest") / package, package):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if "FR." in line or "#" in line:
                    yield f"plugfest/{path}:{number}: {line.strip()}", line


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        inner = f"{path}/{each.name}"
        if each.is_dir():
            yield from _files(each, inner)
        elif each.name.endswith(".py"):
            yield inner, each
