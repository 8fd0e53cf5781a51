"""A station of OCPP 2.0.1."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from tools.power_cuts.checks import problems_of_v201
from tools.power_cuts.csms import Payload, now
from tools.power_cuts.process import Gone
from tools.power_cuts.world import FAILED_UPDATES, World

from plugfest.security.pki import TestPki

_ACCEPTED = {"idTokenInfo": {"status": "Accepted"}}
_ROOT = "ManufacturerRootCertificate"
_VARIABLES = {
    "OCPPCommCtrlr.OfflineThreshold": ("100", "200", "300"),
    "SampledDataCtrlr.TxUpdatedInterval": ("1", "2", "60"),
    "TxCtrlr.EVConnectionTimeOut": ("30", "60"),
}


class World201(World):
    version: ClassVar[str] = "2.0.1"
    subprotocol: ClassVar[str] = "ocpp2.0.1"
    product: ClassVar[str] = "reference-ac"
    password_setting: ClassVar[str] = "SecurityCtrlr.BasicAuthPassword"

    def answers(self) -> dict[str, Callable[[Payload], Payload]]:
        return {
            "BootNotification": lambda _: {"currentTime": now(), "interval": 300, "status": "Accepted"},
            "Heartbeat": lambda _: {"currentTime": now()},
            "Authorize": lambda _: _ACCEPTED,
            "TransactionEvent": lambda payload: _ACCEPTED if "idToken" in payload else {},
            "SignCertificate": lambda _: {"status": "Accepted"},
            "FirmwareStatusNotification": self._firmware_status,
        }

    def actions(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (
            self.set_variable,
            self.send_local_list,
            self.change_availability,
            self.set_charging_profile,
            self.install_or_delete_root,
            self.update_firmware,
        )

    async def actual(self, state: Payload) -> dict[str, Any]:
        found: dict[str, Any] = {
            "local list": (state["local_list"]["version"], state["local_list"]["entries"]),
            "charging profiles": await self._profiles(),
            "root certificates": await self._roots(),
        }
        answer = await self.csms.call("GetVariables", {"getVariableData": [_variable(name) for name in _VARIABLES]})
        for name, result in zip(_VARIABLES, answer["getVariableResult"], strict=True):
            found[name] = result["attributeValue"]
        if self.tls:
            found["certificate"] = self.csms.used_certificate
        if not self.updating:  # an update makes the station Unavailable (L01.FR.07)
            found["firmware"] = state["firmware"]["version"]
            found["availability"] = state["evses"][1]["connectors"][0]["status"] != "Unavailable"
        return found

    async def _profiles(self) -> dict[int, float]:
        request_id = self.random.randrange(2**31)
        before = len(self.csms.received)
        answer = await self.csms.call("GetChargingProfiles", {"requestId": request_id, "chargingProfile": {}})
        if answer["status"] == "NoProfiles":
            return {}

        def reports() -> list[Payload]:
            new = [each.payload for each in self.csms.received[before:] if each.action == "ReportChargingProfiles"]
            return [each for each in new if each["requestId"] == request_id]

        if not await self.csms.until(lambda: any(not each.get("tbc") for each in reports()), 10.0):
            raise Gone("ReportChargingProfiles")
        profiles = [profile for each in reports() for profile in each["chargingProfile"]]
        return {each["id"]: each["chargingSchedule"][0]["chargingSchedulePeriod"][0]["limit"] for each in profiles}

    async def _roots(self) -> frozenset[str]:
        return frozenset(each["serialNumber"] for each in await self._hashes())

    async def _hashes(self) -> list[Payload]:
        request = {"certificateType": [_ROOT]}
        answer = await self.csms.call("GetInstalledCertificateIds", request)
        found = [each["certificateHashData"] for each in answer.get("certificateHashDataChain", [])]
        return [each for each in found if each["serialNumber"] != self.manufacturer_serial]

    # Requests

    async def set_variable(self) -> None:
        name = self.random.choice(list(_VARIABLES))
        value = self.random.choice(_VARIABLES[name])

        async def request() -> bool:
            data = {**_variable(name), "attributeValue": value}
            answer = await self.csms.call("SetVariables", {"setVariableData": [data]})
            return bool(answer["setVariableResult"][0]["attributeStatus"] == "Accepted")

        await self.change(name, value, request)

    async def set_password(self, password: str) -> bool:
        data = {**_variable(self.password_setting), "attributeValue": password}
        answer = await self.csms.call("SetVariables", {"setVariableData": [data]})
        return bool(answer["setVariableResult"][0]["attributeStatus"] == "Accepted")

    async def send_local_list(self) -> None:
        version, entries = self.kept["local list"].value[0] + 1, self.random.randint(1, 50)
        tokens = [
            {"idToken": {"idToken": f"AA{number:08d}", "type": "ISO14443"}, "idTokenInfo": {"status": "Accepted"}}
            for number in range(entries)
        ]

        async def request() -> bool:
            payload = {"versionNumber": version, "updateType": "Full", "localAuthorizationList": tokens}
            return bool((await self.csms.call("SendLocalList", payload))["status"] == "Accepted")

        await self.change("local list", (version, entries), request)

    async def change_availability(self) -> None:
        operative = not self.kept["availability"].value

        async def request() -> bool:
            status = "Operative" if operative else "Inoperative"
            answer = await self.csms.call("ChangeAvailability", {"operationalStatus": status, "evse": {"id": 2}})
            return bool(answer["status"] == "Accepted")

        await self.change("availability", operative, request)

    async def set_charging_profile(self) -> None:
        kept, id = self.kept["charging profiles"], self.random.randint(1, 4)
        if id in kept.value and self.random.random() < 0.4:
            wanted = {number: limit for number, limit in kept.value.items() if number != id}
        else:
            wanted = {**kept.value, id: float(self.random.randint(6, 32))}

        async def request() -> bool:
            return await (self._set_profile(id, wanted[id]) if id in wanted else self._clear_profile(id))

        await self.change("charging profiles", wanted, request)

    async def _clear_profile(self, id: int) -> bool:
        answer = await self.csms.call("ClearChargingProfile", {"chargingProfileId": id})
        return bool(answer["status"] == "Accepted")

    async def _set_profile(self, id: int, limit: float) -> bool:
        period = {"startPeriod": 0, "limit": limit}
        schedule = {"id": id, "chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
        profile = {
            "id": id,
            "stackLevel": id,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": [schedule],
        }
        answer = await self.csms.call("SetChargingProfile", {"evseId": 2, "chargingProfile": profile})
        return bool(answer["status"] == "Accepted")

    async def install_or_delete_root(self) -> None:
        installed = await self._hashes()
        kept = self.kept["root certificates"].value
        if len(installed) >= 3:
            chosen = self.random.choice(installed)

            async def delete() -> bool:
                answer = await self.csms.call("DeleteCertificate", {"certificateHashData": chosen})
                return bool(answer["status"] == "Accepted")

            await self.change("root certificates", kept - {chosen["serialNumber"]}, delete)
            return
        root = TestPki(self.pki.root.certificate.not_valid_before_utc, organization=f"Maker {self.random.random()}")
        serial = f"{root.root.certificate.serial_number:x}"

        async def install() -> bool:
            payload = {"certificateType": _ROOT, "certificate": root.root_pem}
            return bool((await self.csms.call("InstallCertificate", payload))["status"] == "Accepted")

        await self.change("root certificates", kept | {serial}, install)

    async def request_renewal(self) -> bool:
        payload = {"requestedMessage": "SignChargingStationCertificate"}
        return bool((await self.csms.call("TriggerMessage", payload))["status"] == "Accepted")

    async def update_firmware(self) -> None:
        if self.updating or self.random.random() < 0.7:
            return
        version, location, signature, certificate = self.new_image()
        self.updating = True
        firmware = {
            "location": location,
            "retrieveDateTime": now(),
            "signingCertificate": certificate,
            "signature": signature,
        }
        request_id = self.random.randrange(1, 2**31)
        self.kept["firmware"].possible.append(version)
        answer = await self.csms.call("UpdateFirmware", {"requestId": request_id, "firmware": firmware})
        if answer["status"] == "Accepted":
            self.kept["firmware"].acknowledge(version)
        else:
            self.findings.append(f"firmware update {answer['status']}")
            self.updating = False

    def _firmware_status(self, payload: Payload) -> Payload:
        if payload["status"] == "Installed":
            self.updating = False
            self.counts["firmware installed"] += 1
        elif payload["status"] in FAILED_UPDATES:
            self.findings.append(f"firmware update {payload['status']}")
            self.updating = False
        return {}

    def problems(self) -> list[str]:
        events = self.csms.all("TransactionEvent")
        self.counts["transaction events"] = len(events)
        reported = {each.payload["transactionInfo"]["transactionId"] for each in events}
        return [
            *problems_of_v201(self.csms.received),
            *(f"transaction {id} was not reported" for id in self.observed - reported),
        ]


def _variable(name: str) -> Payload:
    component, _, variable = name.partition(".")
    return {"component": {"name": component}, "variable": {"name": variable}}
