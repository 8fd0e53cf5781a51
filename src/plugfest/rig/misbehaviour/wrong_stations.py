"""The wrong stations of the self-test, to be chosen by name, message and requirement."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from plugfest.products import Product, load_product, product_names
from plugfest.products.selection import select, titled
from plugfest.rig.misbehaviour.errors import MisbehaviourError
from plugfest.rig.misbehaviour.faults import KINDS
from plugfest.rig.selftest.behaviours.behaviour import Behaviour
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE

MAX_SHOWN: Final = 5
"""How many ids an error shows."""

_HARDWARE: Final = re.compile(r"\bHFS-\d")
"""The ids of the PICS for hardware."""

_SIGNS: Final = {"+": "plus", "-": "minus"}


class WrongStation(msgspec.Struct, frozen=True):
    """A wrong station, as it is chosen and listed. `id` is its name in lower case with hyphens.

    `messages`: in which its defect was found; empty: in the connection itself. `cases`: the situations in which it
    shows.
    """

    id: str
    does: str
    ocpp_version: str
    messages: tuple[str, ...]
    requirement: str
    cases: tuple[str, ...]

    @property
    def behaviour(self) -> Behaviour:
        """What the self-test has of it."""
        return _behaviours()[f"{self.ocpp_version}: {self.does}"]


@cache
def wrong_stations(ocpp_version: str | None = None) -> tuple[WrongStation, ...]:
    """All of them, or those of an OCPP version."""
    found = _messages()
    every = (_wrong_station(behaviour, found) for behaviour in CATALOGUE)
    return tuple(each for each in every if ocpp_version in (None, each.ocpp_version))


def find(text: str, product: Product) -> WrongStation:
    """The wrong station with this id or name, or with this part of it. Raises MisbehaviourError."""
    same_version = wrong_stations(product.ocpp_version)
    found = _found(text, same_version)
    if len(found) > 1:
        raise MisbehaviourError(f"{text}: fits {len(found)} misbehaviours, {_listed(found)}; give more of the id")
    if not found:
        raise MisbehaviourError(_unknown(text, product, same_version))
    obstacle = Suitability(product).obstacle(found[0])
    if obstacle:
        raise MisbehaviourError(f"{found[0].id}: {product.slug} cannot show it: {obstacle}{_hint(found[0])}")
    return found[0]


class Suitability:
    """Which wrong stations a product can be."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._cases = {case.id: case for case in select(product)}

    def fitting(self, among: Iterable[WrongStation]) -> list[WrongStation]:
        """Those that it can be."""
        return [each for each in among if not self.obstacle(each)]

    def obstacle(self, wrong: WrongStation) -> str:
        """What the product lacks for every case that detects the defect: a profile or hardware. Empty: nothing."""
        if wrong.ocpp_version != self._product.ocpp_version:
            return f"it is for OCPP {wrong.ocpp_version}"
        missing = [self._missing(case_id) for case_id in wrong.cases]
        return missing[0] if all(missing) else ""

    def shows(self, wrong: WrongStation) -> bool:
        """Whether one of the cases that detect the defect applies to the product."""
        return any(case_id in self._cases and self._cases[case_id].applies for case_id in wrong.cases)

    def _missing(self, case_id: str) -> str:
        case = self._cases.get(case_id)
        if case is None or case.applies:
            return ""
        if case.profile in self._product.profiles and not _HARDWARE.search(case.reason):
            return ""
        return titled(case.reason.removeprefix("not applicable: "), self._product.feature_catalog)


def _unknown(text: str, product: Product, same_version: Sequence[WrongStation]) -> str:
    other = _found(text, [each for each in wrong_stations() if each.ocpp_version != product.ocpp_version])
    if other:
        is_for = f"is for OCPP {other[0].ocpp_version}, {product.slug} for OCPP {product.ocpp_version}"
        return f"{text}: {is_for}"
    near = get_close_matches(_id(text), [*KINDS, *(each.id for each in same_version)], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`plugfest misbehaviours` lists them"
    return f"{text}: there is no such misbehaviour of OCPP {product.ocpp_version}; {hint}"


def _found(text: str, among: Iterable[WrongStation]) -> list[WrongStation]:
    wanted = _id(text)
    parts = [each for each in among if wanted and wanted in each.id]
    return [each for each in parts if each.id == wanted] or parts


def _listed(found: Sequence[WrongStation]) -> str:
    shown = ", ".join(each.id for each in found[:MAX_SHOWN])
    return f"{shown}, ..." if len(found) > MAX_SHOWN else shown


def _hint(wrong: WrongStation) -> str:
    """A product that can be this wrong station."""
    products = (load_product(name) for name in product_names())
    able = next((each.slug for each in products if Suitability(each).shows(wrong)), None)
    return "" if able is None else f"; {able} can"


def _wrong_station(behaviour: Behaviour, messages: Mapping[str, Sequence[str]]) -> WrongStation:
    version, _, does = behaviour.name.partition(": ")
    found = tuple(messages.get(behaviour.name, ()))
    return WrongStation(_id(behaviour.name), does, version, found, behaviour.requirement, behaviour.cases)


def _id(name: str) -> str:
    """The id of a name: without OCPP version and signs. A text that is an id already remains as it is."""
    does = re.sub(r"^(1\.6|2\.0\.1): *", "", name.strip().lower())
    spelled = re.sub(r"(?<= )[+-](?=\d)", lambda sign: f"{_SIGNS[sign[0]]} ", does)
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")


@cache
def _behaviours() -> Mapping[str, Behaviour]:
    return {behaviour.name: behaviour for behaviour in CATALOGUE}


@cache
def _messages() -> Mapping[str, Sequence[str]]:
    text = files("plugfest.rig.misbehaviour").joinpath("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
