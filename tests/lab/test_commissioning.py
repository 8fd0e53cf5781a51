"""Cases that require the station to be commissioned again, with operators that can or cannot do it."""

import pytest
from tests.lab.scripted_campaign import PRODUCT, campaign, outcome
from tests.lab.scripted_station import ScriptedStation

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.composition import compose
from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import CaseResult, OperatorFailed, Verdict
from plugfest.link.client import connect
from plugfest.link.errors import HandshakeRefused
from plugfest.link.tls import client_context
from plugfest.ocpp.versions import V201
from plugfest.products import load_product
from plugfest.security.pki import TestPki


@case("TC_X_02_CS")
async def another(bench: Bench) -> None:
    bench.check(bench.csms.connected, "the station is connected", "not connected")


@case("TC_X_01_CS", connected=ConnectionRequirement((2,)))
async def needs_tls(bench: Bench) -> None:
    raise AssertionError("the scenario must not begin")


@case("TC_X_01_CS")
async def may_have_changed(bench: Bench) -> None:
    bench.check(True, "something", "something")
    bench.commissioner.invalidate()


def why(result: CaseResult) -> str:
    return " | ".join(finding.actual for finding in result.findings)


def test_a_case_is_inconclusive_if_the_operator_cannot_commission_the_station_as_required() -> None:
    first, second = campaign(needs_tls, another, can_commission=False)
    assert first.verdict is Verdict.INCONCLUSIVE
    assert why(first) == (
        "the operator cannot commission the station with security profile 2 and the root certificate of the CSMS"
    )
    assert second.verdict is Verdict.PASS


def test_after_a_failed_commissioning_the_next_case_connects_as_before() -> None:
    async def refuse(station: ScriptedStation, action: str) -> None:
        if action == "commission":
            raise OperatorFailed("not an installer")

    first, second = campaign(needs_tls, another, on_action=refuse)
    assert (first.verdict, why(first)) == (Verdict.INCONCLUSIVE, "not an installer")
    assert second.verdict is Verdict.PASS


def test_an_invalidated_commissioning_is_checked_by_a_reconnection() -> None:
    connections: list[int] = []

    @case("TC_X_02_CS")
    async def count(bench: Bench) -> None:
        connections.append(bench.csms.connection_count)
        bench.check(True, "something", "something")

    first, second = campaign(may_have_changed, count, can_commission=False)
    assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.PASS)
    assert connections == [2]


def test_a_station_that_no_longer_connects_stays_inconclusive_without_commissioning() -> None:
    @case("TC_X_01_CS")
    async def goes(bench: Bench) -> None:
        await bench.operator.park(1)
        bench.check(True, "something", "something")
        bench.commissioner.invalidate()

    async def go_elsewhere(station: ScriptedStation, action: str) -> None:
        if action == "park":
            station.back_off = 1e6

    (result,) = campaign(goes, on_action=go_elsewhere, can_commission=False)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert why(result).startswith("the station no longer connects with security profile 1")


def test_a_change_that_ocpp_cannot_reverse_requires_an_operator_that_can_commission() -> None:
    async def look(bench: Bench) -> None:
        bench.commissioner.check_can_recommission(bench.operator)

    @case("TC_X_01_CS", before=look)
    async def upgrade(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    (result,) = campaign(upgrade, can_commission=False)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "cannot commission the station again" in why(result)


def test_without_a_root_certificate_of_the_lab_the_cases_with_tls_are_named_before_the_first_case() -> None:
    seen: list[events.Event] = []
    settings = LabSettings(security_profile=1, root_installed=False)
    ended = outcome(needs_tls, another, listener=seen.append, settings=settings)
    assert [one.verdict for one in ended.results] == [Verdict.INCONCLUSIVE, Verdict.PASS]
    (missing,) = ended.missing_capabilities
    assert missing.cases == ("TC_X_01_CS",)
    assert "--pki DIR" in missing.reason
    assert why(ended.results[0]) == missing.reason
    names = [type(one).__name__ for one in seen]
    assert names.index("CapabilitiesMissing") < names.index("CaseStarted")


# The certificates that the lab trusts, and those that it uses


def connects(*, certified_by: TestPki, trusted: tuple[str, ...], pki: TestPki | None = None) -> bool:
    """Whether a station with a client certificate connects to a lab that trusts these roots besides its own."""

    async def scenario() -> bool:
        settings = LabSettings(security_profile=3, station_roots=trusted)
        lab = compose(load_product(PRODUCT), settings, pki=pki)
        await lab.commissioner.open_main()
        tls = client_context([(pki or lab.commissioner.pki).root_pem], key=certified_by.station("S1"))
        try:
            websocket = await connect(lab.csms.main.url, settings.identity, protocols=[V201], tls=tls)
        except HandshakeRefused:
            return False
        finally:
            await lab.csms.close()
        await websocket.close()
        return True

    return clock.run_simulated(scenario())


@pytest.fixture(scope="module")
def maker() -> TestPki:
    """The PKI of the manufacturer of a station."""
    return TestPki(clock.SystemClock().now(), organization="ResponseBuilder")


def test_a_station_certificate_of_another_pki_is_accepted_if_the_settings_trust_its_root(maker: TestPki) -> None:
    assert connects(certified_by=maker, trusted=(maker.root_pem,))
    assert not connects(certified_by=maker, trusted=())


def test_a_configured_pki_is_used_for_the_lab(maker: TestPki) -> None:
    assert connects(certified_by=maker, trusted=(), pki=maker)
