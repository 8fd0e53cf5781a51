"""Wrong answers before and after the scenario: the case is INCONCLUSIVE with the reason."""

import asyncio

import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, ScriptedStation, variable
from tests.lab.wrong_stations.two_cases import found, never_answers

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Verdict
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def test_no_answer_in_the_preparation_is_inconclusive() -> None:
    @case("TC_X_01_CS", configuration={"TxCtrlr.TxStartPoint": "Authorized"})
    async def prepared(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    def silent(station: ScriptedStation) -> None:
        station.scripts[m.SetVariablesRequest] = never_answers

    (result,) = campaign(prepared, prepare=silent)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no answer to SetVariables in time" in found(result)


TWO_VARIABLES = {"TxCtrlr.TxStartPoint": "Authorized", "TxCtrlr.TxStopPoint": "Authorized"}


def configurable(station: ScriptedStation) -> None:
    """Make the station accept any value without storing it."""

    async def accepts(called: Called) -> None:
        data = called.request.set_variable_data  # type: ignore[attr-defined]
        await called.answer(m.SetVariablesResponse(set_variable_result=[_accepted(one) for one in data]))

    station.variables.append(variable("TxCtrlr", "TxStopPoint", "EVConnected"))
    station.scripts[m.SetVariablesRequest] = accepts


def test_fewer_results_than_variables_are_reported_when_values_are_set() -> None:
    @case("TC_X_01_CS", configuration=TWO_VARIABLES)
    async def configured(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    async def accepts_one(called: Called) -> None:
        data = called.request.set_variable_data  # type: ignore[attr-defined]
        await called.answer(m.SetVariablesResponse(set_variable_result=[_accepted(data[0])]))

    def prepare_station(station: ScriptedStation) -> None:
        configurable(station)
        station.scripts[m.SetVariablesRequest] = accepts_one

    (result,) = campaign(configured, prepare=prepare_station)
    assert result.verdict is Verdict.FAIL  # B05.FR.01, a rule for every case
    assert "1 results for 2 variables" in found(result)


@pytest.mark.parametrize("results", [1, 3])
def test_fewer_or_more_results_than_variables_are_reported_when_values_are_restored(results: int) -> None:
    @case("TC_X_01_CS", configuration=TWO_VARIABLES)
    async def configured(bench: Bench) -> None:
        bench.check(True, "something", "something")

    async def answers_otherwise(called: Called) -> None:
        data = called.request.get_variable_data  # type: ignore[attr-defined]
        await called.answer(m.GetVariablesResponse(get_variable_result=[_value(data[0], "EVConnected")] * results))

    def prepare_station(station: ScriptedStation) -> None:
        configurable(station)
        station.scripts[m.GetVariablesRequest] = answers_otherwise

    (result,) = campaign(configured, prepare=prepare_station)
    assert result.verdict is Verdict.FAIL  # B06.FR.01, a rule for every case
    assert "the station is idle again after the case" in found(result)


def test_a_change_that_may_have_been_made_without_an_answer_is_restored() -> None:
    @case("TC_X_01_CS")
    async def inoperative_case(bench: Bench) -> None:
        await bench.call(m.ChangeAvailabilityRequest(operational_status=t.OperationalStatusEnumType.Inoperative))

    requested: list[str] = []

    async def changes_and_disconnects(called: Called) -> None:
        requested.append(called.request.operational_status)  # type: ignore[attr-defined]
        if len(requested) == 1:
            called.peer.abort()
        else:
            await called.answer(m.ChangeAvailabilityResponse(status="Accepted"))  # type: ignore[arg-type]

    def prepare_station(station: ScriptedStation) -> None:
        station.scripts[m.ChangeAvailabilityRequest] = changes_and_disconnects

    (result,) = campaign(inoperative_case, prepare=prepare_station)
    assert result.verdict is Verdict.FAIL
    assert requested == ["Inoperative", "Operative"]


def test_values_that_may_have_been_set_without_an_answer_are_restored() -> None:
    @case("TC_X_01_CS", configuration={"TxCtrlr.TxStartPoint": "Authorized"})
    async def configured(bench: Bench) -> None:
        raise AssertionError("the scenario must not begin")

    values: list[str] = []

    async def sets_without_first_answer(called: Called) -> None:
        (data,) = called.request.set_variable_data  # type: ignore[attr-defined]
        values.append(data.attribute_value)
        if len(values) > 1:
            await called.answer(m.SetVariablesResponse(set_variable_result=[_accepted(data)]))

    async def reports_value(called: Called) -> None:
        (data,) = called.request.get_variable_data  # type: ignore[attr-defined]
        await called.answer(m.GetVariablesResponse(get_variable_result=[_value(data, values[-1])]))

    def prepare_station(station: ScriptedStation) -> None:
        station.scripts[m.SetVariablesRequest] = sets_without_first_answer
        station.scripts[m.GetVariablesRequest] = reports_value

    (result,) = campaign(configured, prepare=prepare_station)
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


def test_the_next_case_does_not_begin_before_the_messages_about_the_last_action_have_come() -> None:
    @case("TC_X_01_CS")
    async def acts_at_the_end(bench: Bench) -> None:
        bench.check(True, "something", "something")
        await bench.wait(60)
        await bench.operator.leave(1)

    @case("TC_X_02_CS")
    async def follows(bench: Bench) -> None:
        await bench.wait(10)
        bench.check(True, "something", "something")

    late: list[asyncio.Future[None]] = []

    async def reports_late(station: ScriptedStation) -> None:
        await asyncio.sleep(0.9)
        await station.sends(m.SignCertificateRequest(csr="unsolicited"))

    async def acted(station: ScriptedStation, _: str) -> None:
        late.append(asyncio.ensure_future(reports_late(station)))

    _, second = campaign(acts_at_the_end, follows, on_action=acted)
    assert second.verdict is Verdict.PASS
