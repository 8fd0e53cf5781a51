"""What the hands and the lab have made of the connectors in the course of a case, as far as the lab can know."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from math import inf
from typing import Any

import msgspec

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.ocpp.message import Request

Place = tuple[int, int]
"""evse_id and connector_id."""

AvailabilityTarget = tuple[int | None, int | None]
"""evse_id and connector_id of what is switched off; without them an EVSE, or the station."""

NOTHING, BOTH_ENDS = frozenset[str](), frozenset({"ev", "evse"})
"""Which ends of a cable are in."""


class Change(msgspec.Struct, frozen=True):
    """A fact that became another one at some moment between two loop times."""

    earliest: float
    latest: float
    value: object


class Moment(msgspec.Struct, frozen=True):
    """When a status may have been true that was told at `until`. Loop times."""

    since: float
    until: float


class ConnectorFacts(ABC):
    """Facts with their doubts: a person takes time to act, and a station to see it.

    What hands do is the same in every version; what a request means is for a subclass to say.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def cable(self, place: Place, moment: Moment) -> set[object]:
        """The ends of a cable that may have been in."""
        return self._possible(self._cable(place), NOTHING, moment)

    def faulted(self, place: Place, moment: Moment) -> set[object]:
        actions = self._done_at(place, ActionKind.FAULT, ActionKind.MEND_FAULT)
        return self._possible(
            (Change(action.began, action.ended, action.kind is ActionKind.FAULT) for action in actions), False, moment
        )

    def unlockable(self, place: Place, moment: Moment) -> bool:
        """Whether its lock may have failed, which a station may take for a fault of the connector."""
        actions = self._done_at(
            place, ActionKind.JAM_LOCK, ActionKind.FREE_LOCK, ActionKind.PLUG_IN, ActionKind.PLUG_OUT
        )
        changes = (
            Change(action.began, action.ended, action.kind is ActionKind.JAM_LOCK or not action.seated)
            for action in actions
        )
        return True in self._possible(changes, False, moment)

    def inoperative(self, place: Place, moment: Moment) -> set[object]:
        """Whether the lab may have taken it out of service: itself, or what it is a part of."""
        levels = [self._possible(self._switched(level), False, moment) for level in self._levels(place)]
        on, off = all(False in each for each in levels), any(True in each for each in levels)
        return {value for value, may_be in ((False, on), (True, off)) if may_be}

    def in_use(self, evse_id: int, moment: Moment) -> bool:
        """Whether somebody has come to the EVSE, by foot, by car or from afar."""
        actions = self._evidence.done(ActionKind.PLUG_IN, ActionKind.PARK, ActionKind.PRESENT_TOKEN)
        by_hand = any(action.evse_id == evse_id and action.began <= moment.until for action in actions)
        return by_hand or any(self._starts(request, evse_id) for request in self._asked_until(moment))

    def reserved(self, evse_id: int, moment: Moment) -> bool:
        """Whether a reservation may hold it."""
        return any(self._reserves(request, evse_id) for request in self._asked_until(moment))

    def closed(self, moment: Moment) -> bool:
        """Whether the station may let nobody in because it is about to boot or to be updated."""
        return any(self._closes(request) for request in self._asked_until(moment))

    # What the requests of the version mean

    @abstractmethod
    def _levels(self, place: Place) -> Iterable[AvailabilityTarget]:
        """What can be switched off that this connector belongs to, itself included."""

    @abstractmethod
    def _switch(self, request: Request[Any]) -> tuple[AvailabilityTarget, bool] | None:
        """What a request switches, and whether off; None if it is about something else."""

    @abstractmethod
    def _starts(self, request: Request[Any], evse_id: int) -> bool:
        """Whether it may start something at the EVSE."""

    @abstractmethod
    def _reserves(self, request: Request[Any], evse_id: int) -> bool:
        """Whether it may reserve the EVSE."""

    @abstractmethod
    def _closes(self, request: Request[Any]) -> bool:
        """Whether a station may be closed from then on."""

    # How they are put together

    def _asked_until(self, moment: Moment) -> Iterator[Request[Any]]:
        return (one.request for one in self._evidence.asked if one.request is not None and one.at <= moment.until)

    def _done_at(self, place: Place, *kinds: ActionKind) -> Iterator[OperatorAction]:
        return (action for action in self._evidence.done(*kinds) if (action.evse_id, action.connector_id) == place)

    def _possible(self, changes: Iterable[Change], initial: object, moment: Moment) -> set[object]:
        """Every value that a fact may have had for the station, which may be slow by the tolerance."""
        values = {initial}
        for change in changes:
            if change.earliest > moment.until:
                break
            if change.latest < moment.since - self._evidence.settings.time_tolerance:
                values.clear()
            values.add(change.value)
        return values

    def _cable(self, place: Place) -> Iterator[Change]:
        ends = NOTHING
        for action in self._done_at(place, ActionKind.PLUG_IN, ActionKind.PLUG_OUT):
            out = BOTH_ENDS if action.side == "both" else frozenset({action.side})
            ends = BOTH_ENDS if action.kind is ActionKind.PLUG_IN else ends - out
            yield Change(action.began, action.ended, ends)

    def _switched(self, level: AvailabilityTarget) -> Iterator[Change]:
        for one in self._evidence.asked:
            switch = None if one.request is None else self._switch(one.request)
            if switch is not None and switch[0] == level:
                yield Change(one.at, _latest(one), switch[1])


def _latest(one: Exchange) -> float:
    """A change that was scheduled comes when it can; one that was rejected, or not answered, perhaps never."""
    accepted = getattr(one.response, "status", None) == "Accepted"
    return inf if not accepted or one.answered_at is None else one.answered_at
