"""Takes a firmware update from one status to the next, and resumes it after a power loss.

Each status that is not final has a step. The step does the work of that status and then moves the update to the next
one, so after a power loss the station repeats the step of the last status.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from plugfest.light_event import LightEvent
from plugfest.products import Product
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus, Job, Jobs, Refusal, Update
from plugfest.station.blocks.l_firmware_management.rules import (
    Capabilities,
    Decision,
    UpdateFirmwareStatus,
    certificate_problem,
    decide,
    signature_problem,
)
from plugfest.station.connection.boot import BootReason
from plugfest.station.context import Context, SharedObjects
from plugfest.station.files.file_transfer import Retries
from plugfest.station.files.firmware_image import InvalidImage, Manifest, read_manifest
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.connectors.availability import STATION, Availability
from plugfest.station.model.transactions.transactions import Transactions
from plugfest.station.setup.capabilities import Capability, has_capability
from plugfest.transfer.errors import TransferFailed

MANUFACTURER_ROOT: Final = "ManufacturerRootCertificate"

MAX_IMAGE_SIZE: Final = 64 * 1024 * 1024
"""Bytes."""

INSTALLATION_SECONDS: Final = 10.0
"""Duration of the installation."""

_ACTIVITY: Final = "firmware update"

_BUSY: Final = frozenset({FirmwareStatus.DOWNLOADING, FirmwareStatus.DOWNLOADED, FirmwareStatus.SIGNATURE_VERIFIED})
_UNINTERRUPTIBLE: Final = frozenset({FirmwareStatus.INSTALLING, FirmwareStatus.INSTALL_REBOOTING})

_FAILED: Final = "FirmwareUpdateFailed"
_SECURITY_EVENTS: Final = {
    FirmwareStatus.INVALID_SIGNATURE: "InvalidFirmwareSignature",  # L01.FR.03
    FirmwareStatus.INSTALLED: "FirmwareUpdated",  # L01.FR.31
    FirmwareStatus.DOWNLOAD_FAILED: _FAILED,
    FirmwareStatus.INSTALL_VERIFICATION_FAILED: _FAILED,
    FirmwareStatus.INSTALLATION_FAILED: _FAILED,
}
_REFUSAL_EVENTS: Final = {
    UpdateFirmwareStatus.INVALID_CERTIFICATE: "InvalidFirmwareSigningCertificate",  # L01.FR.02
    UpdateFirmwareStatus.REJECTED: "FirmwareUpdateRejected",
}

_log = logging.getLogger(__name__)


class Updater:
    """The firmware updates of one power cycle. `report_status` sends the status to the CSMS (L01.FR.01)."""

    def __init__(self, context: Context, report_status: Callable[[Job], None]) -> None:
        self.jobs = Jobs(context.store)
        self._context = context
        self._report_status = report_status
        self._capabilities = _capabilities(context.product)
        self._gate = NewSessionGate(context.shared)
        self._transactions = context.shared.get(Transactions)
        self._transactions.on_start(lambda *_: self._transaction_began())
        self._transactions.on_end(lambda *_: self._changed.set())
        self._changed = LightEvent()
        self._online = LightEvent()
        self._work: asyncio.Task[None] | None = None
        self._fetching: asyncio.Task[bytes] | None = None

    # Requests of the CSMS

    async def begin(self, update: Update) -> Decision:
        """Decide on a request. An accepted update begins after the answer is sent."""
        ongoing = self.jobs.ongoing
        roots = self._context.trust.roots(MANUFACTURER_ROOT)
        decision = decide(
            certificate_problem(update.signing_certificate, roots, self._context.now()) if update.signed else None,
            self._context.files.url_problem(update.location),
            None if ongoing is None else ongoing.status,
            self._capabilities,
        )
        if decision.status is UpdateFirmwareStatus.ACCEPTED_CANCELED:
            await self._cancel()  # L01.FR.24
        if decision.status in _REFUSAL_EVENTS:
            self._refuse(decision)
        if decision.status in (UpdateFirmwareStatus.ACCEPTED, UpdateFirmwareStatus.ACCEPTED_CANCELED):
            self.jobs.begin(update)
            self._context.handlers.after_response(self._start)
        return decision

    def _refuse(self, decision: Decision) -> None:
        with self._context.store.transaction():
            self.jobs.refuse(Refusal(decision.status, decision.detail))
            self._context.security_event(_REFUSAL_EVENTS[decision.status], decision.detail)
        self._context.lifecycle.firmware_status.notify(decision.status, decision.detail)

    async def _cancel(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        self._finish()

    # Events of the station

    def start(self) -> None:
        """Begin a power cycle. If it is the reboot into new firmware, that firmware is active now."""
        lifecycle = self._context.lifecycle
        lifecycle.boot_accepted.add(self.online)
        lifecycle.reconnected.add(lambda _: self.online())
        lifecycle.disconnected.add(self.offline)
        job = self.jobs.last
        if job is not None and job.status is FirmwareStatus.INSTALL_REBOOTING:
            self._activate(read_manifest(self._image))
            self._set_status(FirmwareStatus.INSTALLED)  # L01.FR.32 (a)

    def online(self) -> None:
        """The station is online: report an unreported status, and resume an interrupted update."""
        self._online.set()
        job = self.jobs.last
        if job is None:
            return
        if not job.reported and job.status is not FirmwareStatus.IDLE:
            self._report_status(job)
        if not job.ended:
            self._start()

    def offline(self) -> None:
        self._online.clear()

    def new_sessions_allowed(self) -> None:
        """AllowNewSessionsPendingFirmwareUpdate was set."""
        self._changed.set()

    def _transaction_began(self) -> None:
        if self._fetching is not None and not self._capabilities.downloads_while_charging:
            self._fetching.cancel()

    # Status by status

    def _start(self) -> None:
        if self._work is None:
            self._work = self._context.spawn(self._run(), _ACTIVITY)

    @property
    def _steps(self) -> Mapping[FirmwareStatus, Callable[[Job], Awaitable[None]]]:
        return {
            FirmwareStatus.IDLE: self._plan_download,
            FirmwareStatus.DOWNLOAD_SCHEDULED: self._await_download,
            FirmwareStatus.DOWNLOADING: self._download,
            FirmwareStatus.DOWNLOAD_PAUSED: self._resume_download,
            FirmwareStatus.DOWNLOADED: self._verify,
            FirmwareStatus.SIGNATURE_VERIFIED: self._plan_installation,
            FirmwareStatus.INSTALL_SCHEDULED: self._await_installation,
            FirmwareStatus.INSTALLING: self._install,
            FirmwareStatus.INSTALL_REBOOTING: self._reboot,
        }

    async def _run(self) -> None:
        while (job := self.jobs.ongoing) is not None:
            self._update_activity(job.status)
            await self._steps[job.status](job)
        self._work = None
        self._finish()

    def _set_status(self, status: FirmwareStatus, *, image: bytes | None = None, reason: str = "") -> None:
        """`reason`: why the update has failed, in words."""
        with self._context.store.transaction():
            job = self.jobs.set_status(status, image=image, reason=reason)
            if status in _SECURITY_EVENTS:
                detail = f": {reason}" if reason else ""
                self._context.security_event(_SECURITY_EVENTS[status], f"update {job.update.request_id}{detail}")
        self._context.lifecycle.firmware_status.notify(status, reason)
        self._report_status(job)

    def _update_activity(self, status: FirmwareStatus) -> None:
        if status in _BUSY | _UNINTERRUPTIBLE:
            self._context.activity.begin(_ACTIVITY, interruptible=status not in _UNINTERRUPTIBLE)
        else:
            self._context.activity.end(_ACTIVITY)

    def _finish(self) -> None:
        self._context.activity.end(_ACTIVITY)
        self._gate.open()

    async def _plan_download(self, job: Job) -> None:
        early = job.update.retrieve_at > self._context.now()
        waits = early or (self._transaction_ongoing and not self._capabilities.downloads_while_charging)
        self._set_status(FirmwareStatus.DOWNLOAD_SCHEDULED if waits else FirmwareStatus.DOWNLOADING)  # L01.FR.13

    async def _await_download(self, job: Job) -> None:
        await self._wait_until(job.update.retrieve_at)
        if not self._capabilities.downloads_while_charging:
            await self._wait_for_transactions()
        self._set_status(FirmwareStatus.DOWNLOADING)

    async def _download(self, job: Job) -> None:
        self._fetching = asyncio.create_task(self._fetch(job.update))
        try:
            image = await self._fetching
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            self._set_status(FirmwareStatus.DOWNLOAD_PAUSED)  # L01.FR.14
        except TransferFailed as error:
            self._set_status(FirmwareStatus.DOWNLOAD_FAILED, reason=str(error))  # L01.FR.30
        else:
            self._downloaded(image)
        finally:
            self._fetching = None

    def _downloaded(self, image: bytes) -> None:
        if self._context.store.has_space(len(image)):
            self._set_status(FirmwareStatus.DOWNLOADED, image=image)
        else:
            self._set_status(FirmwareStatus.DOWNLOAD_FAILED, reason="there is no space to store it")

    async def _fetch(self, update: Update) -> bytes:
        retries = Retries(update.retries, update.retry_interval)
        fetch = partial(self._context.files.fetch, update.location, max_size=MAX_IMAGE_SIZE)
        return await retries.run(fetch, "firmware download")

    async def _resume_download(self, job: Job) -> None:
        await self._wait_for_transactions()
        self._set_status(FirmwareStatus.DOWNLOADING)

    async def _verify(self, job: Job) -> None:
        update = job.update
        if not update.signed:
            await self._plan_installation(job)
            return
        problem = signature_problem(self._image, update.signature, update.signing_certificate)  # L01.FR.04
        if problem is None:
            self._set_status(FirmwareStatus.SIGNATURE_VERIFIED)
        else:
            self._set_status(FirmwareStatus.INVALID_SIGNATURE, reason=problem)

    async def _plan_installation(self, job: Job) -> None:
        early = job.update.install_at is not None and job.update.install_at > self._context.now()
        waits = early or (self._transaction_ongoing and not self._capabilities.installs_while_charging)
        # L01.FR.16, L01.FR.34, or L01.FR.05
        self._set_status(FirmwareStatus.INSTALL_SCHEDULED if waits else FirmwareStatus.INSTALLING)

    async def _await_installation(self, job: Job) -> None:
        if job.update.install_at is not None:
            await self._wait_until(job.update.install_at)
        if not self._capabilities.installs_while_charging:
            await self._wait_for_transactions()  # L01.FR.06
        self._set_status(FirmwareStatus.INSTALLING)

    async def _install(self, job: Job) -> None:
        if not self._capabilities.installs_while_charging:
            self._gate.close()  # no new session, which the reboot would end (L01.FR.33)
        try:
            manifest = read_manifest(self._image)
        except InvalidImage as error:
            self._set_status(FirmwareStatus.INSTALL_VERIFICATION_FAILED, reason=str(error))  # L01.FR.29
            return
        await asyncio.sleep(INSTALLATION_SECONDS)
        product = self._context.product
        if not manifest.fits(product.vendor, product.model):
            reason = f"firmware for {manifest.vendor} {manifest.model}, not for {product.vendor} {product.model}"
            self._set_status(FirmwareStatus.INSTALLATION_FAILED, reason=reason)
        elif self._capabilities.installs_while_charging:
            await self._activate_without_reboot(manifest)
        else:
            self._set_status(FirmwareStatus.INSTALL_REBOOTING)

    async def _activate_without_reboot(self, manifest: Manifest) -> None:
        """Activate the new firmware without a reboot. It connects to the CSMS again."""
        self._activate(manifest)
        self._online.clear()
        self._context.csms.reconnect()
        await self._online.wait()
        self._set_status(FirmwareStatus.INSTALLED)  # L01.FR.28

    async def _reboot(self, job: Job) -> None:
        await self._context.outbox.drain(self._context.message_timeout)
        self._context.request_reboot(BootReason.FIRMWARE_UPDATE)
        await LightEvent().wait()  # the power cycle ends here

    def _activate(self, manifest: Manifest) -> None:
        self._context.device_model.put("ChargingStation", "FirmwareVersion", manifest.version)

    @property
    def _image(self) -> bytes:
        image = self.jobs.image
        assert image is not None, "no image has been downloaded"
        return image

    # Waiting

    async def _wait_until(self, moment: datetime) -> None:
        while self._context.now() < moment:
            await self._context.clock_wait.sleep((moment - self._context.now()).total_seconds())

    @property
    def _transaction_ongoing(self) -> bool:
        return any(self._transactions.ongoing())

    async def _wait_for_transactions(self) -> None:
        """L01.FR.06. Until the update ends, new sessions begin only if that is allowed (L01.FR.07)."""
        while self._transaction_ongoing:
            allowed = self._context.device_model.boolean(
                "ChargingStation", "AllowNewSessionsPendingFirmwareUpdate", default=False
            )
            (self._gate.open if allowed else self._gate.close)()
            self._changed.clear()
            await self._changed.wait()


class NewSessionGate:
    """While closed, every EVSE without a charging session is Unavailable (L01.FR.07)."""

    def __init__(self, shared: SharedObjects) -> None:
        self._availability = shared.get(Availability)
        self._charging = shared.get(Charging)
        self._closed = False

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._availability.close(STATION)
            self._charging.update()

    def open(self) -> None:
        if self._closed:
            self._closed = False
            self._availability.reopen(STATION)
            self._charging.update()


def _capabilities(product: Product) -> Capabilities:
    return Capabilities(
        cancels=has_capability(product, Capability.CANCELS_UPDATES),
        downloads_while_charging=has_capability(product, Capability.DOWNLOADS_WHILE_CHARGING),
        installs_while_charging=has_capability(product, Capability.INSTALLS_WHILE_CHARGING),
    )
