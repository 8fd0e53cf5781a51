"""Block L: reboots of a firmware update, and updates during a transaction."""

import asyncio
from typing import Any

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import announces_reboot, later, without_firmware_status
from plugfest.station.blocks.l_firmware_management import v201
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.blocks.l_firmware_management.updater import Updater

DOWNLOADS_AFTER_TRANSACTIONS = "reference-ac-fixed"
INSTALLS_AFTER_TRANSACTIONS = "reference-dc"
ACTIVATES_WITHOUT_REBOOT = "reference-ac"


def _with_gate(closed: bool) -> Any:
    def make(original: Function) -> Function:
        async def until_no_transaction(self: Any) -> None:
            while self._transaction_ongoing:
                (self._gate.close if closed else self._gate.open)()
                self._changed.clear()
                await self._changed.wait()

        return until_no_transaction

    return make


def _without_reconnect(original: Function) -> Function:
    async def take_over(self: Any, manifest: Any) -> None:
        self._activate(manifest)
        self._set_status(FirmwareStatus.INSTALLED)

    return take_over


def _with_reboot_first(original: Function) -> Function:
    """Reboots once before the step of the update, without an announcement."""

    async def step(self: Any, job: Any) -> None:
        rebooted = self._context.store.records("rebooted_for", int)
        if rebooted.get("update") != job.update.request_id:
            rebooted.put("update", job.update.request_id)
            await self._reboot(job)
        await original(self, job)

    return step


def _waits_for(seconds: float) -> Any:
    """Waits for so many seconds, whether or not there is a transaction then."""

    def make(original: Function) -> Function:
        async def wait_for_transactions(self: Any) -> None:
            self._gate.close()
            await asyncio.sleep(seconds)

        return wait_for_transactions

    return make


def _opens_gate_after(seconds: float) -> Any:
    def make(original: Function) -> Function:
        async def wait_for_transactions(self: Any) -> None:
            waiting = asyncio.create_task(original(self))
            await asyncio.sleep(seconds)
            self._gate.open()
            await waiting

        return wait_for_transactions

    return make


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "downloads firmware during a transaction",
        "L01.FR.13",
        "TC_L_12 TC_L_13",
        Patch(Updater, "_wait_for_transactions", later(None)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "installs firmware during a transaction",
        "L01.FR.06",
        "TC_L_14 TC_L_15",
        Patch(Updater, "_wait_for_transactions", later(None)),
        product=INSTALLS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "refuses new sessions while an update waits although they are allowed",
        "L01.FR.07",
        "TC_L_12",
        Patch(Updater, "_wait_for_transactions", _with_gate(closed=True)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "allows new sessions while an update waits although they are not allowed",
        "L01.FR.07",
        "TC_L_13",
        Patch(Updater, "_wait_for_transactions", _with_gate(closed=False)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "reboots before the installation without InstallRebooting",
        "L01.FR.15",
        "TC_L_01",
        Patch(Updater, "_plan_installation", _with_reboot_first),
    ),
    wrong_v201(
        "reboots during the transaction for which the update waits",
        "L01.FR.06",
        "TC_L_14 TC_L_15",
        Patch(Updater, "_await_installation", _with_reboot_first),
        product=INSTALLS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "reboots for the activation during a transaction",
        "L01.FR.33",
        "TC_L_16",
        Patch(Updater, "_activate_without_reboot", announces_reboot),
        product=ACTIVATES_WITHOUT_REBOOT,
    ),
    wrong_v201(
        "installs in the boot loader during a transaction",
        "Part 6, TC_L_16_CS",
        "TC_L_16",
        Patch(Updater, "_activate_without_reboot", announces_reboot),
        without_firmware_status(v201, FirmwareStatus.INSTALLING),
        product=ACTIVATES_WITHOUT_REBOOT,
    ),
    wrong_v201(
        "waits 20 s instead of the end of the transaction to download firmware",
        "L01.FR.13",
        "TC_L_13",
        Patch(Updater, "_wait_for_transactions", _waits_for(20)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "waits 20 s instead of the end of the transaction to install firmware",
        "L01.FR.06",
        "TC_L_15",
        Patch(Updater, "_wait_for_transactions", _waits_for(20)),
        product=INSTALLS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "makes the free EVSEs Available again while a download waits",
        "L01.FR.07",
        "TC_L_13",
        Patch(Updater, "_wait_for_transactions", _opens_gate_after(10)),
        product=DOWNLOADS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "makes the free EVSEs Available again while an installation waits",
        "L01.FR.07",
        "TC_L_15",
        Patch(Updater, "_wait_for_transactions", _opens_gate_after(10)),
        product=INSTALLS_AFTER_TRANSACTIONS,
    ),
    wrong_v201(
        "does not reconnect after an update without a reboot",
        "L01.FR.28",
        "TC_L_16",
        Patch(Updater, "_activate_without_reboot", _without_reconnect),
        product=ACTIVATES_WITHOUT_REBOOT,
    ),
)
