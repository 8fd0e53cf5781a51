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
from plugfest.products.selection import select
from plugfest.rig.misbehaviour.errors import MisbehaviourError
from plugfest.rig.misbehaviour.faults import KINDS
from plugfest.rig.selftest.behaviours.behaviour import Behaviour
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE

MAX_SHOWN: Final = 5
"""How many ids an error shows."""

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
    if not fitting(found, product):
        able = " or ".join(name for name, cases in _cases_of_products().items() if cases & set(found[0].cases))
        raise MisbehaviourError(f"{found[0].id}: {product.slug} has not what it needs; such a product is {able}")
    return found[0]


def fitting(among: Iterable[WrongStation], product: Product) -> list[WrongStation]:
    """Those whose defect a product can show: one of the cases that detect it applies to the product.

    Cases that apply to no product of the catalog decide nothing.
    """
    applicable = _applicable(product)
    return [
        each
        for each in among
        if each.ocpp_version == product.ocpp_version
        and (not applicable.isdisjoint(each.cases) or _cases_of_all_products().isdisjoint(each.cases))
    ]


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


def _applicable(product: Product) -> frozenset[str]:
    return frozenset(case.id for case in select(product) if case.applies)


@cache
def _cases_of_products() -> Mapping[str, frozenset[str]]:
    """The cases that apply to each product of the catalog."""
    return {name: _applicable(load_product(name)) for name in product_names()}


@cache
def _cases_of_all_products() -> frozenset[str]:
    return frozenset().union(*_cases_of_products().values())


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
