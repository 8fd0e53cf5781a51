"""A station with OCPP 1.6, its virtual hardware and a scripted CSMS, and transcripts of their messages."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any

from tests.station.csms import Csms
from tests.station.powered_station import powered_station

from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.ocpp.message import UNSET, Request, Response, given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.ocpp.versions import V16
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.storage.store import Store

CARD = "04AABBCC"
OTHER_CARD = "04DDEEFF"


class Csms16(Csms):
    """`statuses_of` and `parents`: how the CSMS answers for an idTag; all others are accepted."""

    protocol = V16

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.registrations: list[str] = []
        self.statuses_of: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self.transaction_ids: list[int] = []

    def default_reply(self, request: Request[Any]) -> Response:
        match request:
            case m.BootNotificationRequest():
                status = t.BootNotificationResponseStatus(
                    self.registrations.pop(0) if self.registrations else "Accepted"
                )
                return m.BootNotificationResponse(status=status, current_time=self.now(), interval=self.interval)
            case m.HeartbeatRequest():
                return m.HeartbeatResponse(current_time=self.now())
            case m.AuthorizeRequest():
                return m.AuthorizeResponse(id_tag_info=self.info(request.id_tag))
            case m.StartTransactionRequest():
                self.transaction_ids.append(1001 + len(self.transaction_ids))
                return m.StartTransactionResponse(
                    id_tag_info=self.info(request.id_tag), transaction_id=self.transaction_ids[-1]
                )
            case m.SignCertificateRequest():
                return m.SignCertificateResponse(status=t.GenericStatusEnumType.Accepted)
            case m.DataTransferRequest():
                return m.DataTransferResponse(status=t.DataTransferResponseStatus.UnknownVendorId)
            case _:
                return request.response_type()

    def info(self, id_tag: str) -> t.IdTagInfo:
        return t.IdTagInfo(
            status=t.AuthorizationStatus(self.statuses_of.get(id_tag, "Accepted")),
            parent_id_tag=self.parents.get(id_tag, UNSET),
        )


class StationBench:
    """One station and its CSMS."""

    def __init__(self, station: PoweredStation, csms: Csms16) -> None:
        self.station = station
        self.csms = csms
        assert isinstance(station.hardware, VirtualHardware)
        self.hardware = station.hardware

    def transcript(self) -> list[str]:
        """All messages except Heartbeat, MeterValues and SecurityEventNotification."""
        lines = (_line(request) for _, request in self.csms.received)
        return [line for line in lines if line is not None]

    def statuses(self, connector: int = 1) -> list[str]:
        sent = self.csms.all(m.StatusNotificationRequest)
        return [each.status.value for each in sent if each.connector_id == connector]

    async def status(self, expected: str, connector: int = 1) -> m.StatusNotificationRequest:
        """Wait until this is the last reported status of a connector."""

        def sent() -> list[m.StatusNotificationRequest]:
            return [each for each in self.csms.all(m.StatusNotificationRequest) if each.connector_id == connector]

        await self.csms.until(lambda: bool(sent()) and sent()[-1].status.value == expected)
        return sent()[-1]

    def clear_messages(self) -> None:
        """Drop the messages received so far."""
        self.csms.received.clear()

    async def change(self, key: str, value: str) -> str:
        response = await self.csms.call(m.ChangeConfigurationRequest(key=key, value=value))
        return response.status.value

    async def value(self, key: str) -> str | None:
        """The value of a configuration key."""
        response = await self.csms.call(m.GetConfigurationRequest(key=[key]))
        return given((given(response.configuration_key) or [])[0].value)

    async def charge(self, connector: int = 1, card: str = CARD) -> int:
        """Plug in and present a card. Returns the transaction id."""
        self.hardware.plug_in(connector, 1)
        await self.status("Preparing", connector)
        self.hardware.present_token(card, "ISO14443", connector)
        await self.status("Charging", connector)
        return self.last_transaction_id()

    def last_transaction_id(self) -> int:
        """The last transaction id that the CSMS assigned."""
        return self.csms.transaction_ids[-1]


def _line(request: Request[Any]) -> str | None:
    match request:
        case m.HeartbeatRequest() | m.MeterValuesRequest() | m.SecurityEventNotificationRequest():
            return None
        case m.StatusNotificationRequest(connector_id=connector_id, status=status):
            return f"{connector_id} {status.value}"
        case m.AuthorizeRequest(id_tag=id_tag):
            return f"Authorize {id_tag}"
        case m.StartTransactionRequest(connector_id=connector_id, id_tag=id_tag):
            return f"{connector_id} Start {id_tag}"
        case m.StopTransactionRequest(transaction_id=transaction_id, reason=reason):
            return f"Stop {transaction_id} {given(reason)}"
        case _:
            return request.action


@contextlib.asynccontextmanager
async def station_bench(
    product: str = "botari-evon200-40p-2cr",
    *,
    claiming: Mapping[str, bool] = MappingProxyType({}),
    on: bool = True,
    store: Store | None = None,
    csms: Csms16 | None = None,
    **settings: Any,
) -> AsyncIterator[StationBench]:
    """A station accepted by the CSMS; with `on` False, one that is not switched on yet."""
    csms = csms or Csms16()
    claims = {"C-08": True, **claiming}
    async with powered_station(product, claiming=claims, on=on, store=store, csms=csms, **settings) as (station, _):
        bench = StationBench(station, csms)
        if on:
            await bench.status("Available", len(bench.hardware.evses))
        yield bench
