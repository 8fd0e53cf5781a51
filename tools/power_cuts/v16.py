"""A station of OCPP 1.6."""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from tools.power_cuts.checks import problems_of_v16
from tools.power_cuts.csms import Payload, now
from tools.power_cuts.world import FAILED_UPDATES, World

from plugfest.security.pki import TestPki

_ACCEPTED = {"idTagInfo": {"status": "Accepted"}}
_KEYS = {"ConnectionTimeOut": ("30", "60"), "MeterValueSampleInterval": ("1", "2", "60")}
_PROFILE_PERIODS = 60


class World16(World):
    version: ClassVar[str] = "1.6"
    subprotocol: ClassVar[str] = "ocpp1.6"
    product: ClassVar[str] = "reference-16-ac"
    password_setting: ClassVar[str] = "AuthorizationKey"

    def answers(self) -> dict[str, Callable[[Payload], Payload]]:
        self._numbers: dict[str, int] = {}
        return {
            "BootNotification": lambda _: {"currentTime": now(), "interval": 300, "status": "Accepted"},
            "Heartbeat": lambda _: {"currentTime": now()},
            "Authorize": lambda _: _ACCEPTED,
            "StartTransaction": self._start,
            "SignCertificate": lambda _: {"status": "Accepted"},
            "SignedFirmwareStatusNotification": self._firmware_status,
        }

    def _start(self, payload: Payload) -> Payload:
        """The same number for a repetition."""
        number = self._numbers.setdefault(repr(sorted(payload.items())), len(self._numbers) + 1)
        return {**_ACCEPTED, "transactionId": number}

    def actions(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (
            self.change_configuration,
            self.send_local_list,
            self.change_availability,
            self.set_charging_profile,
            self.install_or_delete_root,
            self.update_firmware,
        )

    async def actual(self, state: Payload) -> dict[str, Any]:
        found: dict[str, Any] = {
            "local list": (state["local_list"]["version"], state["local_list"]["entries"]),
            "root certificates": frozenset(each["serialNumber"] for each in await self._hashes()),
        }
        if state["evses"][1]["connectors"][0]["status"] != "Unavailable":
            found["limit"] = await self._limit()
        answer = await self.csms.call("GetConfiguration", {"key": list(_KEYS)})
        found |= {each["key"]: each["value"] for each in answer["configurationKey"]}
        if self.tls:
            found["certificate"] = self.csms.used_certificate
        if not self.updating:  # an update makes the station Unavailable (L01.FR.07)
            found["firmware"] = state["firmware"]["version"]
            found["availability"] = state["evses"][1]["connectors"][0]["status"] != "Unavailable"
        return found

    async def _limit(self) -> float:
        """What the profiles allow at connector 2, in A."""
        payload = {"connectorId": 2, "duration": _PROFILE_PERIODS, "chargingRateUnit": "A"}
        answer = await self.csms.call("GetCompositeSchedule", payload)
        return float(answer["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"])

    async def _hashes(self) -> list[Payload]:
        answer = await self.csms.call("GetInstalledCertificateIds", {"certificateType": "ManufacturerRootCertificate"})
        return [
            each for each in answer.get("certificateHashData", []) if each["serialNumber"] != self.manufacturer_serial
        ]

    # Requests

    async def change_configuration(self) -> None:
        name = self.random.choice(list(_KEYS))
        value = self.random.choice(_KEYS[name])

        async def request() -> bool:
            answer = await self.csms.call("ChangeConfiguration", {"key": name, "value": value})
            return bool(answer["status"] == "Accepted")

        await self.change(name, value, request)

    async def set_password(self, password: str) -> bool:
        answer = await self.csms.call("ChangeConfiguration", {"key": self.password_setting, "value": password})
        return bool(answer["status"] == "Accepted")

    async def send_local_list(self) -> None:
        version, entries = self.kept["local list"].value[0] + 1, self.random.randint(1, 50)
        tags = [{"idTag": f"AA{number:08d}", "idTagInfo": {"status": "Accepted"}} for number in range(entries)]

        async def request() -> bool:
            payload = {"listVersion": version, "updateType": "Full", "localAuthorizationList": tags}
            return bool((await self.csms.call("SendLocalList", payload))["status"] == "Accepted")

        await self.change("local list", (version, entries), request)

    async def change_availability(self) -> None:
        operative = not self.kept["availability"].value

        async def request() -> bool:
            status = "Operative" if operative else "Inoperative"
            answer = await self.csms.call("ChangeAvailability", {"connectorId": 2, "type": status})
            return bool(answer["status"] == "Accepted")

        await self.change("availability", operative, request)

    async def set_charging_profile(self) -> None:
        if not self.kept["availability"].value:
            return
        limit = float(self.random.randint(6, 15))
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
        profile = {
            "chargingProfileId": 1,
            "stackLevel": 1,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": schedule,
        }

        async def request() -> bool:
            payload = {"connectorId": 2, "csChargingProfiles": profile}
            return bool((await self.csms.call("SetChargingProfile", payload))["status"] == "Accepted")

        await self.change("limit", limit, request)

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
            payload = {"certificateType": "ManufacturerRootCertificate", "certificate": root.root_pem}
            return bool((await self.csms.call("InstallCertificate", payload))["status"] == "Accepted")

        await self.change("root certificates", kept | {serial}, install)

    async def request_renewal(self) -> bool:
        payload = {"requestedMessage": "SignChargePointCertificate"}
        return bool((await self.csms.call("ExtendedTriggerMessage", payload))["status"] == "Accepted")

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
        answer = await self.csms.call("SignedUpdateFirmware", {"requestId": request_id, "firmware": firmware})
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
        starts = {repr(sorted(each.payload.items())) for each in self.csms.all("StartTransaction")}
        self.counts["transaction events"] = len(self.csms.all("StartTransaction") + self.csms.all("StopTransaction"))
        problems = problems_of_v16(self.csms.received)
        if len(starts) < len(self.observed):
            problems.append(f"{len(self.observed)} transactions, but {len(starts)} were reported")
        return problems
