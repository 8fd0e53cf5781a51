"""What operator actions and lab requests have changed at the connectors, as far as the lab can know."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from math import inf
from typing import Any, NamedTuple

import msgspec

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.recording.record import Direction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.registration import FIRMWARE_STATUSES, Occurrence, first_accepted_boot
from plugfest.ocpp.message import Request

ConnectorAddress = tuple[int, int]
"""evse_id and connector_id."""

AvailabilityTarget = tuple[int | None, int | None]
"""evse_id and connector_id of what is made inoperative: without connector_id an EVSE, without both the station."""

NO_CABLE, BOTH_ENDS = frozenset[str](), frozenset({"ev", "evse"})
"""Which ends of the cable are plugged in."""

CABLE_STATES, EITHER = (NO_CABLE, frozenset({"evse"}), BOTH_ENDS), (False, True)
"""The values of a state before the first change that the lab has seen, the one of an idle station first."""

CLOCK_RESOLUTION = 1.0
"""Seconds: a timestamp may be in whole seconds."""

FAILED_UPDATE = frozenset({"DownloadFailed", "InvalidSignature", "InstallVerificationFailed", "InstallationFailed"})
"""The firmware statuses with which an update has failed."""

REFUSED = frozenset({"Rejected", "Faulted", "Occupied", "Unavailable", "InvalidCertificate", "RevokedCertificate"})
"""The statuses of responses to a reset, a firmware update or a reservation that does not happen."""


class ValueChange(msgspec.Struct, frozen=True):
    """A change to a new value at an unknown moment between two loop times.

    `frame` is the index of the first frame that can follow from it: what was sent before cannot.
    """

    earliest: float
    latest: float
    value: object
    frame: int = 0


class StatusPeriod(msgspec.Struct, frozen=True):
    """The loop times between which a status applied that was reported at `until`, in this frame."""

    since: float
    until: float
    frame: int


class StartAttempt(NamedTuple):
    """When a token was presented or a remote start requested: the loop time, and the first frame after it."""

    at: float
    frame: int


class Reservation(NamedTuple):
    """What a request reserves: the EVSE, or any one if None."""

    id: int
    expiry: datetime
    evse_id: int | None


class NotedStatus(NamedTuple):
    """A status that a connector may have had."""

    connector: ConnectorAddress
    status: str
    period: StatusPeriod


HistoryKey = tuple[str, object]
"""A kind of state, and the connector, EVSE or target that it is about."""


class NoticedChanges(msgspec.Struct, frozen=True):
    """The number of changes of a state that the station has noticed, according to a status that applied `since`."""

    number: int
    since: float

    def excludes_earlier(self, number: int, change: ValueChange, period: StatusPeriod) -> bool:
        """Whether the values before this change are over for a status of this period; an old one may be repeated."""
        return number <= self.number and change.latest <= period.until and period.since >= self.since


class ConnectorHistory(ABC):
    """The states of connectors and their uncertainty: operator and station take time to act and to react.

    Operator actions are the same in every version; a subclass interprets the requests of its version. The methods that
    return a set return every value that the station may have seen.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._tolerance = evidence.settings.time_tolerance
        self._may_bring_state = not evidence.began_idle
        self._noticed: dict[HistoryKey, NoticedChanges] = {}
        self._undecided: dict[HistoryKey, list[int]] = {}
        self._assumed: dict[HistoryKey, int] = {}
        self._noted: list[NotedStatus] = []

    def note(self, connector: ConnectorAddress, status: str, period: StatusPeriod) -> None:
        """Note a reported status that is explained, for the later ones."""
        self._noted.append(NotedStatus(connector, status, period))

    def explain(self, condition: Callable[[], str | None], period: StatusPeriod) -> str | None:
        """The result of a condition on this history for a reported status.

        The tolerance of the lab is for the moment at which the station notices a change: where only the value after
        the change explains the status, a later status cannot be explained by the value before it.
        """
        self._undecided.clear()
        unmet = condition()
        if unmet is None:
            for key, numbers in list(self._undecided.items()):
                self._notice(key, numbers, condition, period)
        return unmet

    def _notice(
        self, key: HistoryKey, numbers: Iterable[int], condition: Callable[[], str | None], period: StatusPeriod
    ) -> None:
        """Note the first of the changes with these numbers after which the condition is met."""
        for number in numbers:
            self._assumed = {key: number}
            if condition() is None:
                self._noticed[key] = NoticedChanges(number, period.since)
                break
        self._assumed = {}

    def cable(self, connector: ConnectorAddress, period: StatusPeriod) -> set[object]:
        """The ends of the cable that may have been plugged in."""
        return self._possible_values(("cable", connector), self._cable_changes(connector), CABLE_STATES, period)

    def faulted(self, connector: ConnectorAddress, period: StatusPeriod) -> set[object]:
        """Whether the connector may have had a fault."""
        actions = self._actions_at(connector, ActionKind.FAULT, ActionKind.CLEAR_FAULT)
        changes = (_change(action, action.kind is ActionKind.FAULT) for action in actions)
        return self._possible_values(("fault", connector), changes, EITHER, period)

    def may_fail_to_lock(self, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether the lock may have failed, which a station may report as a fault of the connector."""
        actions = self._actions_at(
            connector, ActionKind.JAM_LOCK, ActionKind.RELEASE_LOCK, ActionKind.PLUG_IN, ActionKind.UNPLUG
        )
        changes = (_change(action, action.kind is ActionKind.JAM_LOCK or not action.seated) for action in actions)
        return True in self._possible_values(("lock", connector), changes, EITHER, period)

    def inoperative(self, connector: ConnectorAddress, period: StatusPeriod) -> set[object]:
        """Whether the lab may have made inoperative the connector, its EVSE or the station."""
        targets = [
            self._possible_values(("availability", target), self._availability_changes(target), EITHER, period)
            for target in self._targets(connector)
        ]
        operative, inoperative = all(False in each for each in targets), any(True in each for each in targets)
        return {value for value, is_possible in ((False, operative), (True, inoperative)) if is_possible}

    def in_use(self, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether an EV, a token or a remote start may have occupied its EVSE, and had not left it again."""
        if self._may_bring_state:
            return True
        evse_id, _ = connector
        with_ev = not self._has_left(connector, period) and (
            any(self.cable(each, period) != {NO_CABLE} for each in self._connectors_with_cables(evse_id))
            or True in self._parked(evse_id, period)
        )
        return with_ev or any(
            not self._is_over(evse_id, attempt, period) for attempt in self._start_attempts(evse_id, period)
        )

    def reserved(self, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether the connector may be reserved."""
        return self._may_bring_state or any(
            reservation.evse_id in (None, connector[0])
            and not _is_refused(exchange)
            and not any(self._is_past(end, connector, period) for end in self._reservation_ends(exchange, reservation))
            and not self._has_left_reservation(exchange, reservation, connector, period)
            for exchange, reservation in self._reservations(period)
        )

    def reset_or_update_pending(self, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether the station may refuse new sessions because of a reset or a firmware update."""
        if self._may_bring_state:
            return True
        for exchange in self._exchanges_until(period):
            if exchange.request is None or _is_refused(exchange):
                continue
            if self._resets(exchange.request):
                end = first_accepted_boot(self._evidence, exchange.frame)
            elif self._updates(exchange.request):
                end = self._end_of_update(exchange, period)
            else:
                continue
            if end is None or not self._is_past(end, connector, period):
                return True
        return False

    # What the requests of the version mean

    @abstractmethod
    def _targets(self, connector: ConnectorAddress) -> Iterable[AvailabilityTarget]:
        """What can be made inoperative and includes this connector: the station, its EVSE, itself."""

    @abstractmethod
    def _availability_change(self, request: Request[Any]) -> tuple[AvailabilityTarget, bool] | None:
        """What a request makes operative (False) or inoperative (True); None for other requests."""

    @abstractmethod
    def _may_start(self, request: Request[Any], evse_id: int) -> bool:
        """Whether the request may start a transaction at the EVSE."""

    @abstractmethod
    def _reservation(self, request: Request[Any]) -> Reservation | None:
        """What a request reserves; None for other requests."""

    @abstractmethod
    def _resets(self, request: Request[Any]) -> bool:
        """Whether the request is for a reset."""

    @abstractmethod
    def _updates(self, request: Request[Any]) -> bool:
        """Whether the request is for a firmware update."""

    def _is_over(self, evse_id: int, attempt: StartAttempt, period: StatusPeriod) -> bool:
        """Whether the session that may have begun with this attempt had ended, according to the station."""
        return False

    # When the effects of requests end

    def _is_past(self, end: Occurrence, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether the station had time to notice this end before the period, or has reported Available after it."""
        is_late = end.frame < period.frame and end.at + self._tolerance < period.since
        return is_late or self._noted_after(end, connector, "Available", period) is not None

    def _noted_after(
        self, since: Occurrence, connector: ConnectorAddress, status: str, period: StatusPeriod
    ) -> StatusPeriod | None:
        """The first such status of the connector after this moment that is not newer than the period."""
        for noted in self._noted:
            if (noted.connector, noted.status) != (connector, status):
                continue
            follows = since.frame < noted.period.frame and since.at < noted.period.since + CLOCK_RESOLUTION
            if follows and noted.period.since <= period.since:
                return noted.period
        return None

    def _end_of_update(self, exchange: Exchange, period: StatusPeriod) -> Occurrence | None:
        """Its failure, or its installation and a boot after the request, unless a new attempt has begun since."""
        reports = [
            (str(getattr(each.request, "status", None)), Occurrence(each.at, each.frame))
            for each in self._evidence.station_requests
            if exchange.frame < each.frame < period.frame and each.action in FIRMWARE_STATUSES
        ]
        status, reported = next((one for one in reversed(reports) if one[0] != "Idle"), (None, None))
        boot = first_accepted_boot(self._evidence, exchange.frame)
        if reported is None or (status == "Installed" and boot is None):
            return None
        if status == "Installed":
            return max(reported, boot or reported)
        return reported if status in FAILED_UPDATE else None

    def _reservations(self, period: StatusPeriod) -> Iterator[tuple[Exchange, Reservation]]:
        for exchange in self._exchanges_until(period):
            reservation = None if exchange.request is None else self._reservation(exchange.request)
            if reservation is not None:
                yield exchange, reservation

    def _reservation_ends(self, exchange: Exchange, reservation: Reservation) -> Iterator[Occurrence]:
        """Its expiry, its cancellation, and the requests of the station that report its use or its end."""
        yield Occurrence(exchange.loop_time(reservation.expiry), exchange.frame)
        for each in self._evidence.exchanges:
            if each.frame <= exchange.frame or getattr(each.request, "reservation_id", None) != reservation.id:
                continue
            cancelled = each.action == "CancelReservation" and getattr(each.response, "status", None) == "Accepted"
            if each.by is Direction.FROM_STATION or cancelled:
                yield Occurrence(each.at, each.frame)

    def _has_left_reservation(
        self, exchange: Exchange, reservation: Reservation, connector: ConnectorAddress, period: StatusPeriod
    ) -> bool:
        """Whether the connector was Available after it was Reserved, which ends the reservation of an EVSE."""
        if reservation.evse_id is None:
            return False
        entered = self._noted_after(Occurrence(exchange.at, exchange.frame), connector, "Reserved", period)
        if entered is None:
            return False
        return self._noted_after(Occurrence(entered.since, entered.frame), connector, "Available", period) is not None

    # How the states are derived

    def _exchanges_until(self, period: StatusPeriod) -> Iterator[Exchange]:
        return (exchange for exchange in self._evidence.lab_requests if exchange.frame < period.frame)

    def _start_attempts(self, evse_id: int, period: StatusPeriod) -> Iterator[StartAttempt]:
        """Each presented token and each remote start at the EVSE."""
        for action in self._evidence.actions_of(ActionKind.PRESENT_TOKEN):
            if action.evse_id == evse_id and action.frame <= period.frame and action.began <= period.until:
                yield StartAttempt(action.began, action.frame)
        for exchange in self._exchanges_until(period):
            if exchange.request is not None and self._may_start(exchange.request, evse_id):
                yield StartAttempt(exchange.at, exchange.frame)

    def _connectors_with_cables(self, evse_id: int) -> set[ConnectorAddress]:
        plug_ins = self._evidence.actions_of(ActionKind.PLUG_IN)
        return {
            (evse_id, action.connector_id)
            for action in plug_ins
            if action.evse_id == evse_id and action.connector_id is not None
        }

    def _parked(self, evse_id: int, period: StatusPeriod) -> set[object]:
        moves = self._actions_at_evse(evse_id, ActionKind.PARK, ActionKind.LEAVE)
        changes = (_change(action, action.kind is ActionKind.PARK) for action in moves)
        return self._possible_values(("parked", evse_id), changes, EITHER, period)

    def _has_left(self, connector: ConnectorAddress, period: StatusPeriod) -> bool:
        """Whether the connector was Available after the driver had unplugged, or had left without a cable.

        After the next arrival at its EVSE it may be in use again.
        """
        evse_id, _ = connector
        arrivals = self._actions_at_evse(evse_id, ActionKind.PLUG_IN, ActionKind.PARK)
        arrived = max(((each.began, each.frame) for each in arrivals if each.frame <= period.frame), default=None)
        connectors = self._connectors_with_cables(evse_id)
        changes = [change for each in connectors for change in self._cable_changes(each) if change.value == NO_CABLE]
        if not connectors:
            changes = [_change(action, NO_CABLE) for action in self._actions_at_evse(evse_id, ActionKind.LEAVE)]
        return arrived is not None and any(
            (change.earliest, change.frame) > arrived
            and self._noted_after(Occurrence(change.earliest, change.frame - 1), connector, "Available", period)
            is not None
            for change in changes
        )

    def _actions_at_evse(self, evse_id: int, *kinds: ActionKind) -> Iterator[OperatorAction]:
        return (action for action in self._evidence.actions_of(*kinds) if action.evse_id == evse_id)

    def _actions_at(self, connector: ConnectorAddress, *kinds: ActionKind) -> Iterator[OperatorAction]:
        return (
            action for action in self._evidence.actions_of(*kinds) if (action.evse_id, action.connector_id) == connector
        )

    def _possible_values(
        self, key: HistoryKey, changes: Iterable[ValueChange], initial: Sequence[object], period: StatusPeriod
    ) -> set[object]:
        """Every value that the station may have seen: it may be late by the tolerance, but notices a change once.

        The first of the `initial` values is that of an idle station. They are numbered from 0 down, changes up.
        """
        possible = dict(zip(count(0, -1), initial if self._may_bring_state else initial[:1], strict=False))
        noticed = self._noticed.get(key)
        for number, change in enumerate(changes, 1):
            if change.frame > period.frame or change.earliest > period.until:
                break
            is_late = change.latest < period.since - self._tolerance
            if is_late or (noticed is not None and noticed.excludes_earlier(number, change, period)):
                possible.clear()
            possible[number] = change.value
        if len(possible) > 1 and not self._assumed:
            self._undecided[key] = list(possible)
        return {possible[number] for number in possible if self._assumed.get(key, number) == number}

    def _cable_changes(self, connector: ConnectorAddress) -> Iterator[ValueChange]:
        ends = NO_CABLE
        for action in self._actions_at(connector, ActionKind.PLUG_IN, ActionKind.UNPLUG):
            unplugged = BOTH_ENDS if action.side == "both" else frozenset({action.side})
            ends = BOTH_ENDS if action.kind is ActionKind.PLUG_IN else ends - unplugged
            yield _change(action, ends)

    def _availability_changes(self, target: AvailabilityTarget) -> Iterator[ValueChange]:
        for exchange in self._evidence.lab_requests:
            change = None if exchange.request is None else self._availability_change(exchange.request)
            if change is not None and change[0] == target:
                yield ValueChange(exchange.at, _latest_change(exchange), change[1], exchange.frame)


def _change(action: OperatorAction, value: object) -> ValueChange:
    return ValueChange(action.began, action.ended, value, action.frame)


def _latest_change(exchange: Exchange) -> float:
    """When the change has happened at the latest: with the answer if it was accepted, otherwise perhaps never."""
    accepted = getattr(exchange.response, "status", None) == "Accepted"
    return inf if not accepted or exchange.answered_at is None else exchange.answered_at


def _is_refused(exchange: Exchange) -> bool:
    return getattr(exchange.response, "status", None) in REFUSED
