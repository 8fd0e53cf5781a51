"""A station that could not be restored after a case: the next case does not begin on what is left."""

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, ScriptedStation
from tests.lab.wrong_stations.two_cases import VERSION, found, next_case, requesting_case

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.verdict import OperatorFailed, Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

QUEUE = 5_000


@case("TC_X_01_CS")
async def plugged_in(bench: Bench) -> None:
    await bench.operator.plug_in(1, 1)
    await connector_becomes(bench, "Occupied")


@case("TC_X_02_CS")
async def needs_an_available_connector(bench: Bench) -> None:
    await bench.operator.park(1)
    await connector_becomes(bench, "Occupied")


class Station:
    """An operator and its station: the cable cannot be removed so many times."""

    def __init__(self, stuck: int) -> None:
        self._stuck = stuck
        self.actions: list[str] = []

    async def act(self, station: ScriptedStation, action: str) -> None:
        self.actions.append(action)
        if action in ("plug in", "park"):
            await station.reports_status("Occupied")
        if action == "power cycle":
            raise OperatorFailed("there is no switch")
        if action == "leave":
            await station.reports_status("Available")
        if action == "unplug":
            if self.actions.count("unplug") <= self._stuck:
                raise OperatorFailed("the cable is stuck")
            await station.reports_status("Available")


def unlocks(station: ScriptedStation) -> None:
    station.handlers[m.UnlockConnectorRequest] = lambda _: m.UnlockConnectorResponse(
        status=t.UnlockStatusEnumType.Unlocked
    )


def test_no_case_begins_while_the_station_is_not_idle_after_an_earlier_one() -> None:
    operator = Station(stuck=100)
    first, second, third = campaign(
        plugged_in,
        needs_an_available_connector,
        needs_an_available_connector,
        on_action=operator.act,
        prepare=unlocks,
        can_commission=False,
    )
    assert [one.verdict for one in (first, second, third)] == [Verdict.INCONCLUSIVE] * 3
    assert "the station is idle again after the case" in found(first)
    for blocked in (second, third):
        assert found(blocked).startswith("the station is idle when the case begins: the station was not restored")
        assert "after TC_X_01_CS: the cable is stuck" in found(blocked)
        assert [one.requirement for one in blocked.findings] == [""]
    assert "park" not in operator.actions
    assert operator.actions.count("power cycle") == 1


def test_restoring_is_tried_again_before_the_next_case_which_then_begins() -> None:
    operator = Station(stuck=2)  # also after the connector was unlocked

    @case("TC_X_02_CS")
    async def later(bench: Bench) -> None:
        bench.check(bench.csms.connected, "connected", "not connected")

    first, second = campaign(plugged_in, later, on_action=operator.act, prepare=unlocks, can_commission=False)
    assert first.verdict is Verdict.INCONCLUSIVE
    assert second.verdict is Verdict.PASS


def test_what_a_station_has_queued_in_a_flood_does_not_fail_the_next_case() -> None:
    left = [QUEUE]

    async def sends_queue(station: ScriptedStation) -> None:
        while left[0] and station.peer is not None:
            left[0] -= 1
            await station.peer.call(m.HeartbeatRequest())

    def floods(station: ScriptedStation) -> None:
        async def answers_and_sends(called: Called) -> None:
            await called.answer(VERSION)
            await sends_queue(called.station)

        async def goes_on() -> None:
            if station.connections > 1:
                await sends_queue(station)

        station.scripts[m.GetLocalListVersionRequest] = answers_and_sends
        station.handlers[m.GetTransactionStatusRequest] = lambda _: m.GetTransactionStatusResponse(
            messages_in_queue=False
        )
        station.on_connected = goes_on

    first, second = campaign(requesting_case, next_case, prepare=floods)
    assert first.verdict is Verdict.FAIL
    assert "more than the limit" in found(first)
    assert (second.verdict, found(second)) == (Verdict.PASS, "")
    assert left == [0]
