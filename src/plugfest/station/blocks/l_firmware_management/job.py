"""The stored state of a firmware update."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.station.storage.store import Store


class FirmwareStatus(StrEnum):
    """The status of an update (FirmwareStatusEnumType). IDLE: it has not begun yet."""

    IDLE = "Idle"
    DOWNLOAD_SCHEDULED = "DownloadScheduled"
    DOWNLOADING = "Downloading"
    DOWNLOAD_PAUSED = "DownloadPaused"
    DOWNLOADED = "Downloaded"
    DOWNLOAD_FAILED = "DownloadFailed"
    SIGNATURE_VERIFIED = "SignatureVerified"
    INVALID_SIGNATURE = "InvalidSignature"
    INSTALL_SCHEDULED = "InstallScheduled"
    INSTALLING = "Installing"
    INSTALL_REBOOTING = "InstallRebooting"
    INSTALLED = "Installed"
    INSTALL_VERIFICATION_FAILED = "InstallVerificationFailed"
    INSTALLATION_FAILED = "InstallationFailed"


_S = FirmwareStatus

NEXT_STATUSES: Final[dict[FirmwareStatus, frozenset[FirmwareStatus]]] = {
    _S.IDLE: frozenset({_S.DOWNLOAD_SCHEDULED, _S.DOWNLOADING}),
    _S.DOWNLOAD_SCHEDULED: frozenset({_S.DOWNLOADING}),
    _S.DOWNLOADING: frozenset({_S.DOWNLOADED, _S.DOWNLOAD_PAUSED, _S.DOWNLOAD_FAILED}),
    _S.DOWNLOAD_PAUSED: frozenset({_S.DOWNLOADING}),
    _S.DOWNLOADED: frozenset(
        {_S.SIGNATURE_VERIFIED, _S.INVALID_SIGNATURE, _S.INSTALL_SCHEDULED, _S.INSTALLING}
    ),  # the last two: an update of 1.6 without a signature
    _S.SIGNATURE_VERIFIED: frozenset({_S.INSTALL_SCHEDULED, _S.INSTALLING}),
    _S.INSTALL_SCHEDULED: frozenset({_S.INSTALLING}),
    _S.INSTALLING: frozenset(
        {_S.INSTALL_REBOOTING, _S.INSTALLED, _S.INSTALL_VERIFICATION_FAILED, _S.INSTALLATION_FAILED}
    ),
    _S.INSTALL_REBOOTING: frozenset({_S.INSTALLED}),
}
"""The transitions of an update (Part 2 L, figure 118). A status without an entry is final."""


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """The update that the CSMS requested. `retry_interval` in seconds; certificate in PEM, signature in base64."""

    request_id: int
    location: str
    retrieve_at: datetime
    install_at: datetime | None
    signing_certificate: str
    signature: str | None
    retries: int
    retry_interval: float
    signed: bool = True
    """False: an update without certificate and signature (L02; 1.6, 5.19)."""


class Job(msgspec.Struct, frozen=True):
    """An update and its status. `reported`: whether the CSMS has received the status; `reason`: why it has failed."""

    update: Update
    status: FirmwareStatus = FirmwareStatus.IDLE
    reported: bool = msgspec.field(name="told", default=False)
    reason: str = ""

    @property
    def ended(self) -> bool:
        return self.status not in NEXT_STATUSES


class Refusal(msgspec.Struct, frozen=True):
    """The status in the answer that refused a request, and the reason in words."""

    status: str
    reason: str


class Jobs:
    """The last update and its image, and a refusal since then, stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs = store.records("firmware", Job)
        self._images = store.records("firmware_image", bytes)
        self._refusals = store.records("firmware_refusal", Refusal)

    @property
    def last(self) -> Job | None:
        """The ongoing update, or else the last one."""
        return self._jobs.get("job")

    @property
    def ongoing(self) -> Job | None:
        """The ongoing update."""
        last = self.last
        return None if last is None or last.ended else last

    @property
    def image(self) -> bytes | None:
        """The downloaded image of the ongoing update."""
        return self._images.get("image")

    @property
    def refusal(self) -> Refusal | None:
        """The last refused request, if the update has kept its status since."""
        return self._refusals.get("refusal")

    def refuse(self, refusal: Refusal) -> None:
        """A request was refused."""
        self._refusals.put("refusal", refusal)

    def begin(self, update: Update) -> None:
        """Begin a new update, which replaces the last one."""
        with self._store.transaction():
            self._images.clear()
            self._refusals.clear()
            self._save(Job(update))

    def set_status(self, status: FirmwareStatus, *, image: bytes | None = None, reason: str = "") -> Job:
        """Change the status of the update, and store the downloaded image if there is one."""
        job = self.last
        assert job is not None, "there is no update"
        assert status in NEXT_STATUSES.get(job.status, ()), f"an update that is {job.status} cannot be {status}"
        changed = Job(job.update, status, reason=reason)
        with self._store.transaction():
            self._refusals.clear()
            if image is not None:
                self._images.put("image", image)
            if changed.ended:
                self._images.clear()
            self._save(changed)
        return changed

    def mark_reported(self, request_id: int, status: FirmwareStatus) -> None:
        """The CSMS has received this status of the update."""
        job = self.last
        if job is not None and (job.update.request_id, job.status) == (request_id, status):
            self._save(msgspec.structs.replace(job, reported=True))

    def _save(self, job: Job) -> None:
        self._jobs.put("job", job)
