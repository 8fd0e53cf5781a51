"""What a fleet consists of: the stations with their products, identities, addresses and turns. Pure functions."""

import ipaddress
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain, cycle, islice
from random import Random
from typing import Final, TypeAlias

import msgspec

from plugfest.fleet import IDENTITY_PATTERN
from plugfest.products import Product
from plugfest.security.keys import CertifiedKey

PASSWORD_IDENTITY: Final = "{id}"
"""Stands for the identity of the station in a password of the whole fleet."""

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class PlanError(Exception):
    """A plan that cannot be carried out; the text is one line with what to do."""


class Weighted(msgspec.Struct, frozen=True):
    """A product, and how many of the fleet are of it in relation to the others."""

    product: Product
    weight: float = 1.0


class Misbehaving(msgspec.Struct, frozen=True):
    """A misbehaviour, and the share of the stations that have it, from 0 to 1."""

    text: str
    share: float = 1.0


class ScenarioText(msgspec.Struct, frozen=True):
    """A scenario as the text of its file, whose name errors have. `compress`: see `scenarios.runner.perform`."""

    name: str
    text: str
    compress: float = 1.0


class FleetPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A fleet. It follows from the `seed`: the same plan has the same stations.

    `identity`: a pattern of `str.format` for the number of the station, counted from `first`. `rate`: connections a
    second of the whole fleet. `scenario`: what happens at each station; None: nothing. `sources`: addresses or networks
    of this computer to connect from. `password`: of each station, with PASSWORD_IDENTITY for its identity; `passwords`
    and `keys`: of single stations by their identities. `store_folder`: where each station has a file for its state;
    None: it ends with the process.
    """

    stations: int
    products: tuple[Weighted, ...]
    csms_url: str
    identity: str = IDENTITY_PATTERN
    first: int = 1
    rate: float = 50.0
    seed: int = 1
    scenario: ScenarioText | None = None
    misbehaving: tuple[Misbehaving, ...] = ()
    sources: tuple[str, ...] = ()
    password: str | None = None
    passwords: Mapping[str, str] = {}
    keys: Mapping[str, CertifiedKey] = {}
    csms_roots: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    store_folder: str | None = None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A station of the fleet. `product`: its number among those of the share; `turn`: seconds from the start of the
    fleet to its first connection."""

    identity: str
    product: int
    seed: str
    turn: float
    source: str | None = None
    misbehaviours: tuple[str, ...] = ()
    password: str | None = None
    key: CertifiedKey | None = None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """The stations of one process, with what they have in common: see FleetPlan."""

    members: tuple[Member, ...]
    products: tuple[Product, ...]
    csms_url: str
    seed: int
    scenario: ScenarioText | None = None
    csms_roots: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    store_folder: str | None = None


def members(plan: FleetPlan) -> list[Member]:
    """The stations in the order of their turns. Raises PlanError."""
    identities = _identities(plan)
    products = _products(plan)
    misbehaviours = _misbehaviours(plan)
    sources = _sources(plan)
    return [
        Member(
            identity=identity,
            product=products[number],
            seed=f"{plan.seed}/{identity}",
            turn=number / plan.rate,
            source=next(sources),
            misbehaviours=misbehaviours[number],
            password=_password(plan, identity),
            key=plan.keys.get(identity),
        )
        for number, identity in enumerate(identities)
    ]


def shares(plan: FleetPlan, processes: int) -> list[Share]:
    """The stations of each process. Their turns alternate, so that all processes connect at the same time.

    There are no more shares than stations. Raises PlanError.
    """
    every = members(plan)
    return [
        Share(
            members=tuple(every[first::processes]),
            products=tuple(each.product for each in plan.products),
            csms_url=plan.csms_url,
            seed=plan.seed,
            scenario=plan.scenario,
            csms_roots=plan.csms_roots,
            variables=plan.variables,
            store_folder=plan.store_folder,
        )
        for first in range(min(processes, len(every)))
    ]


def _identities(plan: FleetPlan) -> list[str]:
    try:
        found = [plan.identity.format(plan.first + number) for number in range(plan.stations)]
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise PlanError(f"{plan.identity!r} is no pattern of identities ({error}); use one like CS{{:05d}}") from None
    if len(set(found)) < len(found):
        raise PlanError(f"{plan.identity!r} gives stations the same identity; it needs a place for the number: CS{{}}")
    return found


def _products(plan: FleetPlan) -> list[int]:
    """The number of the product of each station: exact shares by weight, in an order from the seed."""
    weights = [each.weight for each in plan.products]
    total = sum(weights)
    if not total > 0 or not math.isfinite(total) or min(weights) < 0:
        raise PlanError("the weights of the products have to be positive numbers")
    bounds = [round(plan.stations * upto / total) for upto in accumulate(weights)]
    found = [
        number for number, (low, high) in enumerate(zip([0, *bounds], bounds, strict=False)) for _ in range(low, high)
    ]
    Random(f"{plan.seed}/products").shuffle(found)
    return found


def _misbehaviours(plan: FleetPlan) -> list[tuple[str, ...]]:
    """The misbehaviours of each station: of each text, exactly its share of the stations has it."""
    found: list[tuple[str, ...]] = [()] * plan.stations
    for each in plan.misbehaving:
        count = round(plan.stations * each.share)
        for number in Random(f"{plan.seed}/{each.text}").sample(range(plan.stations), count):
            found[number] += (each.text,)
    return found


def _password(plan: FleetPlan, identity: str) -> str | None:
    own = plan.passwords.get(identity)
    return own if own is not None or plan.password is None else plan.password.replace(PASSWORD_IDENTITY, identity)


def _sources(plan: FleetPlan) -> Iterator[str | None]:
    """The source address of each station in turn; None: the system chooses it."""
    every = list(islice(chain.from_iterable(addresses(text) for text in plan.sources), plan.stations))
    return cycle([str(address) for address in every] or [None])


def addresses(text: str) -> Iterator[_Address]:
    """The addresses of a network (127.0.0.0/24) without those that no host has, or one address. Raises PlanError."""
    try:
        return iter(ipaddress.ip_network(text, strict=False).hosts())
    except ValueError:
        raise PlanError(f"{text!r} is neither an IP address nor a network such as 127.0.0.0/24") from None


def files_needed(shares: Sequence[Share]) -> int:
    """The largest number of files and sockets that one process has open."""
    return max(len(share.members) * (1 if share.store_folder is None else 1 + FILES_OF_STORE) for share in shares)


FILES_OF_STORE: Final = 4
"""Files that are open for a store: the database, its log, its index and its lock."""
