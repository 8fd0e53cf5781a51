"""The CSMS can read the answer to a request before the connection is closed because of it."""

import asyncio
from typing import Any

import pytest
from tests.station.csms import Csms
from tests.station.powered_station import powered_station
from tests.station.v16.station_bench import station_bench

from plugfest.clock import run_simulated
from plugfest.ocpp.message import Request
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v16 import types as t16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

NEW_PASSWORD = t.SetVariableDataType(
    attribute_value="0123456789ABCDEF0123",
    component=t.ComponentType(name="SecurityCtrlr"),
    variable=t.VariableType(name="BasicAuthPassword"),
)


async def stays_open_and_closes(csms: Csms, request: Request[Any]) -> None:
    await csms.call(request)
    peer = csms.peer
    assert peer is not None
    await asyncio.sleep(0.9)
    assert not peer.closed
    await asyncio.sleep(10)
    assert peer.closed


@pytest.mark.parametrize(
    "request_of_csms",
    [
        m.ResetRequest(type=t.ResetEnumType.Immediate),
        m.ResetRequest(type=t.ResetEnumType.OnIdle),
        m.SetVariablesRequest(set_variable_data=[NEW_PASSWORD]),
    ],
    ids=["Immediate", "OnIdle", "password"],
)
def test_in_2_0_1(request_of_csms: Request[Any]) -> None:
    async def scenario() -> None:
        async with powered_station() as (_, csms):
            await csms.expect(m.SecurityEventNotificationRequest)
            await stays_open_and_closes(csms, request_of_csms)

    run_simulated(scenario())


@pytest.mark.parametrize("kind", list(t16.ResetType))
def test_in_1_6(kind: t16.ResetType) -> None:
    async def scenario() -> None:
        async with station_bench() as bench:
            await stays_open_and_closes(bench.csms, m16.ResetRequest(type=kind))

    run_simulated(scenario())
