"""A store that loses power at a chosen write, and a whole visit of a driver who is not to notice."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any, cast

import msgspec

from plugfest.hardware.ports import HardwareError
from plugfest.hardware.virtual.station import VirtualHardware
from plugfest.ocpp.v201 import messages as m
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.storage.store import Store


class PowerCut(BaseException):
    """Nothing runs on: no handler of exceptions is to take it for one."""


class CuttableStore(Store):
    """A store on `wires`."""

    def __init__(self) -> None:
        super().__init__()
        self.wires = Wires(self._database)
        self._database = cast(sqlite3.Connection, self.wires)


class Wires:
    """The connection to SQLite: what reaches the disk and what does not."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._cut: int | None = None
        self._after = False
        self._on_cut: Callable[[], None] = lambda: None
        self.writes = 0
        self.dead = asyncio.Event()

    def arm(self, cut: int | None, on_cut: Callable[[], None], *, after: bool) -> None:
        """Lose power right before or right after write number `cut`, counted from now; `on_cut` cuts the rest."""
        self.writes, self._cut, self._after, self._on_cut = 0, cut, after, on_cut

    def execute(self, statement: str, *arguments: Any) -> sqlite3.Cursor:
        if self.dead.is_set():
            raise PowerCut
        if not self._is_write(statement):
            return self._database.execute(statement, *arguments)
        self.writes += 1
        if self.writes == self._cut and not self._after:
            self._die()
        cursor = self._database.execute(statement, *arguments)
        if self.writes == self._cut:
            self._die()
        return cursor

    def close(self) -> None:
        self._database.close()

    def restore(self) -> None:
        """The mains are back: what was not committed never was."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")
        self.dead.clear()

    def _is_write(self, statement: str) -> bool:
        """What makes something durable: a COMMIT, or a statement that stands alone."""
        verb = statement.split()[0]
        return verb == "COMMIT" or (verb in ("INSERT", "DELETE") and not self._database.in_transaction)

    def _die(self) -> None:
        self.dead.set()
        self._on_cut()
        raise PowerCut


async def power_fails(station: PoweredStation) -> None:
    """The software stops where it stands, the contactors fall open, and half a minute later the mains are back."""
    assert isinstance(station.hardware, VirtualHardware)
    await station.power_off()
    station.hardware.power_off()
    await asyncio.sleep(30)


def stories(events: list[m.TransactionEventRequest]) -> dict[str, list[m.TransactionEventRequest]]:
    """The events of each transaction in the order of their numbers. Messages that came again are left out."""
    told: dict[str, dict[int, m.TransactionEventRequest]] = {}
    for event in events:
        earlier = told.setdefault(event.transaction_info.transaction_id, {}).setdefault(event.seq_no, event)
        again = msgspec.structs.replace(event, offline=earlier.offline)  # known only when its answer does not come
        assert earlier == again, f"two events have the number {event.seq_no}"
    return {id: [of_one[number] for number in sorted(of_one)] for id, of_one in told.items()}


def try_to(act: Any, *arguments: Any) -> None:
    """What a driver tries, whether or not it can be done."""
    with contextlib.suppress(HardwareError, PowerCut):
        act(*arguments)
