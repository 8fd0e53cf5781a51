"""The electronics of the wallbox: a Type 2 socket with a lock, an EV on its cable, a contactor, a meter."""

import asyncio
from collections.abc import Callable

POWER = 11040.0
"""Watts that an EV takes: 16 A from each of three phases of 230 V."""

LOCK_TIME = 0.3
"""Seconds that the motor of the lock needs."""

PULLS_FOR = 5.0
"""Seconds for which a person pulls at a plug that is locked."""


class Locked(Exception):
    """The plug is held in the socket."""


class Electronics:
    """What a person does at the wallbox, and what its firmware switches and measures.

    `changed` is called after each change at the socket, at the EV or of the fault.
    """

    def __init__(self) -> None:
        self.in_socket = False
        self.at_ev = False
        self.seated = True
        self.ev_ready = True
        self.faulted = False
        self.jammed = False
        self.locked = False
        self.contactor = False
        self.changed: Callable[[], None] = lambda: None
        self._energy = 125_000.0
        self._measured = 0.0

    # What a person does

    def plug_socket(self, *, seated: bool = True) -> None:
        self.in_socket, self.seated = True, seated
        self.changed()

    async def unplug_socket(self) -> None:
        """Raises Locked."""
        deadline = asyncio.get_running_loop().time() + PULLS_FOR
        while self.locked:
            if asyncio.get_running_loop().time() > deadline:
                raise Locked
            await asyncio.sleep(0.25)
        self.in_socket = False
        self.changed()

    def plug_ev(self, plugged: bool) -> None:
        self._measure()
        self.at_ev = plugged
        self.changed()

    def set_ev_ready(self, ready: bool) -> None:
        self._measure()
        self.ev_ready = ready
        self.changed()

    def set_fault(self, faulted: bool) -> None:
        self.faulted = faulted
        self.changed()

    # What the firmware reads and switches

    @property
    def connected(self) -> bool:
        """Whether the control pilot sees an EV."""
        return self.in_socket and self.seated and self.at_ev

    @property
    def charging(self) -> bool:
        return self.connected and self.contactor and self.ev_ready

    def switch_contactor(self, closed: bool) -> None:
        self._measure()
        self.contactor = closed

    async def lock(self, locked: bool) -> bool:
        """Whether the lock has moved."""
        await asyncio.sleep(LOCK_TIME)
        if self.jammed and not locked:
            return False
        self.locked = locked
        return True

    @property
    def energy(self) -> float:
        """The register of the meter in Wh."""
        self._measure()
        return self._energy

    @property
    def power(self) -> float:
        return POWER if self.charging else 0.0

    def _measure(self) -> None:
        now = asyncio.get_running_loop().time()
        self._energy += self.power * max(0.0, now - self._measured) / 3600
        self._measured = now
