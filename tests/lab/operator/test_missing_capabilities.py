"""A capability that the operator lacks is asked for once, and the cases that need it cost no time."""

from tests.lab.scripted_campaign import outcome
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab import events
from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.selection import cases
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import NotCapable, Verdict

NO_POWER = {Capability.POWER_CYCLE: "the fixture has no relay"}
WITHOUT_POWER = "the operator cannot switch the station off and on: the fixture has no relay"


@case("TC_X_01_CS")
async def another(bench: Bench) -> None:
    bench.check(True, "something", "something")


@case("TC_X_02_CS")
async def parks(bench: Bench) -> None:
    bench.check(True, "something", "something")
    await bench.wait(100)
    await bench.operator.park(1)


def test_a_case_that_needs_what_is_missing_is_not_run_and_names_the_operator() -> None:
    seen: list[events.Event] = []
    ended = outcome(cases("2.0.1")["TC_B_02_CS"], another, lacks=NO_POWER, listener=seen.append)
    first, second = ended.results
    assert (first.verdict, first.duration_s, first.checks) == (Verdict.INCONCLUSIVE, 0.0, 0)
    assert first.frames[0] == first.frames[1]
    assert [(one.requirement, one.actual) for one in first.findings] == [("", WITHOUT_POWER)]
    assert second.verdict is Verdict.PASS
    (missing,) = ended.missing_capabilities
    assert (missing.capability, missing.reason, missing.cases) == ("power_cycle", WITHOUT_POWER, ("TC_X_01_CS",))
    names = [type(one).__name__ for one in seen if not isinstance(one, events.FrameRecorded)]
    assert names.index("CapabilitiesMissing") < names.index("CaseStarted")
    assert any(isinstance(one, events.FindingMade) and one.case == "TC_X_01_CS" for one in seen)


def test_nothing_is_listed_if_the_operator_can_do_everything() -> None:
    seen: list[events.Event] = []
    ended = outcome(another, listener=seen.append)
    assert ended.missing_capabilities == ()
    assert not any(isinstance(one, events.CapabilitiesMissing) for one in seen)


def test_an_action_that_a_fixture_does_not_have_is_requested_once() -> None:
    requested: list[str] = []

    async def act(_: ScriptedStation, action: str) -> None:
        requested.append(action)
        if action == "park":
            raise NotCapable("http://fixture does not support parkingbay: it answered 404")

    first, second = outcome(parks, parks, on_action=act).results
    assert [first.verdict, second.verdict] == [Verdict.INCONCLUSIVE] * 2
    assert requested.count("park") == 1
    assert second.findings[0].actual == (
        "the operator cannot park an EV or drive it out: http://fixture does not support parkingbay: it answered 404"
    )


def test_an_action_that_a_fixture_has_done_before_is_requested_again() -> None:
    requested: list[str] = []

    async def act(_: ScriptedStation, action: str) -> None:
        requested.append(action)
        if requested.count("park") == 2:
            raise NotCapable("http://fixture does not support parkingbay: it answered 404")

    results = outcome(parks, parks, parks, on_action=act).results
    assert [one.verdict for one in results] == [Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.PASS]


def test_cases_that_need_firmware_are_listed_and_not_run_if_the_settings_have_none() -> None:
    ended = outcome(cases("2.0.1")["TC_L_01_CS"], cases("2.0.1")["TC_L_18_CS"], another)
    (missing,) = ended.missing_capabilities
    assert missing.reason == "the operator cannot provide firmware for the station: the settings have no [firmware]"
    assert missing.cases == ("TC_X_01_CS", "TC_X_02_CS")
    assert [one.verdict for one in ended.results] == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.PASS]
    assert ended.results[0].duration_s == 0.0


def test_cases_that_need_the_root_certificate_are_listed_if_it_cannot_be_installed() -> None:
    @case("TC_X_01_CS", connected=ConnectionRequirement((2,)))
    async def needs_tls(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    ended = outcome(needs_tls, another, lacks={Capability.INSTALL_ROOT: "--pki DIR is not given"})
    (missing,) = ended.missing_capabilities
    assert (missing.capability, missing.cases) == (Capability.INSTALL_ROOT, ("TC_X_01_CS",))
    assert missing.reason == (
        "the operator cannot install the root certificate of the lab in the station: --pki DIR is not given"
    )


def test_what_the_user_excludes_is_missing_whatever_the_driver_can_do() -> None:
    ended = outcome(cases("2.0.1")["TC_B_02_CS"], cannot=[Capability.POWER_CYCLE])
    (missing,) = ended.missing_capabilities
    assert missing.reason == "the operator cannot switch the station off and on: excluded by the user"
    assert missing.cases == ("TC_X_01_CS",)


def test_an_operator_that_cannot_commission_is_listed_with_the_cases_that_need_it() -> None:
    @case("TC_X_01_CS", connected=ConnectionRequirement((2,)))
    async def needs_tls(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    ended = outcome(needs_tls, another, can_commission=False)
    (missing,) = ended.missing_capabilities
    assert (missing.capability, missing.cases) == (Capability.COMMISSION, ("TC_X_01_CS",))
    assert ended.results[0].duration_s == 0.0
