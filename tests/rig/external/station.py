"""A small charging station that is not ours, on the PyPI package `ocpp`.

It boots, reports the status of its only connector, sends heartbeats, reports a few variables, and has one kind of
transaction: from one presentation of a token to the next. It supports nothing else. A fixture acts at it over HTTP. It
runs in a process of its own and imports nothing of Plugfest.

    python station.py CSMS_URL IDENTITY PASSWORD FIXTURE_PORT
"""

import asyncio
import sys
from datetime import UTC, datetime
from uuid import uuid4

from ocpp.routing import after, on
from ocpp.v201 import ChargePoint, call, call_result
from power import Power, run

EVSE, CONNECTOR = 1, 1

READ_ONLY = {
    ("TxCtrlr", "TxStartPoint"): "Authorized",
    ("TxCtrlr", "TxStopPoint"): "Authorized",
    ("ChargingStation", "Model"): "Page",
    ("AuthCtrlr", "Enabled"): "true",
}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


HEARTBEAT_INTERVAL = ("OCPPCommCtrlr", "HeartbeatInterval")


class Transaction:
    def __init__(self, token: dict[str, str]) -> None:
        self.id = str(uuid4())
        self.token = token
        self.seq_no = -1


class Hardware:
    """The state that is kept between connections."""

    def __init__(self) -> None:
        self.plugged = False
        self.transaction: Transaction | None = None
        self.settings = {
            HEARTBEAT_INTERVAL: "60",
            ("OCPPCommCtrlr", "OfflineThreshold"): "600",
            ("AuthCtrlr", "AuthorizeRemoteStart"): "true",
        }

    def variables(self) -> dict[tuple[str, str], str]:
        return READ_ONLY | self.settings

    def missing(self, key: tuple[str, str]) -> str:
        """The status for a missing variable."""
        known = any(component == key[0] for component, _ in self.variables())
        return "UnknownVariable" if known else "UnknownComponent"


class Station(ChargePoint):
    """One connection of the station to its CSMS."""

    def __init__(self, identity: str, connection: object, hardware: Hardware) -> None:
        super().__init__(identity, connection)
        self.hardware = hardware

    async def boot(self) -> None:
        booted = await self.call(
            call.BootNotification(charging_station={"model": "Page", "vendor_name": "Elsewhere"}, reason="PowerUp")
        )
        self.hardware.settings[HEARTBEAT_INTERVAL] = str(booted.interval)
        await self.report_status()
        while True:
            await asyncio.sleep(float(self.hardware.settings[HEARTBEAT_INTERVAL]))
            await self.call(call.Heartbeat())

    async def report_status(self) -> None:
        status = "Occupied" if self.hardware.plugged else "Available"
        await self.call(
            call.StatusNotification(timestamp=now(), connector_status=status, evse_id=EVSE, connector_id=CONNECTOR)
        )

    # Variables

    @on("GetVariables")
    def get_variables(self, get_variable_data: list[dict], **_: object) -> call_result.GetVariables:
        return call_result.GetVariables(get_variable_result=[self._read(one) for one in get_variable_data])

    def _read(self, requested: dict) -> dict:
        key = (requested["component"]["name"], requested["variable"]["name"])
        found = {"component": requested["component"], "variable": requested["variable"]}
        if "attribute_type" in requested:  # B06.FR.03
            found["attribute_type"] = requested["attribute_type"]
        value = self.hardware.variables().get(key)
        if value is None:
            return found | {"attribute_status": self.hardware.missing(key)}
        if requested.get("attribute_type", "Actual") != "Actual":
            return found | {"attribute_status": "NotSupportedAttributeType"}
        return found | {"attribute_status": "Accepted", "attribute_value": value, "attribute_type": "Actual"}

    @on("SetVariables")
    def set_variables(self, set_variable_data: list[dict], **_: object) -> call_result.SetVariables:
        return call_result.SetVariables(set_variable_result=[self._write(one) for one in set_variable_data])

    def _write(self, requested: dict) -> dict:
        key = (requested["component"]["name"], requested["variable"]["name"])
        named = ("component", "variable", "attribute_type")  # B05.FR.02, FR.03
        done = {name: requested[name] for name in named if name in requested}
        if key not in self.hardware.variables():
            return done | {"attribute_status": self.hardware.missing(key)}
        before, value = self.hardware.variables()[key], requested["attribute_value"]
        if key in READ_ONLY or before.isdecimal() != value.isdecimal():
            return done | {"attribute_status": "Rejected"}
        self.hardware.settings[key] = value
        return done | {"attribute_status": "Accepted"}

    @on("GetBaseReport")
    def get_base_report(self, request_id: int, report_base: str, **_: object) -> call_result.GetBaseReport:
        status = "Accepted" if report_base == "FullInventory" else "NotSupported"
        return call_result.GetBaseReport(status=status)

    @after("GetBaseReport")
    async def send_base_report(self, request_id: int, report_base: str, **_: object) -> None:
        if report_base != "FullInventory":
            return
        data = [
            {
                "component": {"name": component},
                "variable": {"name": variable},
                "variable_attribute": [
                    {"value": value, "mutability": "ReadOnly" if (component, variable) in READ_ONLY else "ReadWrite"}
                ],
                "variable_characteristics": {"data_type": "string", "supports_monitoring": False},
            }
            for (component, variable), value in self.hardware.variables().items()
        ]
        await self.call(
            call.NotifyReport(request_id=request_id, generated_at=now(), seq_no=0, tbc=False, report_data=data)
        )

    # Transactions

    async def present_token(self, id_token: str, kind: str) -> None:
        token = {"id_token": id_token, "type": kind}
        if self.hardware.transaction is not None and self.hardware.transaction.token == token:
            await self._end("StopAuthorized", "Local")
            return
        answer = await self.call(call.Authorize(id_token=token))
        if answer.id_token_info["status"] == "Accepted" and self.hardware.transaction is None:
            self.hardware.transaction = Transaction(token)
            state = "EVConnected" if self.hardware.plugged else "Idle"
            await self._send_event("Started", "Authorized", state, token=token, at_evse=self.hardware.plugged)
            if self.hardware.plugged:
                await self._send_event("Updated", "ChargingStateChanged", "Charging")

    async def plug(self, plugged: bool) -> None:
        self.hardware.plugged = plugged
        await self.report_status()
        if self.hardware.transaction is not None and plugged:
            await self._send_event("Updated", "CablePluggedIn", "EVConnected", at_evse=True)
            await self._send_event("Updated", "ChargingStateChanged", "Charging")
        elif self.hardware.transaction is not None:
            await self._end("EVCommunicationLost", "EVDisconnected")

    @on("RequestStopTransaction")
    def request_stop(self, transaction_id: str, **_: object) -> call_result.RequestStopTransaction:
        known = self.hardware.transaction is not None and self.hardware.transaction.id == transaction_id
        return call_result.RequestStopTransaction(status="Accepted" if known else "Rejected")

    @after("RequestStopTransaction")
    async def stop(self, transaction_id: str, **_: object) -> None:
        if self.hardware.transaction is not None and self.hardware.transaction.id == transaction_id:
            await self._end("RemoteStop", "Remote")

    async def _end(self, trigger_reason: str, stopped_reason: str) -> None:
        state = "EVConnected" if self.hardware.plugged else "Idle"
        ended, self.hardware.transaction = self.hardware.transaction, None  # nothing follows Ended
        await self._send_event("Ended", trigger_reason, state, stopped_reason=stopped_reason, transaction=ended)

    async def _send_event(
        self,
        event_type: str,
        trigger_reason: str,
        charging_state: str,
        *,
        token: dict[str, str] | None = None,
        at_evse: bool = False,
        stopped_reason: str | None = None,
        transaction: Transaction | None = None,
    ) -> None:
        transaction = transaction or self.hardware.transaction
        assert transaction is not None
        transaction.seq_no += 1
        info = {"transaction_id": transaction.id, "charging_state": charging_state}
        if stopped_reason is not None:
            info["stopped_reason"] = stopped_reason
        await self.call(
            call.TransactionEvent(
                event_type=event_type,
                timestamp=now(),
                trigger_reason=trigger_reason,
                seq_no=transaction.seq_no,
                transaction_info=info,
                id_token=token,
                evse={"id": EVSE, "connector_id": CONNECTOR} if at_evse else None,
            )
        )


async def main(csms_url: str, identity: str, password: str, port: str) -> None:
    hardware = Hardware()
    power = Power(csms_url, identity, password, "ocpp2.0.1", lambda connection: Station(identity, connection, hardware))
    await run(power, port)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
