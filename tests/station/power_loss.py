"""A store that loses power at a given write, for tests of complete charging sessions."""

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
from plugfest.station.storage.database import open_database
from plugfest.station.storage.sqlite_table import SqliteTable
from plugfest.station.storage.store import IN_MEMORY, Store
from plugfest.station.storage.table import RecordTable


class PowerLoss(BaseException):
    """Power is lost. A BaseException, so that no exception handler catches it."""


class PowerLossStore(Store):
    """A store whose database connection can lose power."""

    def _open(self, *, was_store: bool) -> RecordTable:
        self.connection = CuttableConnection(open_database(IN_MEMORY, None, print, was_store=was_store))
        return SqliteTable(cast(sqlite3.Connection, self.connection), None)


class CuttableConnection:
    """A connection to SQLite that stops writing at a given write."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._at_write: int | None = None
        self._after = False
        self._on_power_loss: Callable[[], None] = lambda: None
        self.writes = 0
        self.power_lost = asyncio.Event()

    def schedule_power_loss(self, at_write: int | None, on_power_loss: Callable[[], None], *, after: bool) -> None:
        """Lose power before or `after` this write, counted from now. `on_power_loss`: stops the station."""
        self.writes, self._at_write, self._after, self._on_power_loss = 0, at_write, after, on_power_loss

    def execute(self, statement: str, *arguments: Any) -> sqlite3.Cursor:
        if self.power_lost.is_set():
            raise PowerLoss
        if not self._is_write(statement):
            return self._database.execute(statement, *arguments)
        self.writes += 1
        if self.writes == self._at_write and not self._after:
            self._lose_power()
        cursor = self._database.execute(statement, *arguments)
        if self.writes == self._at_write:
            self._lose_power()
        return cursor

    @property
    def in_transaction(self) -> bool:
        return self._database.in_transaction

    def close(self) -> None:
        self._database.close()

    def restore(self) -> None:
        """Power is back: roll back what was not committed."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")
        self.power_lost.clear()

    def _is_write(self, statement: str) -> bool:
        """Whether the statement commits: a COMMIT, or a statement outside a transaction."""
        verb = statement.split()[0]
        return verb == "COMMIT" or (verb in ("INSERT", "DELETE") and not self._database.in_transaction)

    def _lose_power(self) -> None:
        self.power_lost.set()
        self._on_power_loss()
        raise PowerLoss


async def lose_power(station: PoweredStation) -> None:
    """Stop the software and open the contactors; return after 30 seconds."""
    assert isinstance(station.hardware, VirtualHardware)
    await station.power_off()
    station.hardware.power_off()
    await asyncio.sleep(30)


def events_by_transaction(events: list[m.TransactionEventRequest]) -> dict[str, list[m.TransactionEventRequest]]:
    """The events of each transaction in the order of seqNo, without repetitions."""
    found: dict[str, dict[int, m.TransactionEventRequest]] = {}
    for event in events:
        earlier = found.setdefault(event.transaction_info.transaction_id, {}).setdefault(event.seq_no, event)
        again = msgspec.structs.replace(event, offline=earlier.offline)  # set when the response is missing
        assert earlier == again, f"two events have the seqNo {event.seq_no}"
    return {id: [of_one[number] for number in sorted(of_one)] for id, of_one in found.items()}


def try_to(action: Any, *arguments: Any) -> None:
    """Run an action of the driver, which may be impossible."""
    with contextlib.suppress(HardwareError, PowerLoss):
        action(*arguments)
