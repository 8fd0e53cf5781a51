"""Patches for both versions: stations that take their time, and stations with other data."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from plugfest.ocpp import codec
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import changed
from plugfest.station.blocks.l_firmware_management.updater import Updater
from plugfest.station.connection.boot import RegistrationStatus
from plugfest.station.connection.outbox import Delivery, Outbox
from plugfest.station.connection.registration import Registration
from plugfest.station.device_model import product_model
from plugfest.station.device_model.variables import Address, Characteristics, Component, DataType, Mutability, Variable
from plugfest.station.lifecycle.power import PoweredStation
from plugfest.station.lifecycle.station_clock import StationClock


def boots_in(seconds: float) -> Patch:
    """Takes this long to boot."""

    def make(original: Function) -> Function:
        async def run(self: Any) -> None:
            self._boot_seconds = seconds
            await original(self)

        return run

    return Patch(PoweredStation, "_run", make)


def clock_fast_by(seconds: float) -> Patch:
    """A clock that is fast, or slow if negative."""
    return Patch(StationClock, "now", changed(lambda now: now + timedelta(seconds=seconds)))


def _transaction_messages_first(original: Function) -> Function:
    order = (Delivery.TRANSACTION, Delivery.ORDINARY, Delivery.DURABLE)

    def following(self: Any) -> Any:
        first = original(self)
        queue = self._queues[order[0]]
        if first is None or not queue.messages or queue.retry_at > asyncio.get_running_loop().time():
            return first
        key, queued = queue.first()
        return queue, key, codec.decode(self._protocol.requests[queued.action], bytes(queued.payload))

    return following


TRANSACTION_MESSAGES_FIRST = Patch(Outbox, "_next", _transaction_messages_first)
"""Sends transaction-related messages before others that wait."""


def _registers_again(original: Function) -> Function:
    async def handle(self: Any, peer: Any, *, new_csms: bool) -> None:
        if self.status is RegistrationStatus.ACCEPTED:
            new_csms = True
        await original(self, peer, new_csms=new_csms)

    return handle


BOOT_NOTIFICATION_AFTER_RECONNECT = Patch(Registration, "handle", _registers_again)
"""Registers anew after every reconnection."""


def vendor_variables(components: tuple[str, ...]) -> Patch:
    """More variables of the vendor, in a component of the standard and in one of the vendor's."""

    def added(station: Iterator[Variable]) -> Iterator[Variable]:
        yield from station
        text = Characteristics(DataType.STRING)
        for name in components:
            for mutability in (Mutability.READ_ONLY, Mutability.READ_WRITE):
                yield Variable(Address(Component(name), f"Vendor{mutability.value}"), text, mutability, "vendor")

    return Patch(product_model, "_station", changed(added))


def installs_in(seconds: float) -> Patch:
    """Takes this much longer to install firmware."""

    def make(original: Function) -> Function:
        async def install(self: Any, job: Any) -> None:
            await asyncio.sleep(seconds)
            await original(self, job)

        return install

    return Patch(Updater, "_install", make)
