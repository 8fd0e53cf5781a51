"""The examples of values, through ChangeConfiguration and SetVariables of a station."""

import asyncio

import pytest
from tests.specification.examples import EXAMPLES, FileLocation, Key, VariableValue, name
from tests.station.powered_station import powered_station
from tests.station.v16.station_bench import station_bench

from plugfest.clock import run_simulated
from plugfest.lab.v201.configuration import Variable
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.transfer.location import parse_location


@pytest.mark.parametrize("example", EXAMPLES.keys, ids=lambda one: f"{one.key}={one.value}")
def test_a_value_of_a_key_is_accepted_and_used_or_rejected(example: Key) -> None:
    async def scenario() -> tuple[str, str | None, str | None]:
        async with station_bench("reference-16-ac") as bench:
            before = await bench.value(example.key)
            status = await bench.change(example.key, example.value)
            await asyncio.sleep(5)  # a new AuthorizationKey is used on a new connection
            return status, before, await bench.value(example.key)

    status, before, after = run_simulated(scenario())
    if example.refused:
        assert (status, after) == ("Rejected", before)
    else:
        assert status == "Accepted"
        assert (after or "") == (example.value if example.used is None else example.used)


def test_a_key_with_another_notation_of_a_number_is_used() -> None:
    """1.6 has no notation of an integer: only 2.0.1 excludes a plus sign and leading zeroes."""

    async def scenario() -> tuple[str, str | None]:
        async with station_bench("reference-16-ac") as bench:
            status = await bench.change("MeterValueSampleInterval", "+0300")
            return status, await bench.value("MeterValueSampleInterval")

    assert run_simulated(scenario()) == ("Accepted", "300")


@pytest.mark.parametrize("example", EXAMPLES.variables, ids=lambda one: f"{one.variable}={one.value}")
def test_a_value_of_a_variable_is_accepted_and_used_or_rejected(example: VariableValue) -> None:
    variable = Variable.parse(example.variable)

    async def scenario() -> tuple[str, str | None, str | None]:
        claims = {"C-25": True, "C-26": True}
        async with powered_station(example.product, claiming=claims) as (_, csms):
            await csms.expect(m.StatusNotificationRequest)
            data = t.GetVariableDataType(**variable.wire())
            before = await csms.call(m.GetVariablesRequest(get_variable_data=[data]))
            new = t.SetVariableDataType(attribute_value=example.value, **variable.wire())
            result = await csms.call(m.SetVariablesRequest(set_variable_data=[new]))
            after = await csms.call(m.GetVariablesRequest(get_variable_data=[data]))
            values = [given(each.get_variable_result[0].attribute_value) for each in (before, after)]
            return result.set_variable_result[0].attribute_status.value, values[0], values[1]

    status, before, after = run_simulated(scenario())
    if example.refused:
        assert (status, after) == ("Rejected", before)
    else:
        assert (status, after) == ("Accepted", example.value if example.used is None else example.used)


@pytest.mark.parametrize("example", EXAMPLES.locations, ids=name)
def test_a_location_of_a_file_may_omit_user_password_and_port(example: FileLocation) -> None:
    location = parse_location(example.url)
    assert (location.host, location.port, location.path) == (example.host, example.port, example.path)
    assert (location.user, location.password) == (example.user, example.password)
