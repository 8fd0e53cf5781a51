"""A charging station with its virtual hardware and a scripted CSMS, and transcripts of their messages."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from tests.products.pics_files import catalog_text
from tests.station.csms import Csms
from tests.station.powered_station import powered_station

from plugfest.clock import run_simulated
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.lifecycle.power import PoweredStation

HYC = "alpitronic-hyc-200-eu"

CARD = "ISO14443"

ACCEPTED = t.AuthorizationStatusEnumType.Accepted


class StationBench:
    """`statuses` and `groups`: how the CSMS answers for an idToken; all others are accepted."""

    def __init__(self, station: PoweredStation, csms: Csms) -> None:
        self.station = station
        self.csms = csms
        assert isinstance(station.hardware, VirtualHardware)
        self.hardware = station.hardware
        self.statuses: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        csms.replies["Authorize"] = self._authorize
        csms.replies["TransactionEvent"] = self._transaction_event

    @property
    def events(self) -> list[m.TransactionEventRequest]:
        return self.csms.all(m.TransactionEventRequest)

    async def event(self, number: int) -> m.TransactionEventRequest:
        """The `number`-th transaction event, from 1."""
        return await self.csms.expect(m.TransactionEventRequest, number)

    def transcript(self) -> list[str]:
        """The transaction events so far: type, trigger, and charging state and stopped reason if present."""
        return [_line(event) for event in self.events]

    def connector_statuses(self, evse_id: int = 1) -> list[str]:
        statuses = self.csms.all(m.StatusNotificationRequest)
        return [each.connector_status.value for each in statuses if each.evse_id == evse_id]

    async def set(self, name: str, value: str) -> None:
        """Set a variable, Component.Variable, as the CSMS would."""
        component, _, variable = name.partition(".")
        data = t.SetVariableDataType(
            attribute_value=value, component=t.ComponentType(name=component), variable=t.VariableType(name=variable)
        )
        response = await self.csms.call(m.SetVariablesRequest(set_variable_data=[data]))
        status = response.set_variable_result[0].attribute_status
        assert status is t.SetVariableStatusEnumType.Accepted, f"{name} = {value}: {status}"

    def _info(self, token: t.IdTokenType) -> t.IdTokenInfoType:
        group = self.groups.get(token.id_token)
        info = t.IdTokenInfoType(
            status=t.AuthorizationStatusEnumType(self.statuses.get(token.id_token, ACCEPTED.value))
        )
        if group is None:
            return info
        group_token = t.IdTokenType(id_token=group, type=t.IdTokenEnumType.Central)
        return msgspec.structs.replace(info, group_id_token=group_token)

    def _authorize(self, request: Any) -> m.AuthorizeResponse:
        return m.AuthorizeResponse(id_token_info=self._info(request.id_token))

    def _transaction_event(self, request: Any) -> m.TransactionEventResponse:
        token = given(request.id_token)
        if token is None:
            return m.TransactionEventResponse()
        return m.TransactionEventResponse(id_token_info=self._info(token))


Body = Callable[[StationBench], Awaitable[None]]


@contextlib.asynccontextmanager
async def station_bench(
    product: str = "alpitronic-hyc-200-eu", *, start: str = "", stop: str = "", **variables: str
) -> AsyncIterator[StationBench]:
    """A booted station. `start`, `stop`: TxStartPoint and TxStopPoint. `variables`: as Component__Variable."""
    async with powered_station(product) as (station, csms):
        bench = StationBench(station, csms)
        await csms.expect(m.SecurityEventNotificationRequest)
        if start:
            await bench.set("TxCtrlr.TxStartPoint", start)
        if stop:
            await bench.set("TxCtrlr.TxStopPoint", stop)
        for name, value in variables.items():
            await bench.set(name.replace("__", "."), value)
        yield bench


def run_on_bench(body: Body, product: str = HYC, **settings: str) -> None:
    """Run a test in simulated time. `settings` as for `station_bench`."""

    async def run() -> None:
        async with station_bench(product, **settings) as bench:
            await body(bench)

    run_simulated(run())


async def cable_first(bench: StationBench) -> None:
    bench.hardware.plug_in(1, 1)
    await asyncio.sleep(2)
    bench.hardware.present_token("A", CARD)
    await asyncio.sleep(20)


async def token_first(bench: StationBench) -> None:
    bench.hardware.present_token("A", CARD)
    await asyncio.sleep(2)
    bench.hardware.plug_in(1, 1)
    await asyncio.sleep(20)


def reply_invalid(request: m.TransactionEventRequest) -> m.TransactionEventResponse:
    if request.id_token is UNSET:
        return m.TransactionEventResponse()
    info = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Invalid)
    return m.TransactionEventResponse(id_token_info=info)


def _line(event: m.TransactionEventRequest) -> str:
    state = given(event.transaction_info.charging_state)
    reason = given(event.transaction_info.stopped_reason)
    words = [event.event_type.value, event.trigger_reason.value]
    words += [] if state is None else [state.value]
    words += [] if reason is None else [f"because {reason.value}"]
    return " ".join(words)


def product_variant(folder: Path, base: str, answers: Mapping[str, bool], **replaced: str) -> str:
    """A PICS file like that of `base` with other answers. `replaced`: replacements in its text."""
    text = catalog_text(base)
    for feature, answer in answers.items():
        text, found = re.subn(rf'(?m)^"{re.escape(feature)}" = \w+', f'"{feature}" = {str(answer).lower()}', text)
        assert found == 1, feature
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "variant.toml"
    path.write_text(re.sub(r"(?ms)^\[certificate\].*?(?=^\[(?!certificate)|\Z)", "", text))
    return str(path)
