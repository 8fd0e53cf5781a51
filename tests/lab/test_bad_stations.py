"""Whatever a station does wrong is the station's: FAIL or INCONCLUSIVE with the reason, and the campaign goes on."""

import asyncio
from collections.abc import Callable

import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, Script, ScriptedStation, variable

from plugfest.lab.case import case
from plugfest.lab.engine import CampaignImpossible
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

VERSION = m.GetLocalListVersionResponse(version_number=0)


@case("TC_X_01_CS")
async def asks(bench: Bench) -> None:
    await bench.call(m.GetLocalListVersionRequest())


@case("TC_X_02_CS")
async def afterwards(bench: Bench) -> None:
    await bench.call(m.GetTransactionStatusRequest())


def run(*scripts: Script, prepare: Callable[[ScriptedStation], None] = lambda _: None) -> tuple[CaseResult, CaseResult]:
    """A case whose request meets these scripts, one after the other, and then a case that has nothing to do with it."""

    def bad(station: ScriptedStation) -> None:
        station.handlers[m.GetTransactionStatusRequest] = lambda _: m.GetTransactionStatusResponse(
            messages_in_queue=False
        )
        left = list(scripts)

        async def script(called: Called) -> None:
            await left.pop(0)(called) if left else await called.answer(VERSION)

        station.scripts[m.GetLocalListVersionRequest] = script
        prepare(station)

    first, second = campaign(asks, afterwards, prepare=bad)
    return first, second


def found(result: CaseResult) -> str:
    return "; ".join(f"{finding.expected}: {finding.actual}" for finding in result.findings)


# Answers


async def never(called: Called) -> None:
    pass


def test_no_answer_fails_and_the_campaign_goes_on() -> None:
    first, second = run(never)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert found(first) == "GetLocalListVersionResponse: no answer within 30 s"


async def late(called: Called) -> None:
    await asyncio.sleep(30.5)
    await called.answer(VERSION)


def test_an_answer_after_the_timeout_fails_and_is_noticed_when_it_comes() -> None:
    first, second = run(late)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "no answer within 30 s" in found(first)
    assert "answer to a call that had timed out" in found(first)


@pytest.mark.parametrize("pause", [0, 0.2, 0.7])
def test_an_answer_that_comes_twice_fails_also_when_the_case_is_over(pause: float) -> None:
    async def twice(called: Called) -> None:
        await called.answer(VERSION)
        await asyncio.sleep(pause)
        await called.answer(VERSION)

    first, second = run(twice)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "answered already" in found(first)


async def with_another_id(called: Called) -> None:
    await called.answer(VERSION, message_id="not-of-this-world")


def test_an_answer_with_another_message_id_fails_and_is_noticed() -> None:
    first, second = run(with_another_id)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "answer to a call that we did not send" in found(first)
    assert "no answer within 30 s" in found(first)


async def with_nonsense(called: Called) -> None:
    await called.say(f'[3,"{called.message_id}",{{"versionNumber":"many"}}]')


async def with_another_s_answer(called: Called) -> None:
    await called.answer(m.ClearCacheResponse(status="Accepted"))  # type: ignore[arg-type]


@pytest.mark.parametrize("script", [with_nonsense, with_another_s_answer])
def test_an_answer_that_breaks_the_schema_fails(script: Script) -> None:
    first, second = run(script)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "an answer that breaks the schema" in found(first)


@pytest.mark.parametrize(
    "raw",
    ["", "nonsense", "null", "[]", '[3,"x"]', '[2,["x"],"Heartbeat",{}]', '[2,"x",{},{}]', '[9,"x",{}]', "[" * 9999],
)
def test_what_is_no_frame_fails_whatever_it_is(raw: str) -> None:
    async def then_nonsense(called: Called) -> None:
        await called.answer(VERSION)
        await called.say(raw)

    first, second = run(then_nonsense)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS), found(first)


@pytest.mark.parametrize("transaction_info", ["[]", "7", '{"transactionId":[]}', '{"transactionId":7}', "null"])
def test_an_event_of_another_shape_fails(transaction_info: str) -> None:
    async def then_an_event(called: Called) -> None:
        await called.answer(VERSION)
        for number in range(2):
            await called.say(
                f'[2,"{number}","TransactionEvent",{{"seqNo":{{}},"transactionInfo":{transaction_info},"eventType":1}}]'
            )

    first, second = run(then_an_event)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS), found(first)


# The connection


async def hangs_up(called: Called) -> None:
    called.peer.abort()


def test_a_station_that_hangs_up_in_mid_case_fails_and_may_come_back() -> None:
    first, second = run(hangs_up)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert found(first) == "GetLocalListVersionResponse: the station hung up"


def test_a_station_that_does_not_come_back_leaves_the_next_case_inconclusive() -> None:
    def stays_away(station: ScriptedStation) -> None:
        station.back_off = 1e6

    first, second = run(hangs_up, prepare=stays_away)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.INCONCLUSIVE)
    assert "not connected" in found(second)


def test_a_wait_for_a_station_that_has_hung_up_says_so() -> None:
    @case("TC_X_01_CS")
    async def waits(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await connector_becomes(bench, "Occupied")

    async def hang_up(station: ScriptedStation, act: str) -> None:
        if act == "plug in" and station.peer is not None:
            station.peer.abort()

    def stays_away(station: ScriptedStation) -> None:
        station.back_off = 60.0

    (result,) = campaign(waits, on_act=hang_up, prepare=stays_away)
    assert result.verdict is Verdict.FAIL
    assert "none within 30 s; the station is not connected" in found(result)


def test_a_station_that_does_not_stay_connected_does_not_hang_the_lab() -> None:
    def comes_and_goes(station: ScriptedStation) -> None:
        async def goes() -> None:
            if station.connections > 1 and station.peer is not None:
                station.peer.abort()

        station.on_connected = goes

    first, second = run(hangs_up, prepare=comes_and_goes)
    assert first.verdict is Verdict.FAIL
    assert second.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)


def test_a_station_that_connects_without_end_does_not_stop_time() -> None:
    def hurries(station: ScriptedStation) -> None:
        async def goes() -> None:
            if station.connections > 1 and station.peer is not None:
                station.back_off = 0.0
                station.peer.abort()

        station.on_connected = goes

    first, second = run(hangs_up, prepare=hurries)
    assert first.verdict is Verdict.FAIL
    assert second.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)
    assert all("frames and attempts to connect within" in found(one) for one in (first, second))


# Too much


async def floods(called: Called) -> None:
    await called.answer(VERSION)
    while not called.peer.closed:
        await called.peer.call(m.HeartbeatRequest())


async def floods_with_nonsense(called: Called) -> None:
    while not called.peer.closed:
        await called.say("nonsense")
        await asyncio.sleep(0)


async def floods_with_answers(called: Called) -> None:
    while not called.peer.closed:
        await called.answer(VERSION)
        await asyncio.sleep(0)


@pytest.mark.parametrize("flood", [floods, floods_with_nonsense, floods_with_answers])
def test_a_station_that_talks_without_end_is_stopped_and_the_campaign_goes_on(flood: Script) -> None:
    first, second = run(flood)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "frames and attempts to connect within" in found(first)
    assert len(first.findings) < 30


def test_a_station_that_never_stops_talking_fails_every_case_and_the_campaign_ends() -> None:
    def begins_again(station: ScriptedStation) -> None:
        async def talks() -> None:
            while station.connections > 1 and station.peer is not None:
                await station.peer.call(m.HeartbeatRequest())

        station.on_connected = talks

    first, second = run(floods, prepare=begins_again)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.INCONCLUSIVE)
    assert "the station is idle again after the case: " in found(second)


def test_a_station_that_talks_from_the_beginning_ends_the_campaign_in_one_line() -> None:
    def talks(station: ScriptedStation) -> None:
        async def talk() -> None:
            while station.peer is not None:
                await station.peer.call(m.HeartbeatRequest())

        station.on_connected = talk

    with pytest.raises(CampaignImpossible, match=r"does not let the campaign begin: .* frames and attempts"):
        run(prepare=talks)


def test_a_case_that_a_station_keeps_going_is_stopped_after_two_hours() -> None:
    @case("TC_X_01_CS")
    async def waits(bench: Bench) -> None:
        while await bench.expect_optional(m.HeartbeatRequest, within=60.0):
            bench.judge.checks += 1

    def goes_on(station: ScriptedStation) -> None:
        async def talk() -> None:
            while station.peer is not None:
                await asyncio.sleep(50.0)
                await station.peer.call(m.HeartbeatRequest())

        station.on_connected = talk

    (result,) = campaign(waits, prepare=goes_on)
    assert (result.verdict, result.duration_s) == (Verdict.FAIL, pytest.approx(7200, abs=5))
    assert "no end within 7200 s" in found(result)


# Before and after the scenario


def test_no_answer_in_the_preparation_is_inconclusive() -> None:
    @case("TC_X_01_CS", configuration={"TxCtrlr.TxStartPoint": "Authorized"})
    async def prepared(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    def silent(station: ScriptedStation) -> None:
        station.scripts[m.SetVariablesRequest] = never

    (result,) = campaign(prepared, prepare=silent)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no answer to SetVariables in time" in found(result)


TWO_VARIABLES = {"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.TxStopPoint": "Authorized"}


def configurable(station: ScriptedStation) -> None:
    """A station that takes any value, but does not keep it."""

    async def accepts(called: Called) -> None:
        data = called.request.set_variable_data  # type: ignore[attr-defined]
        await called.answer(m.SetVariablesResponse(set_variable_result=[_accepted(one) for one in data]))

    station.variables.append(variable("TxCtrlr", "TxStopPoint", "EVConnected"))
    station.scripts[m.SetVariablesRequest] = accepts


def test_fewer_results_than_variables_are_noticed_when_they_are_set() -> None:
    @case("TC_X_01_CS", configuration=TWO_VARIABLES)
    async def configured(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    async def accepts_one(called: Called) -> None:
        data = called.request.set_variable_data  # type: ignore[attr-defined]
        await called.answer(m.SetVariablesResponse(set_variable_result=[_accepted(data[0])]))

    def bad(station: ScriptedStation) -> None:
        configurable(station)
        station.scripts[m.SetVariablesRequest] = accepts_one

    (result,) = campaign(configured, prepare=bad)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "1 results for 2 variables" in found(result)


@pytest.mark.parametrize("results", [1, 3])
def test_fewer_or_more_results_than_variables_are_noticed_when_they_are_put_back(results: int) -> None:
    @case("TC_X_01_CS", configuration=TWO_VARIABLES)
    async def configured(bench: Bench) -> None:
        bench.check(True, "something", "something")

    async def answers_otherwise(called: Called) -> None:
        data = called.request.get_variable_data  # type: ignore[attr-defined]
        await called.answer(m.GetVariablesResponse(get_variable_result=[_value(data[0], "EVConnected")] * results))

    def bad(station: ScriptedStation) -> None:
        configurable(station)
        station.scripts[m.GetVariablesRequest] = answers_otherwise

    (result,) = campaign(configured, prepare=bad)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "the station is idle again after the case" in found(result)


def test_what_a_station_may_have_done_without_an_answer_is_taken_back() -> None:
    @case("TC_X_01_CS")
    async def makes_inoperative(bench: Bench) -> None:
        await bench.call(m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType.Inoperative))

    asked: list[str] = []

    async def does_it_and_hangs_up(called: Called) -> None:
        asked.append(called.request.operational_status)  # type: ignore[attr-defined]
        if len(asked) == 1:
            called.peer.abort()
        else:
            await called.answer(m.ChangeAvailabilityResponse(status="Accepted"))  # type: ignore[arg-type]

    def bad(station: ScriptedStation) -> None:
        station.scripts[m.ChangeAvailabilityRequest] = does_it_and_hangs_up

    (result,) = campaign(makes_inoperative, prepare=bad)
    assert result.verdict is Verdict.FAIL
    assert asked == ["Inoperative", "Operative"]


def test_values_that_a_station_may_have_taken_without_an_answer_are_put_back() -> None:
    @case("TC_X_01_CS", configuration={"TxCtrlr.TxStartPoint": "Authorized"})
    async def configured(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    values: list[str] = []

    async def takes_it_and_says_nothing(called: Called) -> None:
        (data,) = called.request.set_variable_data  # type: ignore[attr-defined]
        values.append(data.attribute_value)
        if len(values) > 1:
            await called.answer(m.SetVariablesResponse(set_variable_result=[_accepted(data)]))

    async def tells(called: Called) -> None:
        (data,) = called.request.get_variable_data  # type: ignore[attr-defined]
        await called.answer(m.GetVariablesResponse(get_variable_result=[_value(data, values[-1])]))

    def bad(station: ScriptedStation) -> None:
        station.scripts[m.SetVariablesRequest] = takes_it_and_says_nothing
        station.scripts[m.GetVariablesRequest] = tells

    (result,) = campaign(configured, prepare=bad)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert values == ["Authorized", "EVConnected"]


def _accepted(data: t.SetVariableDataType) -> t.SetVariableResultType:
    return t.SetVariableResultType(
        attribute_status=t.SetVariableStatusEnumType.Accepted, component=data.component, variable=data.variable
    )


def _value(data: t.GetVariableDataType, value: str) -> t.GetVariableResultType:
    return t.GetVariableResultType(
        attribute_status=t.GetVariableStatusEnumType.Accepted,
        attribute_value=value,
        component=data.component,
        variable=data.variable,
    )
