"""Patches for both versions: stations that take their time, and stations with other data."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from plugfest.ocpp import codec
from plugfest.rig.selftest.behaviours.behaviour import Function, Patch
from plugfest.rig.selftest.behaviours.builders import announces_reboot, changed
from plugfest.station.blocks.l_firmware_management import updater
from plugfest.station.blocks.l_firmware_management.updater import MAX_IMAGE_SIZE, Updater
from plugfest.station.blocks.n_diagnostics.rules import UploadStatus
from plugfest.station.blocks.n_diagnostics.uploader import Uploader
from plugfest.station.connection.boot import RegistrationStatus
from plugfest.station.connection.outbox import Delivery, Outbox
from plugfest.station.connection.registration import Registration
from plugfest.station.device_model import product_model
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.device_model.variables import Address, Characteristics, Component, DataType, Mutability, Variable
from plugfest.station.files.file_transfer import Retries
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


def _reboots_when_idle(original: Function) -> Function:
    async def reboot(self: Any, job: Any) -> None:
        await self._wait_for_transactions()
        await original(self, job)

    return reboot


REBOOT_ANNOUNCED_EARLY = (
    Patch(updater, "_capabilities", changed(lambda product: product._replace(installs_while_charging=True))),
    Patch(Updater, "_activate_without_reboot", announces_reboot),
    Patch(Updater, "_reboot", _reboots_when_idle),
)
"""Installs firmware during a transaction, announces the reboot at once, and reboots when it has ended."""


def vendor_variables(components: tuple[str, ...]) -> Patch:
    """More variables of the vendor, in a component of the standard and in one of the vendor's."""

    def added(station: Iterator[Variable]) -> Iterator[Variable]:
        yield from station
        text = Characteristics(DataType.STRING)
        for name in components:
            for mutability in (Mutability.READ_ONLY, Mutability.READ_WRITE):
                yield Variable(Address(Component(name), f"Vendor{mutability.value}"), text, mutability, "vendor")

    return Patch(product_model, "_station", changed(added))


def without_variables(*names: str) -> tuple[Patch, ...]:
    """The CSMS does not see these variables, each given as component.variable."""

    def is_hidden(address: Address) -> bool:
        return f"{address.component.name}.{address.variable}".casefold() in hidden

    def unknown(original: Function) -> Function:
        def access(self: Any, address: Address, *others: Any) -> Any:
            requested = Address(address.component, _NO_VARIABLE) if is_hidden(address) else address
            return original(self, requested, *others)

        return access

    def reported(variables: Iterator[Variable]) -> Iterator[Variable]:
        return (variable for variable in variables if not is_hidden(variable.address))

    hidden = {name.casefold() for name in names}
    return (
        Patch(DeviceModel, "get", unknown),
        Patch(DeviceModel, "set", unknown),
        Patch(DeviceModel, "__iter__", changed(reported)),
    )


_NO_VARIABLE = "NoVariable"


def _downloading_again(original: Function) -> Function:
    async def fetch(self: Any, update: Any) -> bytes:
        async def attempt() -> bytes:
            if next(attempts):
                self._report_status(self.jobs.last)
            data: bytes = await self._context.files.fetch(update.location, max_size=MAX_IMAGE_SIZE)
            return data

        attempts = count()
        return await Retries(update.retries, update.retry_interval).run(attempt, "firmware download")

    return fetch


DOWNLOADING_AGAIN = Patch(Updater, "_fetch", _downloading_again)
"""Reports Downloading for each attempt."""


def _uploading_again(original: Function) -> Function:
    async def send(self: Any, upload: Any) -> None:
        async def attempt() -> None:
            if next(attempts):
                self._report_status(UploadStatus.UPLOADING, upload.request_id)
            await self._context.files.send(upload.location, upload.data, upload.name)

        attempts = count()
        await upload.retries.run(attempt, "log upload")

    return send


UPLOADING_AGAIN = Patch(Uploader, "_send", _uploading_again)
"""Reports Uploading for each attempt."""


def installs_in(seconds: float) -> Patch:
    """Takes this much longer to install firmware."""

    def make(original: Function) -> Function:
        async def install(self: Any, job: Any) -> None:
            await asyncio.sleep(seconds)
            await original(self, job)

        return install

    return Patch(Updater, "_install", make)
