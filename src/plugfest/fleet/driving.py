"""What happens at the stations of a fleet: drivers, EVs and faults from a scenario, misbehaviours on demand."""

from random import Random
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from plugfest.fleet.plan import Member, PlanError, ScenarioText, Share
from plugfest.products import Product
from plugfest.scenarios.file import parse_scenario
from plugfest.scenarios.model import WaitForMessage
from plugfest.scenarios.possible import check_possible
from plugfest.scenarios.runner import perform
from plugfest.scenarios.walk import walk
from plugfest.station.control.virtual_station import VirtualStation
from plugfest.toml_files.problems import InvalidFile

if TYPE_CHECKING:
    from plugfest.rig.misbehaviour import Misbehaviours, StationMisbehaviour

KEPT_FRAMES: Final = 50
"""Frames that a station keeps whose scenario waits for messages."""


class Performance(Protocol):
    """Lets things happen at a station, until they end or it is cancelled."""

    async def __call__(self, virtual: VirtualStation, random: Random) -> None: ...


class Drive(msgspec.Struct, frozen=True):
    """What happens at each station. `keep_frames`: how many frames a station has to keep for it."""

    perform: Performance
    keep_frames: int = 0


def drive_of(text: ScenarioText | None) -> Drive | None:
    """What a scenario lets happen; None if there is none. Raises InvalidFile."""
    if text is None:
        return None
    scenario = parse_scenario(text.name, text.text.encode())
    waits_for_messages = any(isinstance(placed.step, WaitForMessage) for placed, _ in walk(scenario))

    async def drive(virtual: VirtualStation, random: Random) -> None:
        await perform(virtual, scenario, random, compress=text.compress)

    return Drive(drive, KEPT_FRAMES if waits_for_messages else 0)


class ActiveMisbehaviours:
    """The misbehaviours of the stations of a share, read once for each kind of station."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._known: dict[tuple[int, tuple[str, ...]], Misbehaviours] = {}

    def of(self, member: Member) -> "StationMisbehaviour | None":
        """What a station does wrong; None if it does nothing wrong. Raises PlanError."""
        if not member.misbehaviours:
            return None
        kind = member.product, member.misbehaviours
        if kind not in self._known:
            self._known[kind] = _parsed(self._share.products[member.product], member, self._share.seed)
        return self._known[kind].of(member.identity, source=member.source)


def check_drive(share: Share) -> None:
    """Check that every product of a share can do what happens at its stations. Raises PlanError."""
    text = share.scenario
    if text is not None:
        try:
            scenario = parse_scenario(text.name, text.text.encode())
            for product in share.products:
                check_possible(scenario, product)
        except InvalidFile as error:
            raise PlanError(str(error)) from None
    kinds = {(member.product, member.misbehaviours): member for member in share.members if member.misbehaviours}
    for member in kinds.values():
        _parsed(share.products[member.product], member, share.seed)


def _parsed(product: Product, member: Member, seed: int) -> "Misbehaviours":
    from plugfest.rig.misbehaviour import MisbehaviourError, parse  # it imports the lab

    try:
        return parse(member.misbehaviours, product, seed)
    except MisbehaviourError as error:
        raise PlanError(f"--misbehave {error}") from None
