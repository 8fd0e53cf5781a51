"""The wallbox as a device: it is switched on and off, provisioned with a tool of its maker, and restarts."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime

from tests.rig.external.wallbox.electronics import Electronics
from tests.rig.external.wallbox.firmware import Firmware
from tests.rig.external.wallbox.storage import NetworkProfile, OwnCertificate, Storage

Points = tuple[frozenset[str], frozenset[str]]
AUTHORIZED: Points = frozenset({"Authorized"}), frozenset({"Authorized"})
POWER_PATH: Points = frozenset({"PowerPathClosed"}), frozenset({"PowerPathClosed"})
EV_CONNECTED: Points = frozenset({"EVConnected"}), frozenset({"EVConnected"})
MODELS = {"authorized": AUTHORIZED, "power-path": POWER_PATH, "ev-connected": EV_CONNECTED}
"""TxStartPoint and TxStopPoint of each model."""


def quartz() -> datetime:
    return datetime.now(UTC)


class Wallbox:
    """One wallbox. `points`: where transactions start and stop; `clock`: the time when the CSMS has not set it."""

    def __init__(self, points: Points = AUTHORIZED, clock: Callable[[], datetime] = quartz) -> None:
        self.electronics = Electronics()
        self.storage = Storage()
        self.firmware: Firmware | None = None
        self._points = points
        self._clock = clock
        self._restart = asyncio.Event()
        self._reader: set[asyncio.Task[None]] = set()

    def provision(
        self,
        csms_url: str,
        identity: str,
        password: str,
        security_profile: int,
        roots: tuple[str, ...] | None,
        own: OwnCertificate | None = None,
    ) -> None:
        """Configure the connection to the CSMS, and restart. `roots` None: leave the root certificates."""
        storage = self.storage
        storage.identity, storage.password = identity, password
        storage.profiles = {1: NetworkProfile(csms_url, security_profile)}
        storage.last_profile = None
        for key in [key for key in storage.variables if key.variable == "NetworkConfigurationPriority"]:
            del storage.variables[key]
        if roots is not None:
            storage.certificates["CSMSRootCertificate"] = list(roots)
        storage.own_certificate = own or storage.own_certificate
        self.power_cycle()

    def power_cycle(self) -> None:
        self.storage.boot_reason = "PowerUp"
        self._restart.set()

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            self._restart.clear()
            firmware = self.firmware = Firmware(
                self.electronics, self.storage, self._points, self._restart.set, self._clock
            )
            running = asyncio.create_task(firmware.run())
            restarting = asyncio.create_task(self._restart.wait())
            try:
                done, _ = await asyncio.wait({running, restarting}, return_when=asyncio.FIRST_COMPLETED)
                if running in done:
                    running.result()
            finally:
                running.cancel()
                restarting.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running

    # What a person does besides the cable

    def present(self, id_token: str, kind: str) -> None:
        """Hold a card to the reader."""
        firmware = self.firmware
        if firmware is not None:
            token = {"id_token": id_token, "type": kind}
            firmware.session.put(lambda: firmware.session.present(token))

    async def set_network(self, *, up: bool) -> None:
        """Pull out the network cable, or plug it in."""
        assert self.firmware is not None
        if up:
            self.firmware.network.restore()
        else:
            await self.firmware.network.cut()
