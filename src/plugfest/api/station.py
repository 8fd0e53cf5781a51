"""A virtual charging station in a program: connect it to a CSMS, act at it, wait for what it does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from math import inf
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec

from plugfest.api import catalog
from plugfest.api.actions import Actions
from plugfest.api.errors import ActionRefused, ImpossibleWait, NotReached, UnusableSettings
from plugfest.api.misbehaving import Misbehaving
from plugfest.clock import utc_now
from plugfest.hardware.virtual.evse import VirtualEvse
from plugfest.ocpp.message import JsonValue
from plugfest.products import Product
from plugfest.scenarios.events import ScenarioFailed, StepEvent
from plugfest.scenarios.file import load_scenario
from plugfest.scenarios.possible import check_possible
from plugfest.scenarios.runner import perform
from plugfest.security.keys import CertifiedKey, EncryptedKey, key_from_pem, key_to_pem
from plugfest.security.profile import SecurityProfile
from plugfest.station.control.commands import Control, ControlError
from plugfest.station.control.conditions import Condition
from plugfest.station.control.frames import MAX_FRAMES, FrameKind, Frames, RecordedFrame, Wanted
from plugfest.station.control.operated_station import ConditionNotMet, MessageNotCome
from plugfest.station.control.samples import measured
from plugfest.station.control.states import StationState
from plugfest.station.control.virtual_station import VirtualStation, implied_security_profile
from plugfest.station.setup.provisioning import ProvisioningError, Settings
from plugfest.station.storage.store import IN_MEMORY, StoreError
from plugfest.toml_files.problems import InvalidFile

if TYPE_CHECKING:
    from plugfest.api.session_data import SessionData

T = TypeVar("T")

WITHIN: Final = 30.0
"""The default maximum of a wait, in seconds."""

_ACCEPTED_WITHIN: Final = 10.0
"""Seconds in which a CSMS usually accepts a station that connects."""


class Station(Actions):
    """A virtual station of a product. It runs inside `async with`, or between `start` and `stop`.

    `async with` waits until the CSMS has accepted the station. If it cannot be reached, refuses the station or does not
    answer within 10 s, the block begins all the same; see `connection_failure` and `state`.

    `product`: a name of the catalog, the path of a PICS file, or a Product. `csms`: the URL without the identity; it
    can be set until the station starts.
    `security_profile`: by default it follows from URL, password and certificate. `csms_roots`, `certificate` (a chain,
    leaf first) and `key` are texts in PEM. `variables`: values by ``Component.Variable``, or by configuration key of
    OCPP 1.6. `store`: the file that keeps the state of the station; without it the state ends with the object.
    `boot_seconds`: from power on until it connects. `strict`: answers of the CSMS that violate the schema are not used.
    `seed`: of its random intervals, and of the chances of transport faults. `keep_frames`: how many of the newest
    frames `frames` has. `misbehave`: what it does wrong, as ``plugfest station --misbehave``; ``()`` permits it for
    later.

    Waits raise NotReached. Nothing can be done before it is started.
    """

    def __init__(
        self,
        product: str | Path | Product,
        *,
        csms: str,
        identity: str = "CS001",
        password: str | None = None,
        security_profile: int | None = None,
        csms_roots: Sequence[str] = (),
        certificate: str | None = None,
        key: str | None = None,
        variables: Mapping[str, str] | None = None,
        store: Path | None = None,
        boot_seconds: float = 0.0,
        strict: bool = False,
        seed: int | None = None,
        keep_frames: int = MAX_FRAMES,
        misbehave: Iterable[str] | None = None,
    ) -> None:
        self.product = product if isinstance(product, Product) else catalog.load(product)
        self.identity = identity
        self.csms = csms
        self._own_key = _own_key(certificate, key)
        self._security_profile = _profile(security_profile)
        self._store_file: Path | str = IN_MEMORY if store is None else store
        self._random = None if seed is None else Random(seed)
        self._keep_frames = keep_frames
        self._misbehaving = Misbehaving(misbehave, self.product, identity, seed or 0)
        self._settings = Settings(
            identity=identity,
            csms_url=csms,
            password=password,
            csms_roots=(csms_roots,) if isinstance(csms_roots, str) else tuple(csms_roots),
            own_key=self._own_key,
            variables=dict(variables or {}),
            boot_seconds=boot_seconds,
            strict=strict,
        )
        self._virtual: VirtualStation | None = None
        self._frames = Frames()

    # Life

    async def start(self) -> None:
        """Switch the station on. It connects by itself; `wait_for(accepted=True)` waits until it has.

        Raises UnusableSettings.
        """
        if self._virtual is not None:
            return
        try:
            self._virtual = VirtualStation(
                self.product,
                self._complete_settings(),
                self._store_file,
                keep_frames=self._keep_frames,
                random=self._random,
                context=self._misbehaving.context,
                open_websocket=self._misbehaving.open_websocket,
            )
        except (ProvisioningError, StoreError) as error:
            raise UnusableSettings(str(error)) from None
        self._virtual.power_on()

    async def stop(self) -> None:
        """Shut the station down, and close the connection."""
        virtual, self._virtual = self._virtual, None
        if virtual is not None:
            self._frames = virtual.watch.frames
            await virtual.close()
            self._misbehaving.close()

    async def __aenter__(self) -> Self:
        await self.start()
        try:
            if await self._running.watch.until(self._first_outcome, self._settings.boot_seconds + _ACCEPTED_WITHIN):
                await self.wait_for(accepted=True)
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # What it does wrong

    def misbehave(self, *names: str) -> None:
        """Do this wrong too from now on, as ``plugfest station --misbehave``.

        Needs a station that was created with `misbehave`, also `()`. Raises ActionRefused.
        """
        self._misbehaving.add(names)

    def behave(self) -> None:
        """Do nothing wrong any more."""
        self._misbehaving.end()

    @property
    def misbehaviours(self) -> list[str]:
        """What it does wrong now, one line each."""
        return self._misbehaving.lines

    @property
    def transport_faults(self) -> list[str]:
        """The newest transport faults that have happened, oldest first, one line each."""
        return list(self._misbehaving.happened)

    # What can be seen

    @property
    def connection_failure(self) -> str:
        """Why it is not connected, in one line: how the last connection ended or why the last attempt failed."""
        return "" if self._virtual is None else self.state.connection_problem

    @property
    def frames(self) -> Frames:
        """The newest frames, oldest first; also after the station was stopped."""
        return self._frames if self._virtual is None else self._virtual.watch.frames

    @property
    def state(self) -> StationState:
        """Connectors, transactions, meters, reservations, display and connection now."""
        return self._running.control.state()

    @property
    def now(self) -> datetime:
        """The clock of the station; that of the program while the station is off."""
        running = self._running.station.station
        return utc_now() if running is None else running.context.now()

    @property
    def display(self) -> list[str]:
        """What can be read on the display, from top to bottom."""
        return self._running.control.display_lines()

    @property
    def virtual(self) -> VirtualStation:
        """The parts of the running station, for what this class does not have. They may change between versions."""
        return self._running

    @asynccontextmanager
    async def recording(self, evse: int = 1, *, interval: float = 10.0) -> AsyncIterator["SessionData"]:
        """Record what is measured at an EVSE every so many seconds, until the end of the block."""
        from plugfest.api.session_data import SessionData

        measuring = self._running.hardware.evses.get(evse)
        if measuring is None:
            raise ActionRefused(f"there is no EVSE {evse}")
        if not 0 < interval < inf:
            raise ActionRefused(f"an interval is more than 0 s, not {interval:g} s")
        data = SessionData()
        sampling = asyncio.create_task(_sample(measuring, data, interval), name="recording")
        try:
            await asyncio.sleep(0)
            yield data
        finally:
            sampling.cancel()

    # Waits

    async def wait_for(
        self,
        *,
        within: float = WITHIN,
        evse: int | None = None,
        connector: int | None = None,
        connector_status: str | None = None,
        charging_state: str | None = None,
        transaction: bool | None = None,
        authorized: bool | None = None,
        power: float | None = None,
        max_power: float | None = None,
        energy_import: float | None = None,
        state_of_charge: float | None = None,
        contactor_closed: bool | None = None,
        locked: bool | None = None,
        powered: bool | None = None,
        connected: bool | None = None,
        accepted: bool | None = None,
        display: str | None = None,
        firmware: str | None = None,
        reservations: int | None = None,
    ) -> StationState:
        """Wait until everything that is given holds, and return the state then; see Condition for their meaning.

        `within`: seconds. Raises NotReached, with what did not hold, and ImpossibleWait for what can never hold.
        """
        given = {
            "evse_id": evse,
            "connector_id": connector,
            "connector_status": connector_status,
            "charging_state": charging_state,
            "transaction": transaction,
            "authorized": authorized,
            "power": power,
            "max_power": max_power,
            "energy_import": energy_import,
            "state_of_charge": state_of_charge,
            "contactor_closed": contactor_closed,
            "locked": locked,
            "powered": powered,
            "connected": connected,
            "accepted": accepted,
            "display": display,
            "firmware": firmware,
            "reservations": reservations,
        }
        with _one_line_errors():
            condition = msgspec.convert(given, Condition)
            if condition.is_empty:
                raise TypeError("wait_for needs something to wait for, such as accepted=True")
            return await self._running.wait_for(condition, within)

    async def wait_for_message(
        self,
        action: str,
        *,
        within: float = WITHIN,
        sent: bool | None = None,
        kind: FrameKind = "call",
        **fields: JsonValue,
    ) -> RecordedFrame:
        """Wait for a message of this action, with these fields in its payload, and return it.

        `sent`: by the station (True), by the CSMS (False), by either (None). Messages that have come since the last
        action at the station count too; each is returned once. Raises NotReached, and ImpossibleWait for a message
        that the OCPP version does not have, unless `sent` is False.
        """
        with _one_line_errors():
            wanted = msgspec.convert({"action": action, "sent": sent, "kind": kind, "contains": fields}, Wanted)
            return await self._running.wait_for_message(wanted, within)

    async def perform(
        self,
        scenario: str | Path,
        *,
        seed: int | None = None,
        compress: float = 1.0,
        on_step: Callable[[StepEvent], None] = lambda _: None,
    ) -> None:
        """Perform a scenario until it ends: a name that `plugfest scenarios` lists, or a file (*.toml).

        `seed`: of its random choices. `compress`: pauses are shorter by this factor. `on_step` is called with what
        happens at each step. Raises UnusableSettings for a scenario with errors or that the product cannot do, and
        NotReached if a step fails.
        """
        virtual = self._running
        if not 1 <= compress < inf:
            raise UnusableSettings(f"compress is 1 or more, not {compress:g}")
        try:
            loaded = load_scenario(str(scenario))
            check_possible(loaded, self.product)
        except InvalidFile as error:
            raise UnusableSettings(str(error)) from None
        try:
            await perform(virtual, loaded, Random(seed), on_step=on_step, compress=compress)
        except ScenarioFailed as error:
            raise NotReached(str(error)) from None

    def _first_outcome(self) -> bool | None:
        """Whether the CSMS has accepted the station; None as long as that is not known."""
        state = self.state
        answers = self.frames.of("BootNotification", sent=False, kind=None)
        refused = any(answer.payload.get("status") != "Accepted" for answer in answers)
        return state.accepted if state.accepted or state.connection_problem or refused else None

    def _complete_settings(self) -> Settings:
        profile = self._security_profile
        if profile is None:
            has_password = self._settings.password is not None
            profile = implied_security_profile(self.product, self.csms, self._own_key, password=has_password)
        return msgspec.structs.replace(self._settings, csms_url=self.csms, security_profile=profile)

    async def _act(self, action: Callable[[Control], Awaitable[T] | T]) -> T:
        virtual = self._running
        try:
            return await virtual.act(action)
        except ControlError as error:
            raise ActionRefused(str(error)) from None

    @property
    def _running(self) -> VirtualStation:
        if self._virtual is None:
            raise ActionRefused("the station is not started; use `async with` or `await station.start()`")
        return self._virtual


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """A wait that fails raises NotReached or ImpossibleWait."""
    try:
        yield
    except msgspec.ValidationError as error:
        raise ImpossibleWait(str(error)) from None
    except (ConditionNotMet, MessageNotCome) as error:
        raise NotReached(str(error)) from None


async def _sample(evse: VirtualEvse, data: "SessionData", interval: float) -> None:
    loop = asyncio.get_running_loop()
    began, register = loop.time(), evse.meter.observe().energy_import
    while True:
        sample = measured(evse, loop.time() - began)
        data.samples.append(msgspec.structs.replace(sample, energy=sample.energy - register))
        await asyncio.sleep(interval)


def _profile(number: int | None) -> SecurityProfile | None:
    try:
        return None if number is None else SecurityProfile(number)
    except ValueError:
        raise UnusableSettings(f"security_profile is 0 to 3, not {number}") from None


def _own_key(certificate: str | None, key: str | None) -> CertifiedKey | None:
    if (certificate is None) is not (key is None):
        raise UnusableSettings("certificate and key must be given together")
    if certificate is None or key is None:
        return None
    try:
        return CertifiedKey(chain=certificate, key=key_to_pem(key_from_pem(key)))
    except EncryptedKey:
        raise UnusableSettings("the key is encrypted; give it without a pass phrase") from None
    except ValueError:
        raise UnusableSettings("the key is no private key in PEM") from None
