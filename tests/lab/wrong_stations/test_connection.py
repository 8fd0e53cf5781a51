"""Lost connections: the case fails or is INCONCLUSIVE with the reason, and the campaign goes on."""

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, ScriptedStation
from tests.lab.wrong_stations.two_cases import found, run

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.verdict import Verdict


async def disconnects(called: Called) -> None:
    called.peer.abort()


def test_a_station_that_disconnects_during_a_case_fails_and_may_reconnect() -> None:
    first, second = run(disconnects)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert found(first).startswith("GetLocalListVersionResponse: the station disconnected: the station ")


def does_not_reconnect(station: ScriptedStation) -> None:
    station.back_off = 1e6


def test_a_station_that_does_not_reconnect_leaves_the_next_case_inconclusive() -> None:
    first, second = run(disconnects, prepare=does_not_reconnect)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.INCONCLUSIVE)
    assert "not connected" in found(second)


def test_where_the_operator_cannot_commission_the_next_case_does_not_begin_on_such_a_station() -> None:
    first, second = run(disconnects, prepare=does_not_reconnect, can_commission=False)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.INCONCLUSIVE)
    assert "the station was not restored after TC_X_01_CS: " in found(second)


def test_a_timeout_reports_that_the_station_is_not_connected() -> None:
    @case("TC_X_01_CS")
    async def waiting_case(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    async def drop_connection(station: ScriptedStation, action: str) -> None:
        if action == "plug in" and station.peer is not None:
            station.peer.abort()

    def does_not_reconnect(station: ScriptedStation) -> None:
        station.back_off = 60.0

    (result,) = campaign(waiting_case, on_action=drop_connection, prepare=does_not_reconnect)
    assert result.verdict is Verdict.FAIL
    assert "none within 30 s; the station is not connected" in found(result)


def test_a_station_that_drops_every_connection_does_not_block_the_lab() -> None:
    def drops_every_connection(station: ScriptedStation) -> None:
        async def drops() -> None:
            if station.connections > 1 and station.peer is not None:
                station.peer.abort()

        station.on_connected = drops

    first, second = run(disconnects, prepare=drops_every_connection)
    assert first.verdict is Verdict.FAIL
    assert second.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)


def test_a_station_that_reconnects_without_pause_does_not_block_the_lab() -> None:
    def reconnects_at_once(station: ScriptedStation) -> None:
        async def drops() -> None:
            if station.connections > 1 and station.peer is not None:
                station.back_off = 0.0
                station.peer.abort()

        station.on_connected = drops

    first, second = run(disconnects, prepare=reconnects_at_once)
    assert first.verdict is Verdict.FAIL
    assert second.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    assert all("frames and connection attempts within" in found(one) for one in (first, second))
