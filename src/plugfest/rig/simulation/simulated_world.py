"""A station with its hardware, its disk, its network and its CSMS, in memory, and everything that watches it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Final
from uuid import UUID

from plugfest.clock import SimulatedLoop
from plugfest.hardware.ports import HardwareError
from plugfest.link.peer import Direction
from plugfest.ocpp.versions import by_name
from plugfest.rig.simulation.environment.csms import SimulatedCsms
from plugfest.rig.simulation.environment.disk import PowerLost, SimulatedDisk
from plugfest.rig.simulation.environment.files import SimulatedFiles
from plugfest.rig.simulation.environment.network import Network
from plugfest.rig.simulation.invariants.frames import Frame, parsed
from plugfest.rig.simulation.invariants.history import History
from plugfest.rig.simulation.invariants.observation import (
    Observation,
    Resources,
    observe_delivery,
    shown_message,
    transaction_start,
)
from plugfest.rig.simulation.invariants.rules import FRAME_RULES, MOMENT_RULES, Violation, violations
from plugfest.rig.simulation.worlds.world import ATTEMPTS, World, stage
from plugfest.station.connection.network_profiles import supported_profiles
from plugfest.station.files.firmware_image import build_image
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.station.setup.provisioning import Settings
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.station.station import Station

PASSWORD: Final = "a-password-of-the-simulation"

MEASURED_EVERY: Final = 20
"""Of so many moments one counts the messages, tasks and timers."""

_OUTBOX: Final = "SELECT count(*) FROM record WHERE collection LIKE 'outbox.%'"


class SimulatedWorld(logging.Handler):
    """Must be created in a running simulated loop. `violation` is the first rule that was broken."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.ERROR)
        of = stage(world.product)
        ids = Random(f"ids {world.seed}")
        self.world = world
        self.violation: Violation | None = None
        self.broken = asyncio.Event()
        self.trace: list[Frame] = []
        self.problems: list[str] = []
        self.loop = _simulated_loop()
        self.disk = SimulatedDisk()
        self.hardware = virtual_hardware(of.product)
        self.csms = SimulatedCsms(by_name(of.product.ocpp_version), lambda: _new_id(ids), of.file_scheme)
        self.network = Network(self.csms.accept)
        self.history = History(
            of.product.ocpp_version,
            self.csms.requests,
            int(world.settings.get(ATTEMPTS, "3")),
            starts_unknown=world.settings.get("AuthCtrlr.OfflineTxForUnknownIdEnabled") == "true",
        )
        self.station = PoweredStation(
            of.product,
            self.disk,
            self.hardware,
            Settings(
                identity="CS001",
                csms_url="ws://csms.example/ocpp",
                password=PASSWORD,
                security_profile=min(supported_profiles(of.product)),
                variables=world.settings,
            ),
            random=Random(f"station {world.seed}"),
            on_frame=self._on_frame,
            on_start=self._on_start,
            on_store=lambda _: self.history.disconnected(),  # the software has stopped, or starts anew
            open_websocket=self.network.connect,
            file_client=SimulatedFiles(self.network, build_image(of.product.vendor, of.product.model, "2", b"program")),
            new_id=lambda: _new_id(ids),
        )
        self.history.transaction_start = lambda evse: transaction_start(self.station.station, evse)
        self._survives = has_capability(of.product, Capability.STOPS_ON_POWER_LOSS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._power_lost = False
        self._looks = 0
        self._resources = Resources(queued=0, tasks=0, timers=0)
        self.loop.before_jump = self._look
        self.loop.set_exception_handler(self._not_handled)

    # What is watched

    def _on_start(self, station: Station) -> None:
        self.history.power_on()
        station.context.lifecycle.disconnected.add(self.history.disconnected)

    def _on_frame(self, direction: Direction, text: str, at: float) -> None:
        frame = parsed(direction, text, at)
        self._observe_clock()
        self.trace.append(frame)
        self.report(next(violations(FRAME_RULES, self.history, frame, at), None))
        self.history.apply(frame)

    def _look(self) -> None:
        if self.violation is None:
            self._looks += 1
            if self._looks % MEASURED_EVERY == 0:
                self.measure()
            now = self.observe()
            self.report(next(violations(MOMENT_RULES, self.history, now, now.at), None))

    def observe(self) -> Observation:
        station = self.station.station
        self._observe_clock()
        problems, self.problems = tuple(self.problems), []
        return Observation(
            at=self.loop.time(),
            now=None if station is None else station.context.now(),
            evses=observe_delivery(self.hardware, station),
            resources=self._resources,
            shown=shown_message(self.hardware),
            problems=problems,
        )

    def _observe_clock(self) -> None:
        if self.station.station is not None:
            self.history.clock_spread.observe(self.station.station.clock_offset)

    def measure(self) -> None:
        """Count what must not grow; it takes longer than the rest of an observation."""
        self._resources = Resources(
            queued=self.disk.count(_OUTBOX), tasks=len(asyncio.all_tasks(self.loop)), timers=self.loop.timers
        )

    def report(self, violation: Violation | None) -> None:
        if violation is not None and self.violation is None:
            self.violation = violation
            self.broken.set()

    def emit(self, record: logging.LogRecord) -> None:
        """An error was logged."""
        error = record.exc_info[1] if record.exc_info else None
        self._problem(record.getMessage(), error)

    def _not_handled(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        self._problem(str(context["message"]), error if isinstance(error, BaseException) else None)

    def _problem(self, text: str, error: BaseException | None) -> None:
        # A task that has ended with the power is reported when it is collected, which may be much later.
        if not self._power_lost and not is_power_lost(error):
            self.problems.append(f"{text}: {type(error).__name__}: {error}" if error is not None else text)

    # What events use

    @property
    def obeys_external_limits(self) -> bool:
        """Whether the station is switched on and responds to systems beside the CSMS."""
        station = self.station.station
        return station is not None and station.device_model.boolean(
            "SmartChargingCtrlr", "ExternalControlSignalsEnabled", default=True
        )

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self.loop.call_later(seconds, action)

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Run something that takes time."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def act(self, action: Callable[[], None]) -> None:
        """An action of a driver, which may be impossible."""
        with suppress(HardwareError):
            action()

    async def lose_power(self, seconds: float, *, at_once: bool) -> None:
        """Power fails for so long."""
        if not self.station.powered:
            return
        if self._survives and not at_once:
            await self.station.lose_power()
        await self.station.power_off()
        self.hardware.power_off()
        self.history.power_off(self.loop.time())
        await asyncio.sleep(seconds)
        self.disk.restore()
        self._power_lost = False
        self.station.power_on()

    def lose_power_at(self, write: int, seconds: float, *, written: bool) -> None:
        """Power fails at a write of the store."""

        def fail() -> None:
            self._power_lost = True
            if self.station.station is not None:
                self.station.station.power_off()
            self.loop.call_soon(lambda: self.run(self.lose_power(seconds, at_once=True)))

        self.disk.lose_power_at(write, fail, written=written)


def _simulated_loop() -> SimulatedLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulatedLoop), "a world needs a simulated clock"
    return loop


def _new_id(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def is_power_lost(error: BaseException | None) -> bool:
    """Whether an error is the loss of power, alone or in a group."""
    if isinstance(error, BaseExceptionGroup):
        return any(is_power_lost(each) for each in error.exceptions)
    return isinstance(error, PowerLost)
