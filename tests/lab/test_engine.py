"""A campaign end to end against a scripted station: each verdict, and the findings that lead to it."""

import pytest
from tests.lab.scripted_campaign import PRODUCT, SETTINGS, campaign, outcome
from tests.lab.scripted_station import IdleOperator, ScriptedStation

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.case import case
from plugfest.lab.composition import compose
from plugfest.lab.engine import CampaignImpossible, Engine
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.verdict import OperatorFailed, Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.products import load_product


def test_a_case_whose_checks_all_hold_passes_and_counts_them() -> None:
    @case("TC_X_01_CS")
    async def occupied(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")
        await bench.operator.unplug(1, 1)
        await connector_becomes(bench, "Available")

    async def plugged(station: ScriptedStation, action: str) -> None:
        await station.reports_status("Occupied" if action == "plug in" else "Available")

    (result,) = campaign(occupied, on_action=plugged)
    assert (result.verdict, result.findings) == (Verdict.PASS, ())
    assert result.checks == 2 * (1 + 3)  # each message, and three fields of it


def test_a_message_that_differs_fails_the_case_with_the_field_in_the_finding() -> None:
    @case("TC_X_01_CS", requirements=("G01.FR.07",))
    async def occupied(bench: Bench) -> None:
        await bench.step(1).operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    async def plugged(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            await station.reports_status("Reserved")
            await station.reports_status("Available")

    (result,) = campaign(occupied, on_action=plugged)
    assert result.verdict is Verdict.FAIL
    finding, rule = result.findings
    assert finding.requirement == "G01.FR.07"
    assert finding.expected == "StatusNotificationRequest.connector_status is Occupied"
    assert finding.actual == "Reserved"
    assert finding.frame is not None
    assert rule.step == "every case: connector status"


def test_a_missing_message_fails_the_case() -> None:
    @case("TC_X_01_CS")
    async def occupied(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    (result,) = campaign(occupied)
    assert result.verdict is Verdict.FAIL
    assert "none within 30 s" in result.findings[0].actual


def test_a_state_that_is_not_reached_makes_the_case_inconclusive() -> None:
    async def never(bench: Bench) -> None:
        await connector_becomes(bench, "Occupied")

    @case("TC_X_01_CS", before=never)
    async def anything(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    (result,) = campaign(anything)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.findings[0].step == "preparation"


@pytest.mark.parametrize(("continues", "verdict"), [(True, Verdict.PASS), (False, Verdict.FAIL)])
def test_a_scenario_may_begin_with_what_follows_from_the_preparation(continues: bool, verdict: Verdict) -> None:
    async def plugged_in(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.wait(5)

    @case("TC_X_01_CS", before=plugged_in, continues=continues)
    async def occupied(bench: Bench) -> None:
        await connector_becomes(bench, "Occupied")
        await bench.operator.unplug(1, 1)
        await connector_becomes(bench, "Available")

    async def reported(station: ScriptedStation, action: str) -> None:
        await station.reports_status("Occupied" if action == "plug in" else "Available")

    (result,) = campaign(occupied, on_action=reported)
    assert result.verdict is verdict


def test_an_operator_action_that_fails_makes_the_case_inconclusive() -> None:
    @case("TC_X_01_CS")
    async def parked(bench: Bench) -> None:
        await bench.operator.ev_suspend(1)

    async def refuse(station: ScriptedStation, action: str) -> None:
        if action == "suspend":
            raise OperatorFailed("no EV here")

    (result,) = campaign(parked, on_action=refuse)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no EV here" in result.findings[0].actual


def test_a_case_without_code_is_not_implemented() -> None:
    (result,) = campaign(None)
    assert (result.verdict, result.checks) == (Verdict.NOT_IMPLEMENTED, 0)


def test_a_scenario_without_checks_is_an_error_of_the_lab() -> None:
    @case("TC_X_01_CS")
    async def idle(bench: Bench) -> None:
        await bench.wait(1)

    (result,) = campaign(idle)
    assert result.verdict is Verdict.ERROR
    assert result.findings[0].actual == "no check was made"


def test_an_exception_in_a_case_is_an_error_of_the_lab_and_the_campaign_continues() -> None:
    @case("TC_X_01_CS")
    async def broken(bench: Bench) -> None:
        raise ZeroDivisionError("ours")

    @case("TC_X_02_CS")
    async def fine(bench: Bench) -> None:
        bench.check(True, "something", "something")

    first, second = campaign(broken, fine)
    assert (first.verdict, second.verdict) == (Verdict.ERROR, Verdict.PASS)


def test_an_unsolicited_request_is_a_finding() -> None:
    @case("TC_X_01_CS")
    async def quiet(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.wait(5)

    async def surprise(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            await station.sends(m.ClearedChargingLimitRequest(charging_limit_source="EMS"))  # type: ignore[arg-type]

    (result,) = campaign(quiet, on_action=surprise)
    assert result.verdict is Verdict.FAIL
    assert "ClearedChargingLimitRequest" in [finding.actual for finding in result.findings]


def test_a_frame_that_violates_the_schema_fails_every_case() -> None:
    @case("TC_X_01_CS")
    async def quiet(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.wait(5)
        bench.check(True, "something", "something")

    async def nonsense(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            assert station.peer is not None
            await station.peer.send_text('[2,"x","StatusNotification",{"connectorStatus":"Broken"}]')

    (result,) = campaign(quiet, on_action=nonsense)
    assert result.verdict is Verdict.FAIL
    assert "StatusNotification" in result.findings[0].expected


AVAILABLE = '"connectorStatus":"Available","evseId":1,"connectorId":1'
NOT_A_TIME = f'[2,"x","StatusNotification",{{"timestamp":"2026-01-01 00:00:00Z",{AVAILABLE}}}]'
NOT_A_NUMBER = NOT_A_TIME.replace("01 00", "01T00").replace('"evseId":1', '"evseId":"1"')


@pytest.mark.parametrize(
    ("frame", "actual"),
    [(NOT_A_TIME, 'is not a "date-time"'), (NOT_A_NUMBER, "Expected `int`, got `str`")],
    ids=["the schema file refuses and we accept", "both refuse"],
)
def test_a_frame_that_is_invalid_for_the_codec_or_the_schema_fails_the_case(frame: str, actual: str) -> None:
    @case("TC_X_01_CS")
    async def plugged(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        bench.check(True, "something", "something")
        await bench.wait(5)
        bench.csms.inbox.clear()

    async def speak(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            assert station.peer is not None
            await station.peer.send_text(frame)

    (result,) = campaign(plugged, on_action=speak)
    assert result.verdict is Verdict.FAIL
    (finding,) = result.findings
    assert actual in finding.actual


def test_a_frame_that_violates_the_schema_before_the_scenario_also_fails_the_case() -> None:
    async def never(bench: Bench) -> None:
        await bench.operator.park(1)
        await connector_becomes(bench, "Occupied")

    @case("TC_X_01_CS", before=never)
    async def anything(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    async def speak(station: ScriptedStation, action: str) -> None:
        if action == "park":
            assert station.peer is not None
            await station.peer.send_text(NOT_A_TIME)

    (result,) = campaign(anything, on_action=speak)
    assert result.verdict is Verdict.FAIL
    assert [finding.step for finding in result.findings] == ["preparation", ""]


def test_a_frame_that_violates_the_schema_between_two_cases_fails_the_first_one() -> None:
    @case("TC_X_01_CS")
    async def plugged(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        bench.check(True, "something", "something")

    @case("TC_X_02_CS")
    async def fine(bench: Bench) -> None:
        bench.check(True, "something", "something")

    async def speak(station: ScriptedStation, action: str) -> None:
        if action == "unplug":
            assert station.peer is not None
            await station.peer.send_text(NOT_A_TIME)

    first, second = campaign(plugged, fine, on_action=speak)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)


@pytest.mark.parametrize("seq_nos", [(0, 2), (1, 2), (0, 0)])
def test_missing_or_repeated_sequence_numbers_fail_every_case(seq_nos: tuple[int, int]) -> None:
    @case("TC_X_01_CS")
    async def session(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.wait(5)
        await bench.operator.unplug(1, 1)
        await bench.wait(5)
        bench.csms.inbox.clear()
        bench.check(True, "something", "something")

    async def two_events(station: ScriptedStation, action: str) -> None:
        if action == "plug in":
            await station.sends(event("Started", "CablePluggedIn", seq_nos[0]))
        else:
            await station.sends(event("Ended", "EVCommunicationLost", seq_nos[1]))

    (result,) = campaign(session, on_action=two_events)
    expected = {(0, 2): Verdict.FAIL, (1, 2): Verdict.PASS, (0, 0): Verdict.FAIL}[seq_nos]
    assert result.verdict is expected


STATES = {"Started": t.ChargingStateEnumType.EVConnected, "Ended": t.ChargingStateEnumType.Idle}


def event(event_type: str, trigger_reason: str, seq_no: int) -> m.TransactionEventRequest:
    return m.TransactionEventRequest(
        event_type=t.TransactionEventEnumType(event_type),
        timestamp=clock.utc_now(),
        trigger_reason=t.TriggerReasonEnumType(trigger_reason),
        seq_no=seq_no,
        transaction_info=t.TransactionType(transaction_id="T1", charging_state=STATES[event_type]),
        evse=t.EVSEType(id=1, connector_id=1),
    )


def test_a_result_has_the_first_frame_and_the_number_of_checks_of_each_step() -> None:
    @case("TC_X_01_CS", requirements=("G01.FR.07",))
    async def occupied(bench: Bench) -> None:
        bench.step(1).judge.check(True, "a check of the first step", "it holds")
        await bench.step(2, "G01.FR.01").operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")
        await bench.step(3).operator.unplug(1, 1)

    async def plugged(station: ScriptedStation, action: str) -> None:
        await station.reports_status("Occupied" if action == "plug in" else "Available")

    (result,) = campaign(occupied, on_action=plugged)
    assert result.scenario == result.steps[0].frame
    assert [(one.step, one.requirement, one.checks) for one in result.steps] == [
        ("step 1", "G01.FR.07", 1),
        ("step 2", "G01.FR.01", 1 + 3),
        ("step 3", "G01.FR.07", 0),
    ]
    assert result.steps[2].frame == result.steps[1].frame + 2  # a StatusNotification and its answer


def test_frames_before_the_first_case_are_judged_and_belong_to_the_campaign() -> None:
    @case("TC_X_01_CS")
    async def waits(bench: Bench) -> None:
        bench.check(True, "a check", "")

    def prepare(station: ScriptedStation) -> None:
        async def sends_invalid_heartbeat() -> None:
            assert station.peer is not None
            await station.peer.send_text('[2,"invalid","Heartbeat",{"unknown":1}]')

        station.on_connected = sends_invalid_heartbeat

    campaign_outcome = outcome(waits, prepare=prepare)
    (finding,) = campaign_outcome.findings
    assert finding.frame is not None
    assert '"unknown"' in campaign_outcome.frames[finding.frame].text
    assert [result.verdict for result in campaign_outcome.results] == [Verdict.PASS]


def test_a_station_that_never_connects_ends_the_campaign_in_one_line_and_a_finding() -> None:
    seen: list[events.Event] = []

    async def main() -> None:
        lab = compose(load_product(PRODUCT), SETTINGS, [seen.append])
        await lab.commissioner.open_main()
        try:
            await Engine(lab).run([], IdleOperator())
        finally:
            await lab.csms.close()

    with pytest.raises(CampaignImpossible, match="no station connected to ws://") as ended:
        clock.run_simulated(main())
    (finding,) = ended.value.outcome.findings
    assert (finding.step, finding.actual) == ("before the first case", str(ended.value))
    assert [event.finding for event in seen if isinstance(event, events.FindingMade)] == [finding]
