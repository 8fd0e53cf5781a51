"""A small charge point of OCPP 1.6 that is not ours, on the PyPI package `ocpp`.

It boots, reports the status of its only connector and its own, sends heartbeats, has a few configuration keys, and has
one kind of transaction: it starts with a card and a cable, in either order, and ends when the card comes again, the
cable is unplugged or the Central System ends it. It supports nothing else. A fixture acts at it over HTTP. It runs in a
process of its own and imports nothing of Plugfest.

    python station_v16.py CSMS_URL IDENTITY PASSWORD FIXTURE_PORT
"""

import asyncio
import sys
from datetime import UTC, datetime

from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result
from power import Power, run

CONNECTOR, WHOLE_STATION = 1, 0

READ_ONLY = {
    "NumberOfConnectors": "1",
    "SupportedFeatureProfiles": "Core",
    "GetConfigurationMaxKeys": "20",
}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Hardware:
    """The state that is kept between connections."""

    def __init__(self) -> None:
        self.plugged = False
        self.authorized: str | None = None
        self.transaction_id: int | None = None
        self.settings = {"HeartbeatInterval": "60", "ConnectionTimeOut": "60", "LocalPreAuthorize": "false"}

    def keys(self) -> dict[str, str]:
        return READ_ONLY | self.settings

    @property
    def status(self) -> str:
        if self.transaction_id is not None:
            return "Charging"
        return "Preparing" if self.plugged or self.authorized else "Available"


class Station(ChargePoint):
    """One connection of the station to its Central System."""

    def __init__(self, identity: str, connection: object, hardware: Hardware) -> None:
        super().__init__(identity, connection)
        self.hardware = hardware

    async def boot(self) -> None:
        booted = await self._booted()
        while booted.status != "Accepted":
            await asyncio.sleep(booted.interval)
            booted = await self._booted()
        self.hardware.settings["HeartbeatInterval"] = str(booted.interval)
        await self.report("Available", WHOLE_STATION)
        await self.report(self.hardware.status)
        while True:
            await asyncio.sleep(float(self.hardware.settings["HeartbeatInterval"]))
            await self.call(call.Heartbeat())

    async def _booted(self) -> call_result.BootNotification:
        return await self.call(call.BootNotification(charge_point_model="Page", charge_point_vendor="Elsewhere"))

    async def report(self, status: str, connector_id: int = CONNECTOR) -> None:
        await self.call(
            call.StatusNotification(connector_id=connector_id, error_code="NoError", status=status, timestamp=now())
        )

    # Configuration

    @on("GetConfiguration")
    def get_configuration(self, key: list[str] | None = None, **_: object) -> call_result.GetConfiguration:
        known = self.hardware.keys()
        found = [name for name in (key or known) if name in known]
        return call_result.GetConfiguration(
            configuration_key=[{"key": name, "readonly": name in READ_ONLY, "value": known[name]} for name in found],
            unknown_key=[name for name in key or () if name not in known],
        )

    @on("ChangeConfiguration")
    def change_configuration(self, key: str, value: str, **_: object) -> call_result.ChangeConfiguration:
        before = self.hardware.keys().get(key)
        if before is None:
            return call_result.ChangeConfiguration(status="NotSupported")
        if key in READ_ONLY or before.isdecimal() != value.isdecimal():
            return call_result.ChangeConfiguration(status="Rejected")
        self.hardware.settings[key] = value
        return call_result.ChangeConfiguration(status="Accepted")

    # Transactions

    async def present_token(self, id_tag: str, _: str) -> None:
        if self.hardware.transaction_id is not None:
            if id_tag == self.hardware.authorized:
                await self._end("Local")
            return
        answer = await self.call(call.Authorize(id_tag=id_tag))
        if answer.id_tag_info["status"] != "Accepted":
            return
        self.hardware.authorized = id_tag
        if not self.hardware.plugged:
            await self.report("Preparing")
        await self._begin_when_ready()

    async def plug(self, plugged: bool) -> None:
        self.hardware.plugged = plugged
        if not plugged:
            if self.hardware.transaction_id is not None:
                await self._end("EVDisconnected")
            await self.report(self.hardware.status)
            return
        if self.hardware.authorized is None:
            await self.report("Preparing")
        await self._begin_when_ready()

    async def _begin_when_ready(self) -> None:
        if self.hardware.plugged and self.hardware.authorized is not None:
            started = await self.call(
                call.StartTransaction(
                    connector_id=CONNECTOR, id_tag=self.hardware.authorized, meter_start=0, timestamp=now()
                )
            )
            self.hardware.transaction_id = started.transaction_id
            await self.report("Charging")

    @on("RemoteStopTransaction")
    def remote_stop(self, transaction_id: int, **_: object) -> call_result.RemoteStopTransaction:
        known = self.hardware.transaction_id == transaction_id
        return call_result.RemoteStopTransaction(status="Accepted" if known else "Rejected")

    @after("RemoteStopTransaction")
    async def stop(self, transaction_id: int, **_: object) -> None:
        if self.hardware.transaction_id == transaction_id:
            await self._end("Remote")

    async def _end(self, reason: str) -> None:
        transaction_id, self.hardware.transaction_id = self.hardware.transaction_id, None
        id_tag, self.hardware.authorized = self.hardware.authorized, None
        await self.call(
            call.StopTransaction(
                transaction_id=transaction_id, id_tag=id_tag, meter_stop=0, timestamp=now(), reason=reason
            )
        )
        if self.hardware.plugged:
            await self.report("Finishing")


async def main(csms_url: str, identity: str, password: str, port: str) -> None:
    hardware = Hardware()
    power = Power(csms_url, identity, password, "ocpp1.6", lambda connection: Station(identity, connection, hardware))
    await run(power, port)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
