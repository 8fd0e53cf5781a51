"""Start and stop points: reported by the station, in its PICS, or shown by its events."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest import clock
from plugfest.lab.csms.inbox import ReceivedRequest
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.configuration import ObservedPoints
from plugfest.lab.v201.known_state import Conditions, KnownState
from plugfest.lab.v201.states.transaction_points import (
    START,
    STOP,
    deauthorization_ends,
    expected_event_type,
    require_ended_here,
    require_not_ended_here,
    require_start_point,
    require_started_here,
    require_stop_point,
    start_points,
    stop_points,
    suspension_ends,
    timeout_ends,
    undetermined,
)
from plugfest.lab.verdict import NotEquipped
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

PLUGGED = Conditions(ev_connected=True)
AUTHORIZED = Conditions(authorized=True)
CHARGING = Conditions(ev_connected=True, authorized=True, energy_transfer=True)
ALL_STARTS = frozenset(START.claims) - {"C-09.6"}
ALL_STOPS = frozenset(STOP.claims) - {"C-10.5"}


class FakeInbox:
    """The requests that were put into it, none of them consumed."""

    mark = 0

    def __init__(self) -> None:
        self.requests: list[ReceivedRequest[m.TransactionEventRequest]] = []

    def unconsumed(self, *, since: int = 0) -> Iterator[ReceivedRequest[m.TransactionEventRequest]]:
        return iter(self.requests[since:])


class FakeBench:
    """A station with these claims, which has reported these variables, and whose events are put into the inbox."""

    def __init__(self, claims: set[str] | frozenset[str], **reported: set[str]) -> None:
        self.variables = {f"TxCtrlr.{name}": frozenset(values) for name, values in reported.items()}
        self.claims = claims
        self.known_state = KnownState()
        self.settings = LabSettings()
        self.observed_points = ObservedPoints()
        self.inbox = FakeInbox()
        self.configuration = self.product = self.csms = self

    async def until(self, holds: Callable[[], bool], *, within: float) -> bool:
        """No event comes while the lab waits."""
        if not holds():
            await asyncio.sleep(within)
        return holds()

    def members(self, name: str) -> frozenset[str]:
        return self.variables.get(name, frozenset())

    def supports(self, claim: str) -> bool:
        return claim in self.claims

    def ongoing(self) -> "FakeBench":
        self.known_state.ongoing, self.known_state.transaction_id = True, "T1"
        self.known_state.conditions = CHARGING
        return self

    def send(
        self,
        event_type: str,
        reason: str = "Authorized",
        *,
        state: str | None = None,
        id: str = "T1",
        evse: int = 1,
        token: str | None = None,
    ) -> None:
        charging_state = UNSET if state is None else t.ChargingStateEnumType(state)
        info = t.TransactionType(transaction_id=id, charging_state=charging_state)
        event = m.TransactionEventRequest(
            event_type=t.TransactionEventEnumType(event_type),
            timestamp=datetime(2026, 1, 1, tzinfo=UTC),
            trigger_reason=t.TriggerReasonEnumType(reason),
            seq_no=0,
            transaction_info=info,
            evse=t.EVSEType(id=evse),
            id_token=UNSET if token is None else t.IdTokenType(id_token=token, type=t.IdTokenEnumType.eMAID),
        )
        self.inbox.requests.append(
            ReceivedRequest(event, Frame(0, 0.0, event.timestamp, Direction.FROM_STATION, "[]"), 0)
        )


def bench(claims: set[str] | frozenset[str], **reported: set[str]) -> Any:
    return FakeBench(claims, **reported)


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def timed() -> Any:
        return await scenario()

    return clock.run_simulated(timed())


def event_type(on: Any, before: Conditions, after: Conditions) -> tuple[str | None, float]:
    """The expected eventType, and the seconds until it was known."""

    async def scenario() -> tuple[str | None, float]:
        began = asyncio.get_running_loop().time()
        on.known_state.conditions = after
        found = await expected_event_type(on, before)
        return found, asyncio.get_running_loop().time() - began

    return cast("tuple[str | None, float]", run(scenario))


# Known points


def test_what_the_station_reports_counts_more_than_the_pics() -> None:
    reporting = bench({"C-09.1", "C-10.1"}, TxStartPoint={"Authorized"}, TxStopPoint={"Authorized"})
    assert (start_points(reporting), stop_points(reporting)) == ({"Authorized"}, {"Authorized"})


def test_what_the_station_does_not_report_is_in_the_pics() -> None:
    silent = bench({"C-09.4", "C-10.3"})
    assert start_points(silent) == {"PowerPathClosed"}
    assert stop_points(silent) == {"PowerPathClosed", "EVConnected", "Authorized"}


def test_points_are_undetermined_only_without_the_variable_and_with_several_claims() -> None:
    assert undetermined(bench(ALL_STARTS), START)
    assert not undetermined(bench({"C-09.1"}), START)
    assert not undetermined(bench(ALL_STARTS, TxStartPoint={"Authorized"}), START)


def test_a_point_of_the_vendor_never_holds() -> None:
    assert Conditions(True, True, True, True).holds("VendorPoint") is False


def test_a_known_point_needs_no_event() -> None:
    assert event_type(bench({"C-09.1"}), Conditions(), PLUGGED) == ("Started", 0.0)
    assert event_type(bench({"C-09.1"}), Conditions(), AUTHORIZED) == (None, 0.0)
    assert event_type(bench({"C-10.1"}).ongoing(), CHARGING, PLUGGED) == ("Updated", 0.0)
    assert event_type(bench({"C-10.2"}).ongoing(), CHARGING, PLUGGED) == ("Ended", 0.0)


# Undetermined start points


def test_an_event_shows_that_the_transaction_has_started() -> None:
    on = bench(ALL_STARTS)
    on.send("Started", "CablePluggedIn")
    assert event_type(on, Conditions(), PLUGGED) == ("Started", 0.0)


def test_without_an_event_the_point_is_excluded_and_not_waited_for_again() -> None:
    on = bench(ALL_STARTS)
    found, waited = event_type(on, Conditions(), PLUGGED)
    assert found is None
    assert 0 < waited < on.settings.ev_connection_timeout
    assert "EVConnected" not in start_points(on)
    assert event_type(on, Conditions(), PLUGGED) == (None, 0.0)


def test_the_last_point_of_the_pics_cannot_be_excluded() -> None:
    on = bench({"C-09.1", "C-09.2"})
    assert event_type(on, Conditions(), PLUGGED)[0] is None
    assert event_type(on, Conditions(), AUTHORIZED)[0] == "Started"


def test_an_event_that_the_station_sends_by_itself_leaves_open_which_point_has_started() -> None:
    on = bench(ALL_STARTS)
    on.send("Started", "ChargingStateChanged", state="Charging")
    assert event_type(on, AUTHORIZED, Conditions(ev_connected=True, authorized=True))[0] is None
    assert start_points(on) >= {"EVConnected", "PowerPathClosed", "EnergyTransfer"}


def test_an_ev_that_authorizes_by_itself_shows_that_the_cable_has_started_nothing() -> None:
    on = bench(ALL_STARTS)
    on.send("Started", "Authorized", token="DE-8AA-C12345678-X")
    assert event_type(on, Conditions(), PLUGGED)[0] is None
    assert "EVConnected" not in start_points(on)
    assert event_type(on, PLUGGED, Conditions(ev_connected=True, authorized=True))[0] == "Started"


def test_an_event_of_another_evse_shows_nothing() -> None:
    on = bench(ALL_STARTS)
    on.send("Started", "CablePluggedIn", evse=2)
    assert event_type(on, Conditions(), PLUGGED)[0] is None


# Undetermined stop points


def test_an_event_shows_that_the_transaction_has_ended() -> None:
    on = bench(ALL_STOPS).ongoing()
    on.send("Ended", "EVCommunicationLost")
    assert event_type(on, PLUGGED, Conditions()) == ("Ended", 0.0)


def test_a_point_that_has_ended_a_transaction_has_to_end_the_next_one() -> None:
    on = bench({"C-10.1", "C-10.2"}).ongoing()
    on.send("Ended", "EVCommunicationLost")
    assert event_type(on, PLUGGED, Conditions())[0] == "Ended"
    on.inbox.requests.clear()
    assert event_type(on, PLUGGED, Conditions()) == ("Ended", 0.0)


def test_a_point_that_has_not_ended_a_transaction_must_not_end_the_next_one() -> None:
    on = bench(ALL_STOPS).ongoing()
    assert event_type(on, PLUGGED, Conditions())[0] == "Updated"
    on.send("Ended", "EVCommunicationLost")
    assert event_type(on, PLUGGED, Conditions()) == ("Updated", 0.0)


def test_the_end_of_another_transaction_shows_nothing() -> None:
    on = bench(ALL_STOPS).ongoing()
    on.send("Ended", id="T2")
    assert event_type(on, PLUGGED, Conditions())[0] == "Updated"


def test_power_path_closed_ends_with_the_cable_and_with_the_authorization() -> None:
    on = bench({"C-10.3", "C-10.4"}).ongoing()
    on.send("Ended")
    assert event_type(on, CHARGING, PLUGGED)[0] == "Ended"
    assert stop_points(on) == {"PowerPathClosed", "EnergyTransfer", "EVConnected", "Authorized"}


def test_deauthorization_and_suspension_end_what_their_points_end() -> None:
    on = bench({"C-10.1", "C-10.4"}).ongoing()
    on.send("Ended")
    assert run(lambda: suspension_ends(on)) is True
    assert run(lambda: deauthorization_ends(on)) is True
    other = bench({"C-10.1", "C-10.4"}).ongoing()
    assert run(lambda: suspension_ends(other)) is False
    assert run(lambda: deauthorization_ends(other)) is False


def test_whether_a_timeout_ends_is_open_until_it_is_shown() -> None:
    on = bench(ALL_STOPS)
    assert timeout_ends(on) is None
    on.observed_points.in_use = {"Authorized"}
    assert timeout_ends(on) is True
    assert timeout_ends(bench({"C-10.1"})) is False
    assert timeout_ends(bench({"C-10.2"})) is True


# Cases about one point


def test_a_case_about_a_point_that_the_station_does_not_have_is_inconclusive() -> None:
    on = bench(ALL_STARTS | ALL_STOPS)
    with pytest.raises(NotEquipped, match=r"requires TxCtrlr\.TxStartPoint EVConnected; the station does not report"):
        run(lambda: require_started_here(on, "EVConnected"))
    with pytest.raises(NotEquipped, match=r"requires TxCtrlr\.TxStopPoint EVConnected"):
        run(lambda: require_ended_here(on.ongoing(), "EVConnected"))
    assert "EVConnected" not in stop_points(bench({"C-10.2", "C-10.4"}))
    with pytest.raises(NotEquipped, match="TxStopPoint EVConnected"):
        require_stop_point(on, "EVConnected")


def test_a_case_about_a_point_that_the_station_has_continues() -> None:
    on = bench(ALL_STARTS | ALL_STOPS)
    on.send("Started", "ChargingStateChanged", state="Charging")
    run(
        lambda: require_started_here(
            on, "EnergyTransfer", lambda event: event.transaction_info.charging_state == "Charging"
        )
    )
    require_start_point(on, "EnergyTransfer")
    on.ongoing().send("Ended")
    run(lambda: require_ended_here(on, "EVConnected"))
    require_stop_point(on, "EVConnected")


def test_an_event_that_shows_another_point_is_not_the_required_one() -> None:
    on = bench(ALL_STARTS)
    on.send("Started", "ChargingStateChanged", state="EVConnected")
    with pytest.raises(NotEquipped):
        run(lambda: require_started_here(on, "DataSigned", lambda event: event.trigger_reason == "SignedDataReceived"))


def test_a_transaction_that_has_started_or_ended_before_does_not_do_so_here() -> None:
    on = bench(ALL_STARTS | ALL_STOPS).ongoing()
    with pytest.raises(NotEquipped):
        run(lambda: require_started_here(on, "EVConnected"))
    on.known_state.ongoing = False
    for requires in (require_ended_here, require_not_ended_here):
        with pytest.raises(NotEquipped):
            run(lambda requires=requires: requires(on, "EVConnected"))  # type: ignore[misc]


def test_a_station_that_reports_its_points_is_judged_by_the_scenario() -> None:
    on = bench(ALL_STARTS | ALL_STOPS, TxStartPoint={"Authorized"}, TxStopPoint={"Authorized"})
    run(lambda: require_started_here(on, "EVConnected"))
    run(lambda: require_ended_here(on, "EVConnected"))
    run(lambda: require_not_ended_here(on, "EVConnected"))
    require_start_point(on, "EVConnected")
    require_stop_point(on, "EVConnected")


@given(
    st.sets(st.sampled_from(sorted(ALL_STOPS)), min_size=2),
    st.lists(st.sampled_from([PLUGGED, AUTHORIZED]), max_size=3),
)
def test_a_station_that_ends_nothing_is_always_left_with_a_point(claims: set[str], changes: list[Conditions]) -> None:
    on = bench(claims).ongoing()
    for after in (*changes, Conditions()):
        event_type(on, CHARGING, after)
    assert stop_points(on)
    assert event_type(on, CHARGING, Conditions()) == ("Ended", on.settings.ev_connection_timeout / 2) or (
        on.observed_points.in_use
    )
