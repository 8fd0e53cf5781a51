"""Planted defects: stations that are wrong in one way, to prove that the invariants can find it."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from plugfest.hardware.ports import MeasurementChanged
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.link.backoff import Backoff
from plugfest.link.peer import NoAnswer
from plugfest.ocpp.rpc import RpcEndpoint
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch, patched
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, later
from plugfest.rig.simulation.invariants.rules import Violation
from plugfest.rig.simulation.run import run_world
from plugfest.rig.simulation.worlds.generation import generate
from plugfest.station.blocks.g_availability.status_reporter import StatusReporter
from plugfest.station.blocks.l_firmware_management.updater import Updater
from plugfest.station.connection import outbox
from plugfest.station.connection.handlers import Handlers
from plugfest.station.connection.outbox import Outbox
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.tokens import TokenInfo
from plugfest.station.model.charging import power_path
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.charging.energy import EnergyControl
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.display.messages import DisplayMessages
from plugfest.station.model.monitoring.event_ids import EventIds
from plugfest.station.model.smart_charging import composite, limiter
from plugfest.station.model.station_model import StationModel
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions import transactions
from plugfest.station.model.transactions.event_recorder import TransactionEventRecorder
from plugfest.station.station import Station


class Defect(msgspec.Struct, frozen=True):
    """A station with one fault, in one or more functions."""

    name: str
    patches: tuple[Patch, ...]


class SeedViolation(msgspec.Struct, frozen=True):
    """A seed whose world has shown a defect, by the rule that it breaks."""

    seed: int
    violation: Violation


class Detection(msgspec.Struct, frozen=True):
    """In which of so many seeds a defect was found."""

    defect: str
    seeds: int
    found: tuple[SeedViolation, ...]


def _forgets_removal(original: Function) -> Function:
    """The message leaves the queue in memory, but not the store."""

    def remove(self: Any, key: str) -> None:
        self.retry_at = 0.0
        del self.messages[key]

    return remove


def _keeps_in_memory(original: Function) -> Function:
    def put(self: Any, key: str, message: Any) -> None:
        self.messages[key] = message

    return put


def _saves_without_transaction(original: Function) -> Function:
    """A session with a transaction is not stored."""
    return lambda self, session: None if session.transaction is not None else original(self, session)


def _without_authorization(original: Function) -> Function:
    def start_or_stop(self: Any, session: Any, path: Any) -> None:
        if session.state.connected and session.connector_id and not path.delivering:
            path.deliver(session.connector_id)
        elif not session.state.connected:
            original(self, session, path)

    return start_or_stop


def _each_gets_all(original: Function) -> Function:
    """Every EVSE gets the whole limit of the station."""
    return lambda total, requested, *_: {evse_id: min(total, power) for evse_id, power in requested.items()}


def _sends_when_connected(original: Function) -> Function:
    def connected(self: Any) -> None:
        original(self)
        self._outbox.open(self._registration.send_queued)

    return connected


def _does_not_wait(original: Function) -> Function:
    """The next CALL is sent without the answer to the one before."""

    def send_next(self: Any, now: float) -> None:
        self._pending = None
        original(self, now)

    return send_next


def _ignores(action: str) -> Callable[[Function], Function]:
    def make(original: Function) -> Function:
        def answer(self: Any, request: Any) -> Any:
            if request.action == action:
                raise NoAnswer
            return original(self, request)

        return answer

    return make


def _gives_up(original: Function) -> Function:
    """After the last doubling it waits for a day."""
    return lambda self: original(self) if self._doublings_left else 86_400.0


def _meter_forgets(original: Function) -> Function:
    def power_off(self: Any) -> None:
        original(self)
        for evse in self.evses.values():
            evse.meter._register = evse._counted_register = 0.0

    return power_off


def _keeps_unlocking(original: Function) -> Function:
    """The driver before can still unlock the cable."""

    def authorize(self: Any, session: Any, *args: Any, **kwargs: Any) -> None:
        before = session.unlock_authorization
        original(self, session, *args, **kwargs)
        session.unlock_authorization = before

    return authorize


def _forgets_to_cancel(original: Function) -> Function:
    """A timer that was set again runs nevertheless."""

    def cancel(self: Any, name: str) -> None:
        self._running.pop(name, None)

    return cancel


def _same_id(original: Function) -> Function:
    def begin(self: Any, session: Any) -> Any:
        transaction = original(self, session)
        transaction.id = "00000000-0000-4000-8000-000000000001"
        return transaction

    return begin


def _skips_a_number(original: Function) -> Function:
    """The number of an event that was recorded offline is used up twice."""

    def record(self: Any, session: Any, *args: Any) -> None:
        original(self, session, *args)
        if not self._online():
            session.transaction.next_seq_no += 1

    return record


def _ignores_measurements(original: Function) -> Function:
    def handle(self: Any, event: Any) -> None:
        if not isinstance(event, MeasurementChanged):
            original(self, event)

    return handle


def _counts_anew(original: Function) -> Function:
    """After a start the ids begin with 1."""

    def next_id(self: Any) -> int:
        self.last = getattr(self, "last", 0) + 1
        return int(self.last)

    return next_id


def _newest_first(original: Function) -> Function:
    return lambda self: (None, "", self._volatile[0]) if self._volatile else original(self)


def _not_locked(original: Function) -> Function:
    return lambda self, connector: connector.contactor.close()


def _keeps_its_meter(original: Function) -> Function:
    """It is not noticed that the meter has failed."""

    def read_meter(self: Any) -> Any:
        reading = original(self)
        self.meter_failed = False
        return reading

    return read_meter


def _raises(original: Function) -> Function:
    """The error of a meter is not handled."""
    return lambda meter: meter.read()


def _is_not_resumed(original: Function) -> Function:
    """What the end of a connection or of power has interrupted is not resumed, and no status is repeated."""
    return lambda self: self._online.set()


def _defect(name: str, *patches: Patch) -> Defect:
    return Defect(name, patches)


DEFECTS: Final = (
    _defect("an answered message stays in the store", Patch(outbox._Queue, "remove", _forgets_removal)),
    _defect("the queue is kept in memory only", Patch(outbox._Queue, "put", _keeps_in_memory)),
    _defect("a message is given up after one attempt", Patch(Outbox, "_is_last", always(True))),
    _defect("a session is not stored", Patch(ChargingSessions, "save", _saves_without_transaction)),
    _defect("energy without an authorization", Patch(EnergyControl, "_start_or_stop", _without_authorization)),
    _defect("every token is accepted", Patch(Authorizer, "authorize", later(TokenInfo()))),
    _defect(
        "the cable is not locked", Patch(PowerPath, "lock_cable", always(True)), Patch(PowerPath, "_close", _not_locked)
    ),
    _defect("the cable of a driver is unlocked by the one before", Patch(Charging, "authorize", _keeps_unlocking)),
    _defect("contactors stay closed", Patch(PowerPath, "_open_contactors", NOTHING)),
    _defect("limits are not applied", Patch(limiter.Limiter, "_apply", NOTHING)),
    _defect("each EVSE gets the limit of the station", Patch(limiter, "share", _each_gets_all)),
    _defect("later periods of a profile are ignored", Patch(composite, "_edges", always([0.0]))),
    _defect("messages queued offline are sent after newer ones", Patch(Outbox, "_next", _newest_first)),
    _defect(
        "a transaction goes on without its EV",
        Patch(transactions, "ends", always(False)),
        Patch(transactions, "is_abandoned", always(False)),
    ),
    _defect("messages before the station is accepted", Patch(Station, "connected", _sends_when_connected)),
    _defect("a second CALL before the answer", Patch(RpcEndpoint, "_send_next", _does_not_wait)),
    _defect("a request is not answered", Patch(Handlers, "answer", _ignores("TriggerMessage"))),
    _defect("reconnection is given up", Patch(Backoff, "__next__", _gives_up)),
    _defect("the meter forgets its register", Patch(VirtualHardware, "power_off", _meter_forgets)),
    _defect("a failed meter is not noticed", Patch(PowerPath, "read_meter", _keeps_its_meter)),
    _defect("the error of a meter is not handled", Patch(power_path, "reading_of", _raises)),
    _defect("an interrupted firmware update is not resumed", Patch(Updater, "online", _is_not_resumed)),
    _defect("status changes while offline are not reported", Patch(StatusReporter, "is_reported", always(True))),
    _defect("a timer is not cancelled", Patch(Timers, "cancel", _forgets_to_cancel)),
    _defect("two transactions have one id", Patch(TransactionEventRecorder, "begin", _same_id)),
    _defect("the ids of events begin anew", Patch(EventIds, "next", _counts_anew)),
    _defect("a message is not cleared", Patch(DisplayMessages, "delete", always(True))),
    _defect("a changed measurement is ignored", Patch(StationModel, "_handle", _ignores_measurements)),
    _defect("a number is left out", Patch(TransactionEventRecorder, "record", _skips_a_number)),
)
"""Each is found in some hundred seeds; most in the first ten."""


def detect(defect: Defect, seeds: Iterable[int], *, enough: int | None = None) -> Detection:
    """Run worlds with the defect. `enough`: after so many in which a rule was broken no more are run."""
    count = 0
    found: list[SeedViolation] = []
    with patched(defect.patches):
        for seed in seeds:
            count += 1
            violation = run_world(generate(seed)).violation
            if violation is not None:
                found.append(SeedViolation(seed, violation))
            if len(found) == enough:
                break
    return Detection(defect.name, count, tuple(found))
