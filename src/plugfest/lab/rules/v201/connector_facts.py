"""What the hands and the lab have made of the connectors in the course of a case, as far as the lab can know."""

from collections.abc import Iterable, Iterator
from math import inf

import msgspec

from plugfest.lab.acts import Deed
from plugfest.lab.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m

Place = tuple[int, int]
"""evse_id and connector_id."""

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


class ConnectorFacts:
    """Facts with their doubts: a person takes time to act, and a station to see it."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def cable(self, place: Place, moment: Moment) -> set[object]:
        """The ends of a cable that may have been in."""
        return self._possible(self._cable(place), NOTHING, moment)

    def faulted(self, place: Place, moment: Moment) -> set[object]:
        acts = (
            act for act in self._evidence.done(Deed.FAULT, Deed.MEND_FAULT) if (act.evse_id, act.connector_id) == place
        )
        changes = (Change(act.began, act.ended, act.deed is Deed.FAULT) for act in acts)
        return self._possible(changes, False, moment)

    def inoperative(self, place: Place, moment: Moment) -> set[object]:
        """Whether the lab may have taken it out of service: itself, its EVSE or the station (G03, G04)."""
        evse_id, connector_id = place
        levels = [
            self._possible(self._switched(level), False, moment)
            for level in ((None, None), (evse_id, None), (evse_id, connector_id))
        ]
        on, off = all(False in each for each in levels), any(True in each for each in levels)
        return {value for value, may_be in ((False, on), (True, off)) if may_be}

    def reserved(self, evse_id: int, moment: Moment) -> bool:
        """Whether a reservation may hold it."""
        return any(
            isinstance(one.request, m.ReserveNowRequest)
            and given(one.request.evse_id) in (None, evse_id)
            and one.at <= moment.until
            for one in self._evidence.asked
        )

    def in_use(self, evse_id: int, moment: Moment) -> bool:
        """Whether somebody has come to the EVSE, by foot, by car or from afar."""
        acts = self._evidence.done(Deed.PLUG_IN, Deed.PARK, Deed.PRESENT_TOKEN)
        return any(act.evse_id == evse_id and act.began <= moment.until for act in acts) or any(
            isinstance(one.request, m.RequestStartTransactionRequest)
            and given(one.request.evse_id) in (None, evse_id)
            and one.at <= moment.until
            for one in self._evidence.asked
        )

    def closed(self, moment: Moment) -> bool:
        """Whether the station may let nobody in because it is about to boot or to be updated (B12, L01.FR.07)."""
        return any(
            isinstance(one.request, m.ResetRequest | m.UpdateFirmwareRequest) and one.at <= moment.until
            for one in self._evidence.asked
        )

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
        for act in self._evidence.done(Deed.PLUG_IN, Deed.PLUG_OUT):
            if (act.evse_id, act.connector_id) == place:
                out = BOTH_ENDS if act.side == "both" else frozenset({act.side})
                ends = BOTH_ENDS if act.deed is Deed.PLUG_IN else ends - out
                yield Change(act.began, act.ended, ends)

    def _switched(self, level: tuple[int | None, int | None]) -> Iterator[Change]:
        for one in self._evidence.asked:
            request = one.request
            if isinstance(request, m.ChangeAvailabilityRequest) and _level(request) == level:
                yield Change(one.at, _latest(one), request.operational_status == "Inoperative")


def _level(request: m.ChangeAvailabilityRequest) -> tuple[int | None, int | None]:
    evse = given(request.evse)
    return (None, None) if evse is None or evse.id == 0 else (evse.id, given(evse.connector_id))


def _latest(one: Exchange) -> float:
    """A change that was scheduled comes when it can; one that was rejected, or not answered, perhaps never."""
    accepted = isinstance(one.response, m.ChangeAvailabilityResponse) and one.response.status == "Accepted"
    return inf if not accepted or one.answered_at is None else one.answered_at
