"""A firmware update and how far it is: what a power cut must not lose."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.station.storage.store import Store


class FirmwareStatus(StrEnum):
    """Where an update is, in the words of OCPP 2.0.1. IDLE is one that has not begun yet."""

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

NEXT: Final[dict[FirmwareStatus, frozenset[FirmwareStatus]]] = {
    _S.IDLE: frozenset({_S.DOWNLOAD_SCHEDULED, _S.DOWNLOADING}),
    _S.DOWNLOAD_SCHEDULED: frozenset({_S.DOWNLOADING}),
    _S.DOWNLOADING: frozenset({_S.DOWNLOADED, _S.DOWNLOAD_PAUSED, _S.DOWNLOAD_FAILED}),
    _S.DOWNLOAD_PAUSED: frozenset({_S.DOWNLOADING}),
    _S.DOWNLOADED: frozenset({_S.SIGNATURE_VERIFIED, _S.INVALID_SIGNATURE}),
    _S.SIGNATURE_VERIFIED: frozenset({_S.INSTALL_SCHEDULED, _S.INSTALLING}),
    _S.INSTALL_SCHEDULED: frozenset({_S.INSTALLING}),
    _S.INSTALLING: frozenset(
        {_S.INSTALL_REBOOTING, _S.INSTALLED, _S.INSTALL_VERIFICATION_FAILED, _S.INSTALLATION_FAILED}
    ),
    _S.INSTALL_REBOOTING: frozenset({_S.INSTALLED}),
}
"""The ways that an update can go (Part 2 L, figure 118). Whatever has no entry is an end."""


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """What the CSMS has asked for. `retry_interval` in seconds; certificate in PEM, signature in base64."""

    request_id: int
    location: str
    retrieve_at: datetime
    install_at: datetime | None
    signing_certificate: str
    signature: str | None
    retries: int
    retry_interval: float
    signed: bool = True
    """False: nobody says that it is genuine, and nobody has to (L02; 1.6, 5.19)."""


class Job(msgspec.Struct, frozen=True):
    """An update and how far it is. `told`: whether the CSMS knows."""

    update: Update
    status: FirmwareStatus = FirmwareStatus.IDLE
    told: bool = False

    @property
    def ended(self) -> bool:
        return self.status not in NEXT


class Jobs:
    """The last update and its image, on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs = store.records("firmware", Job)
        self._images = store.records("firmware_image", bytes)

    @property
    def last(self) -> Job | None:
        """The update that goes on, or the last one that did."""
        return self._jobs.get("job")

    @property
    def ongoing(self) -> Job | None:
        """The update that goes on."""
        last = self.last
        return None if last is None or last.ended else last

    @property
    def image(self) -> bytes | None:
        """What has been downloaded for it."""
        return self._images.get("image")

    def begin(self, update: Update) -> None:
        """Another update: the last one is forgotten."""
        with self._store.transaction():
            self._images.clear()
            self._keep(Job(update))

    def move(self, status: FirmwareStatus, *, image: bytes | None = None) -> Job:
        """The update has come to `status`, and has got an image by it, or needs it no longer."""
        job = self.last
        assert job is not None, "nothing is updated"
        assert status in NEXT.get(job.status, ()), f"an update that is {job.status} cannot be {status}"
        moved = Job(job.update, status)
        with self._store.transaction():
            if image is not None:
                self._images.put("image", image)
            if moved.ended:
                self._images.clear()
            self._keep(moved)
        return moved

    def told(self, request_id: int, status: FirmwareStatus) -> None:
        """The CSMS knows now that this update is there."""
        job = self.last
        if job is not None and (job.update.request_id, job.status) == (request_id, status):
            self._keep(Job(job.update, job.status, told=True))

    def _keep(self, job: Job) -> None:
        self._jobs.put("job", job)
