"""How the wallbox finds its CSMS: network connection profiles, TLS, back-off (Part 2, B09, B10; Part 4)."""

import asyncio
import random
import ssl
from typing import TYPE_CHECKING, Any

import websockets
from tests.rig.external.wallbox.csms.link import Link
from tests.rig.external.wallbox.storage import NetworkProfile
from websockets.headers import build_authorization_basic

if TYPE_CHECKING:
    from tests.rig.external.wallbox.firmware import Firmware

CONNECTS_WITHIN = 15.0
"""Seconds for one attempt to connect."""

CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"


class Network:
    """Connects again and again; `cut` is a cable that was pulled out."""

    def __init__(self, firmware: "Firmware") -> None:
        self._firmware = firmware
        self._storage = firmware.storage
        self._active: int | None = None
        self._link: Link | None = None
        self._restored = asyncio.Event()
        self._restored.set()
        self._failures = 0

    async def cut(self) -> None:
        self._restored.clear()
        if self._link is not None:
            await self._link.close()

    def restore(self) -> None:
        self._restored.set()

    async def reconnect(self) -> None:
        """Close the connection, and connect again with other credentials."""
        if self._link is not None:
            await self._link.close()

    async def reconnect_soon(self) -> None:
        """Reconnect after the answer to the request that has changed the credentials."""
        await asyncio.sleep(5)
        await self.reconnect()

    @property
    def active(self) -> NetworkProfile:
        """The profile that is in use."""
        return self._storage.profiles[self._active or self.priority()[0]]

    def priority(self) -> list[int]:
        return [
            int(slot) for slot in self._firmware.model.value("OCPPCommCtrlr.NetworkConfigurationPriority").split(",")
        ]

    async def run(self) -> None:
        while True:
            for slot in self.priority():
                if await self._try(slot):
                    break
            else:
                await self._fall_back()

    async def _fall_back(self) -> None:
        """Reconnect with the profile of the last successful connection (B10.FR.07)."""
        last = self._storage.last_profile
        while last is not None and not await self._try(last):
            pass

    async def _try(self, slot: int) -> bool:
        """Whether a connection with this profile came about; it is lost by now."""
        for _ in range(self._firmware.model.number("OCPPCommCtrlr.NetworkProfileConnectionAttempts")):  # B10.FR.03
            await self._restored.wait()
            try:
                async with asyncio.timeout(CONNECTS_WITHIN):
                    connection = await self._connect(self._storage.profiles[slot])
            except (OSError, TimeoutError, websockets.WebSocketException) as error:
                self._report(error)
                await self._back_off()
                continue
            await self._serve(slot, connection)
            await self._back_off()
            return True
        return False

    async def _connect(self, profile: NetworkProfile) -> websockets.ClientConnection:
        identity, password = self._storage.identity, self._storage.password
        interval = self._firmware.model.number("OCPPCommCtrlr.WebSocketPingInterval")
        password_header = {"Authorization": build_authorization_basic(identity, password)}
        return await websockets.connect(
            f"{profile.url.rstrip('/')}/{identity}",
            subprotocols=[websockets.Subprotocol("ocpp2.0.1")],
            additional_headers={} if profile.security_profile == 3 else password_header,
            compression=None,
            ssl=self._tls(profile.security_profile),
            ping_interval=interval or None,
            proxy=None,
        )

    def _tls(self, security_profile: int) -> ssl.SSLContext | None:
        if security_profile == 1:
            return None
        context = self.trust()
        if security_profile == 3:
            self._firmware.own_certificates.load(context)
        return context

    def trust(self) -> ssl.SSLContext:
        """The TLS settings of the wallbox: it trusts the installed roots of the CSMS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        for root in self._storage.certificates.get("CSMSRootCertificate", []):
            context.load_verify_locations(cadata=root)
        return context

    def _report(self, error: Exception) -> None:
        if isinstance(error, ssl.SSLCertVerificationError):
            self._firmware.security_event("InvalidCsmsCertificate")
        elif isinstance(error, ssl.SSLError) and "VERSION" in (error.reason or ""):
            self._firmware.security_event("InvalidTLSVersion")

    async def _serve(self, slot: int, connection: websockets.ClientConnection) -> None:
        switched = self._storage.last_profile not in (None, slot)
        self._failures, self._active, self._storage.last_profile = 0, slot, slot
        firmware = self._firmware
        profile = self._storage.profiles[slot]
        firmware.model.put("OCPPCommCtrlr.ActiveNetworkProfile", str(slot))
        firmware.model.put("SecurityCtrlr.SecurityProfile", str(profile.security_profile))
        self._forget_weaker(profile.security_profile)
        handlers = (
            *(firmware.configuration, firmware.remote_control, firmware.certificates),
            *(firmware.own_certificates, firmware.files),
        )
        self._link = Link(self._storage.identity, connection, handlers, firmware.refuses_requests)
        try:
            await firmware.serve(self._link, new_registration=switched)  # B10.FR.10
        finally:
            self._link = None
            await connection.close()

    def _forget_weaker(self, security_profile: int) -> None:
        """A profile with less security is not used again (A05)."""
        slots = [slot for slot in self.priority() if self._storage.profiles[slot].security_profile >= security_profile]
        self._firmware.model.put("OCPPCommCtrlr.NetworkConfigurationPriority", ",".join(map(str, slots)))

    async def _back_off(self) -> None:
        """Wait as Part 4 section 5.3 demands."""
        value = self._firmware.model.number
        doublings = min(self._failures, value("OCPPCommCtrlr.RetryBackOffRepeatTimes"))
        spread = random.uniform(0, value("OCPPCommCtrlr.RetryBackOffRandomRange"))
        self._failures += 1
        await asyncio.sleep(value("OCPPCommCtrlr.RetryBackOffWaitMinimum") * 2**doublings + spread)

    # B09

    def set_profile(self, slot: int, data: dict[str, Any]) -> str:
        """The status of SetNetworkProfileResponse."""
        profile, url = data["security_profile"], data["ocpp_csms_url"]
        scheme = {1: "ws://", 2: "wss://", 3: "wss://"}.get(profile)
        right = (
            slot in (1, 2, 3)
            and data["ocpp_version"] == "OCPP20"
            and data["ocpp_transport"] == "JSON"
            and scheme is not None
            and url.startswith(scheme)
            and profile >= self.active.security_profile
        )
        if not right:
            return "Rejected"
        self._storage.profiles[slot] = NetworkProfile(url, profile)
        return "Accepted"

    def check_priority(self, value: str) -> str:
        """The status of a new NetworkConfigurationPriority (B10.FR.01, B10.FR.02, A05.FR.10)."""
        slots = [int(slot) for slot in value.split(",") if slot]
        for slot in slots:
            profile = self._storage.profiles.get(slot)
            if profile is None or profile.security_profile < self.active.security_profile:
                return "Rejected"
            if profile.security_profile > 1 and not self._storage.certificates.get("CSMSRootCertificate"):
                return "Rejected"
            if profile.security_profile == 3 and self._storage.own_certificate is None:
                return "Rejected"
        return "RebootRequired" if slots else "Rejected"
