"""The misbehaviours that a user asks for, and what they are for one station."""

from collections.abc import Iterable
from contextvars import Context, copy_context

import msgspec

from plugfest.link.client import OpenWebSocket
from plugfest.ocpp.versions import by_name
from plugfest.products import Product
from plugfest.rig.misbehaviour.activation import ACTIVE, ActiveFunctions, install
from plugfest.rig.misbehaviour.errors import MisbehaviourError
from plugfest.rig.misbehaviour.faults import KINDS, TransportFault, parse_fault
from plugfest.rig.misbehaviour.faulty_network import FaultyNetwork
from plugfest.rig.misbehaviour.faulty_websocket import Notice
from plugfest.rig.misbehaviour.transmission import Faults
from plugfest.rig.misbehaviour.wrong_stations import Suitability, WrongStation, find, wrong_stations
from plugfest.station.setup.shared import SHARING


class Misbehaviours(msgspec.Struct, frozen=True):
    """What stations of a product do wrong. Any number of stations can have it, each with chances of its own."""

    product: Product
    wrong_stations: tuple[WrongStation, ...]
    faults: tuple[TransportFault, ...]
    seed: int

    @property
    def lines(self) -> list[str]:
        """What the stations do wrong, one line each."""
        suitability = Suitability(self.product)
        wrong = [_line(each, shows=suitability.shows(each)) for each in self.wrong_stations]
        return wrong + [f"{each}: {KINDS[each.name].does}" for each in self.faults]

    def of(self, identity: str, notice: Notice = lambda _: None, source: str | None = None) -> "StationMisbehaviour":
        """These misbehaviours for the station `identity`. `notice` gets a line for each transport fault.

        `source`: see `link.client.connect`.
        """
        return StationMisbehaviour(self, identity, notice, source)


class StationMisbehaviour:
    """What one station does wrong. `context` and `open_websocket` are for its VirtualStation."""

    def __init__(self, misbehaviours: Misbehaviours, identity: str, notice: Notice, source: str | None = None) -> None:
        self._present = misbehaviours
        self._functions = ActiveFunctions()
        self._faults = Faults(f"{misbehaviours.seed}/{identity}")
        self._network = FaultyNetwork(self._faults, notice, source)
        self.open_websocket: OpenWebSocket = self._network.connect
        self.context: Context = copy_context()
        self.context.run(ACTIVE.set, self._functions)
        self.context.run(SHARING.set, False)
        self._activate(misbehaviours)

    @property
    def present(self) -> Misbehaviours:
        """What the station does wrong now."""
        return self._present

    def prepare(self) -> None:
        """Make every wrong station possible at run time.

        What handles requests is registered when the power is switched on. It can be replaced at run time only if it was
        made replaceable before.
        """
        for each in wrong_stations(self._present.product.ocpp_version):
            for patch in each.behaviour.patches:
                install(patch)

    def add(self, texts: Iterable[str]) -> None:
        """Do this wrong too, from now on. Raises MisbehaviourError; then nothing has changed."""
        before, self._present = self._present, _added(self._present, texts)
        self._activate(self._present, len(before.wrong_stations))

    def end(self) -> None:
        """Do nothing wrong any more. What is already late still arrives late."""
        self._present = msgspec.structs.replace(self._present, wrong_stations=(), faults=())
        self._functions.clear()
        self._faults.replace(())

    def close(self) -> None:
        """Drop the connections that the station has left half open. The station has to be closed before."""
        self._network.close()

    def _activate(self, misbehaviours: Misbehaviours, first: int = 0) -> None:
        """`first`: the first wrong station that was not active before."""
        self._functions.add(each.behaviour for each in misbehaviours.wrong_stations[first:])
        self._faults.replace(misbehaviours.faults)


def _line(wrong: WrongStation, *, shows: bool) -> str:
    note = "" if shows else f"; may not show: no case that detects it applies to the product ({', '.join(wrong.cases)})"
    return f"{wrong.does} ({wrong.requirement}){note}"


def parse(texts: Iterable[str], product: Product, seed: int = 0) -> Misbehaviours:
    """The misbehaviours with these names.

    Each text is a transport fault with its parameters, such as `late:rate=0.2,seconds=1-5`, or the id or the name of a
    wrong station, or a part of it that no other one has. Raises MisbehaviourError.
    """
    return _added(Misbehaviours(product, (), (), seed), texts)


def _added(present: Misbehaviours, texts: Iterable[str]) -> Misbehaviours:
    wrong, faults = list(present.wrong_stations), list(present.faults)
    for text in texts:
        name, _, parameters = text.strip().partition(":")
        if name in KINDS:
            faults.append(parse_fault(name, parameters, by_name(present.product.ocpp_version)))
            continue
        if "=" in parameters:
            raise MisbehaviourError(f"{name}: only transport faults have parameters: {', '.join(KINDS)}")
        found = find(text, present.product)
        if found in wrong:
            raise MisbehaviourError(f"{text}: {found.id} is given twice")
        wrong.append(found)
    return msgspec.structs.replace(present, wrong_stations=tuple(wrong), faults=tuple(faults))
