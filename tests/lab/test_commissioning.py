"""Cases that need the station to be commissioned anew, and hands that can or cannot do it."""

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab.bench import Bench
from plugfest.lab.case import case
from plugfest.lab.commissioning import Way
from plugfest.lab.verdict import CaseResult, HandsFailed, Verdict


@case("TC_X_02_CS")
async def another(bench: Bench) -> None:
    bench.check(bench.csms.connected, "a connected station", "not connected")


@case("TC_X_01_CS", connected=Way((2,)))
async def needs_tls(bench: Bench) -> None:
    raise AssertionError("the scenario must not begin")


@case("TC_X_01_CS")
async def may_have_changed(bench: Bench) -> None:
    bench.check(True, "something", "something")
    bench.commissioner.changed()


def why(result: CaseResult) -> str:
    return " | ".join(finding.actual for finding in result.findings)


def test_hands_that_cannot_commission_make_a_case_inconclusive_that_needs_it() -> None:
    first, second = campaign(needs_tls, another, commissions=False)
    assert first.verdict is Verdict.INCONCLUSIVE
    assert why(first) == "these hands cannot commission the station with security profile 2"
    assert second.verdict is Verdict.PASS


def test_a_station_that_the_operator_leaves_as_it_is_is_met_there_by_the_next_case() -> None:
    async def refuse(station: ScriptedStation, act: str) -> None:
        if act == "commission":
            raise HandsFailed("I am no installer")

    first, second = campaign(needs_tls, another, on_act=refuse)
    assert (first.verdict, why(first)) == (Verdict.INCONCLUSIVE, "I am no installer")
    assert second.verdict is Verdict.PASS


def test_whether_a_case_has_changed_how_the_station_connects_its_next_connection_tells() -> None:
    connections: list[int] = []

    @case("TC_X_02_CS")
    async def count(bench: Bench) -> None:
        connections.append(len(bench.csms.connections))
        bench.check(True, "something", "something")

    first, second = campaign(may_have_changed, count, commissions=False)
    assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.PASS)
    assert connections == [2]


def test_a_station_that_has_gone_elsewhere_is_lost_to_hands_that_cannot_commission() -> None:
    @case("TC_X_01_CS")
    async def goes(bench: Bench) -> None:
        await bench.operator.park(1)
        bench.check(True, "something", "something")
        bench.commissioner.changed()

    async def go_elsewhere(station: ScriptedStation, act: str) -> None:
        if act == "park":
            station.back_off = 1e6

    (result,) = campaign(goes, on_act=go_elsewhere, commissions=False)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert why(result).startswith("the station no longer connects with security profile 1, and these hands cannot")


def test_a_way_that_ocpp_does_not_lead_back_is_not_gone_without_hands_that_can_commission() -> None:
    async def look(bench: Bench) -> None:
        bench.commissioner.check_way_back(bench.operator)

    @case("TC_X_01_CS", before=look)
    async def upgrade(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    (result,) = campaign(upgrade, commissions=False)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "cannot commission the station again" in why(result)
