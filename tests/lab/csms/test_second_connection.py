"""Two clients with the identity of the station: the findings name what the lab observed."""

import asyncio

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, ScriptedStation
from tests.lab.wrong_stations.two_cases import found, run

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Verdict
from plugfest.ocpp.v201 import messages as m

CONNECTED = "a client with the identity PLUGFEST-01 connected from 127.0.0.1:"
OPEN = " was open; the lab closed the older connection"


async def second_client_connects(called: Called) -> None:
    await called.station.connect_double()


def test_a_request_that_is_lost_with_the_older_connection_is_not_held_against_the_station() -> None:
    first, _ = run(second_client_connects)
    assert first.verdict is Verdict.INCONCLUSIVE
    assert CONNECTED in found(first)
    assert OPEN in found(first)
    assert "the station disconnected" not in found(first)
    assert first.findings[0].requirement == ""


def test_two_clients_that_replace_one_another_make_the_case_inconclusive() -> None:
    @case("TC_X_01_CS")
    async def waits(bench: Bench) -> None:
        await bench.expect(m.HeartbeatRequest)

    def has_a_double(station: ScriptedStation) -> None:
        async def double_connects() -> None:
            await asyncio.sleep(8.0)
            await station.connect_double()

        station.on_connected = double_connects

    (result,) = campaign(waits, prepare=has_a_double)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "times in this case, " + CONNECTED in found(result)
