"""A station that loses power again and again, with a CSMS that knows what the station has acknowledged."""

import asyncio
import contextlib
import random
import ssl
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final

from tools.power_cuts.csms import Csms, Payload, Received, Refused
from tools.power_cuts.process import NEVER, Cut, Gone, StationProcess

from plugfest.clock import SystemClock
from plugfest.link.tls import server_context
from plugfest.products import load_product
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.firmware import sign_firmware
from plugfest.security.keys import KeyKind, key_from_pem
from plugfest.security.pki import TestPki
from plugfest.station.files.firmware_image import build_image
from plugfest.transfer.server import DocumentStore
from plugfest.transfer.server.http import HttpServer

IDENTITY: Final = "CS001"
LIFE: Final = 12.0
"""Seconds from the begin of the software, after which a process is killed that has not reached its commit."""

COMMITS: Final = 48
"""The commits, from the start of a process, at which processes kill themselves."""

SETTLING: Final = 90.0
"""Seconds for everything to be sent, and updates to end, after the last kill."""

FAILED_UPDATES: Final = ("DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature")

TOKEN: Final = "AA12345678"
_UNSAVED_SECONDS: Final = 2.5
"""A meter saves its register every second; the machine may be busy."""


class Moment(StrEnum):
    """When the power is cut. Of a commit its collections are counted instead."""

    COMMIT = "a commit"
    ANSWER = "the answer to a change"
    RANDOM = "a random moment"


class Kept:
    """A value that the station has acknowledged, and those that it may have instead: of requests without an answer."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.possible: list[Any] = []

    def acknowledge(self, value: Any) -> None:
        self.value, self.possible = value, []

    def agrees(self, actual: Any) -> bool:
        """Whether the station may have this value; it counts from now on."""
        agrees = actual == self.value or actual in self.possible
        self.acknowledge(actual)
        return agrees


class World(ABC):
    """One station. `findings`: what it should have kept and has not."""

    version: ClassVar[str]
    subprotocol: ClassVar[str]
    product: ClassVar[str]
    password_setting: ClassVar[str]

    def __init__(self, folder: Path, seed: int, *, tls: bool, defect: str = "") -> None:
        self.name = f"OCPP {self.version}, security profile {3 if tls else 1}"
        self.folder = folder
        self.tls = tls
        self.random = random.Random(seed)
        self.findings: list[str] = []
        self.counts: Counter[str] = Counter()
        self.cuts: Counter[str] = Counter()
        self.kept: dict[str, Kept] = {}
        self.observed: set[str] = set()
        """The transactions that the station has shown."""
        self.energy = 0.0
        self.pki = TestPki(SystemClock().now())
        self.manufacturer = TestPki(SystemClock().now(), organization="Manufacturer")
        self.signer = self.manufacturer.firmware_signer("Manufacturer", kind=KeyKind.RSA_2048)
        self.manufacturer_serial = f"{self.manufacturer.root.certificate.serial_number:x}"
        self.files = HttpServer(DocumentStore())
        self.csms = Csms(self.subprotocol, self.answers())
        self.station: StationProcess
        self.defect = defect
        self.updating = False
        self.has_token = False
        """Whether the station has shown that the CSMS has accepted the token."""
        self._changes_left = NEVER
        """The acknowledged changes until the power is cut."""

    # What an OCPP version defines

    @abstractmethod
    def answers(self) -> dict[str, Callable[[Payload], Payload]]:
        """What the CSMS answers, by action."""

    @abstractmethod
    def actions(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """What the CSMS asks for."""

    @abstractmethod
    async def actual(self, state: Payload) -> dict[str, Any]:
        """What the station has now of what it must keep."""

    @abstractmethod
    def problems(self) -> list[str]:
        """What is wrong with the transactions."""

    @abstractmethod
    async def request_renewal(self) -> bool:
        """Trigger a SignCertificate. Returns whether the station accepts."""

    @abstractmethod
    async def set_password(self, password: str) -> bool:
        """Returns whether the station accepts."""

    # The life of a station

    async def set_up(self, control_port: int) -> None:
        """Listen, and write what a technician installs."""
        await self.files.listen()
        port = await self.csms.listen(self._server_tls() if self.tls else None)
        root = self._write("manufacturer.pem", self.manufacturer.root_pem)
        scheme = "wss" if self.tls else "ws"
        arguments = [
            *(self.product, "--csms", f"{scheme}://localhost:{port}", "--id", IDENTITY),
            *("--store", str(self.folder / "station.db"), "--root", f"ManufacturerRootCertificate={root}"),
        ]
        if self.tls:
            own = self.pki.station(IDENTITY)
            arguments += ["--csms-root", self._write("root.pem", self.pki.root_pem)]
            arguments += ["--certificate", self._write("own.pem", own.chain), "--key", self._write("own.key", own.key)]
        else:
            self.csms.passwords = {"password-0123456789"}
            first = ["--set", f"{self.password_setting}=password-0123456789"]
        self.station = StationProcess(self.folder, control_port, arguments + ([] if self.tls else first), self.defect)
        await self.station.start(Cut())
        await self.connected()
        self.kept = {name: Kept(value) for name, value in (await self.actual(await self.station.state())).items()}
        await self.station.kill()
        self.station.arguments = arguments

    def _write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def _server_tls(self) -> ssl.SSLContext:
        return server_context(self.pki.csms("localhost"), client_roots=(self.pki.root_pem,))

    async def lose_power(self) -> None:
        """One life: start, live, die."""
        moment = self.random.choices((Moment.COMMIT, Moment.ANSWER, Moment.RANDOM), (5, 2, 3))[0]
        cut = Cut(self.random.randint(1, COMMITS), self.random.random() < 0.5) if moment is Moment.COMMIT else Cut()
        self._changes_left = self.random.randint(1, 3) if moment is Moment.ANSWER else NEVER
        await self.station.start(cut)
        await self.station.begun()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.random.uniform(0.5, 8.0) if moment is Moment.RANDOM else LIFE):
                await self._live()
        answered = not self._changes_left
        place = await self.station.kill()
        self.cuts[place or (Moment.ANSWER if answered else Moment.RANDOM)] += 1

    async def _live(self) -> None:
        while self.station.runs:
            try:
                await self.connected()
                await self.read_back()
                while self.station.runs:
                    action = self.random.choice((*self._sessions(), *self._requests()))
                    self.counts[action.__name__.strip("_")] += 1
                    await action()
                    await self.observe()
            except Gone:
                await asyncio.sleep(0.1)
            except Refused as error:
                self.findings.append(f"a CALLERROR: {error}")
                return

    def _sessions(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """Two thirds of the work, but for a life that ends at the answer to a change."""
        often = 1 if self._changes_left < NEVER else 2
        return (*(self.charge,) * 2 * often, *(self.charge_offline,) * (often - 1) * 2)

    def _requests(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (*self.actions(), self.renew_certificate if self.tls else self.change_password)

    async def connected(self) -> None:
        """Wait until the CSMS has accepted the station. Raises Gone if that does not happen."""
        for _ in range(100):
            if not self.station.runs:
                raise Gone("station")
            with contextlib.suppress(Gone):
                if (await self.station.state())["accepted"]:
                    return
                await self.station.do("reconnect")
            await asyncio.sleep(0.3)
        raise Gone("connection")

    # What must be kept

    async def read_back(self) -> None:
        """Compare what the station has with what it has acknowledged."""
        state = await self.station.state()
        if state["evses"][0]["energy_import"] < self.energy:
            self.findings.append(f"energy lost: {state['evses'][0]['energy_import']} Wh after {self.energy} Wh")
        actual = await self.actual(state)
        for name, value in actual.items():
            kept = self.kept[name]
            expected = (kept.value, *kept.possible)
            self.counts["values compared"] += 1
            if not kept.agrees(value):
                self.findings.append(f"{name} is {value}, not {' or '.join(map(str, expected))}")
        if not self.tls:
            if self.csms.rejected_passwords:
                self.findings.append(f"wrong password: {self.csms.rejected_passwords}")
                self.csms.rejected_passwords = []
            self.csms.passwords = {self.csms.used_password}

    async def observe(self) -> None:
        """Note the transactions and the register that the station shows."""
        state = await self.station.state()
        self.observed |= {each["id"] for each in state["transactions"]}
        self.has_token |= any(each["authorized"] for each in state["transactions"])
        evse = state["evses"][0]
        self.energy = max(self.energy, evse["energy_import"] - evse["power"] * _UNSAVED_SECONDS / 3600.0)

    async def change(self, name: str, value: Any, request: Callable[[], Awaitable[bool]]) -> None:
        """Ask the station to change something that it must keep if it accepts."""
        kept = self.kept[name]
        kept.possible.append(value)
        if await request():
            kept.acknowledge(value)
            self._changes_left -= 1
            if not self._changes_left:
                await self.station.kill()
                raise Gone("power")
        else:
            kept.possible.remove(value)

    # Drivers

    async def charge(self) -> None:
        """Begin, continue or end a charging session at EVSE 1."""
        step = self.random.random()
        if step < 0.4:
            await self.station.do("plug_in", evse_id=1, connector_id=1)
            await self.station.do("present_token", id_token=TOKEN, type=self._reader(), evse_id=1)
        elif step < 0.6:
            await self.station.do("present_token", id_token=TOKEN, type=self._reader(), evse_id=1)
        elif step < 0.7:
            await self.station.do("plug_out", evse_id=1, connector_id=1)
        await self._watch(self.random.uniform(0.2, 2.0))

    def _reader(self) -> str:
        return "ISO14443"

    async def _watch(self, seconds: float) -> None:
        for _ in range(max(1, round(seconds / 0.5))):
            await asyncio.sleep(0.5)
            await self.observe()

    async def charge_offline(self) -> None:
        await self.station.do("network_off")
        await self.charge()
        await self.charge()
        await self.station.do("network_on")
        await self._connected_again()

    async def _connected_again(self) -> None:
        before = self.csms.connections
        for _ in range(50):
            await self.station.do("reconnect")
            if await self.csms.until(lambda: self.csms.connections > before, 0.2):
                return

    async def check_cache(self) -> None:
        """A token that the CSMS has accepted can charge offline."""
        if not self.has_token or self.updating:
            return
        await self.station.do("network_off")
        await self.station.do("plug_in", evse_id=1, connector_id=1)
        await self.station.do("present_token", id_token=TOKEN, type=self._reader(), evse_id=1)
        state: Payload = {}
        for _ in range(20):
            await asyncio.sleep(1)
            state = await self.station.state()
            if any(each["authorized"] for each in state["transactions"]):
                break
        else:
            self.findings.append(f"the token cache has lost its token: {state}")
        await self._leave()
        await self.station.do("network_on")
        await self._connected_again()

    async def _leave(self) -> None:
        """End the session at EVSE 1, unlock its cable and take it out."""
        for _ in range(20):
            state = await self.station.state()
            connector = state["evses"][0]["connectors"][0]
            if not state["transactions"] and not connector["cable_in_ev"]:
                return
            if connector["locked"] or any(each["authorized"] for each in state["transactions"]):
                await self.station.do("present_token", id_token=TOKEN, type=self._reader(), evse_id=1)
            await asyncio.sleep(1)
            await self.station.do("plug_out", evse_id=1, connector_id=1)

    async def _quiet(self) -> None:
        """Wait until no transaction is ongoing, no update, and nothing more is sent."""
        for _ in range(int(SETTLING / 3)):
            sent = len(self.csms.received)
            await asyncio.sleep(3)
            state = await self.station.state()
            if not state["transactions"] and sent == len(self.csms.received) and not self.updating:
                return

    # Requests of both versions

    async def change_password(self) -> None:
        new = f"password-{self.random.randrange(10**10):010d}"
        self.csms.passwords.add(new)
        if await self.set_password(new):
            self.csms.passwords = {new}
        await self._connected_again()

    async def renew_certificate(self) -> None:
        before = len(self.csms.received)
        if not await self.request_renewal():
            return

        def request() -> Received | None:
            new = self.csms.received[before:]
            return next((each for each in new if each.action == "SignCertificate"), None)

        if not await self.csms.until(lambda: request() is not None, 5.0):
            raise Gone("SignCertificate")
        found = request()
        assert found is not None
        chain = self.pki.sign(found.payload["csr"])
        serial = _serial(chain)

        async def install() -> bool:
            answer = await self.csms.call("CertificateSigned", {"certificateChain": chain})
            return bool(answer["status"] == "Accepted")

        await self.change("certificate", serial, install)
        await self.csms.until(lambda: self.csms.used_certificate == serial, 5.0)

    def new_image(self) -> tuple[str, str, str, str]:
        """A firmware update: its version, location, signature and certificate."""
        product = load_product(self.product)
        version = f"v{self.random.randrange(10**6)}"
        image = build_image(product.vendor, product.model, version, b"program" * 1000)
        name = f"{version}.bin"
        self.files.documents.put(f"/{name}", image)
        signature = sign_firmware(image, key_from_pem(self.signer.key))
        return version, self.files.url(f"/{name}"), signature, self.signer.chain

    # The end

    async def settle(self) -> None:
        """Start once more, end every session, wait until everything is sent, and check the transactions."""
        await self.station.start(Cut())
        await self.connected()
        await self.read_back()
        await self._leave()
        await self._quiet()
        await self.check_cache()
        await self._quiet()
        self.counts["transactions"] = len(self.observed)
        self.findings += self.problems()
        await self.station.stop()
        await self.station.close()
        await self.csms.close()
        await self.files.close()


def _serial(chain: str) -> int:
    return certificates_from_pem(chain)[0].serial_number
