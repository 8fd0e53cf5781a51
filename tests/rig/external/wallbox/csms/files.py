"""Logs and firmware: what the wallbox uploads and downloads over HTTP and HTTPS (Part 2, L01 and N01)."""

import asyncio
import contextlib
from base64 import b64decode
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from ocpp.routing import after, on
from ocpp.v201 import call, call_result

if TYPE_CHECKING:
    from tests.rig.external.wallbox.firmware import Firmware

MAGIC = b"NORDLICHT "
"""A firmware image begins with this, the version and a line feed."""


class Files:
    """The upload and the update that are under way."""

    def __init__(self, firmware: "Firmware") -> None:
        self._firmware = firmware
        self._upload: asyncio.Task[None] | None = None
        self._upload_id: int | None = None
        self._canceled: int | None = None
        self._update: asyncio.Task[None] | None = None
        self._update_id: int | None = None
        self._update_status = "Idle"
        self._idle = asyncio.Event()
        self._waiting_for_session = False

    # N01

    @on("GetLog")
    async def get_log(self, log: dict[str, Any], log_type: str, request_id: int, **_: object) -> call_result.GetLog:
        if not _supported(log["remote_location"]):
            return call_result.GetLog(status="Rejected")
        self._canceled = self._upload_id if self._upload is not None and not self._upload.done() else None
        if self._canceled is not None and self._upload is not None:
            self._upload.cancel()
        status = "Accepted" if self._canceled is None else "AcceptedCanceled"
        return call_result.GetLog(status=status, filename=_file_name(log_type, request_id))

    @after("GetLog")
    async def upload(
        self,
        log: dict[str, Any],
        log_type: str,
        request_id: int,
        retries: int | None = None,
        retry_interval: int | None = None,
        **_: object,
    ) -> None:
        if not _supported(log["remote_location"]):
            return
        if self._canceled is not None:  # N01.FR.20
            await self._log_status("AcceptedCanceled", self._canceled)
        self._upload_id = request_id
        name = _file_name(log_type, request_id)
        url = f"{log['remote_location'].rstrip('/')}/{name}"
        work = self._upload_log(url, self._content(log_type), request_id, 1 + (retries or 0), retry_interval or 10)
        self._upload = asyncio.create_task(work)

    def _content(self, log_type: str) -> bytes:
        firmware = self._firmware
        if log_type == "SecurityLog":
            return "\n".join([*firmware.storage.security_log, ""]).encode()
        status = f"{firmware.timestamp()} firmware {firmware.storage.firmware}, connector {firmware.connector_status()}"
        return f"{status}\n".encode()

    async def _upload_log(self, url: str, content: bytes, request_id: int, attempts: int, interval: int) -> None:
        await self._log_status("Uploading", request_id)
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(interval)
            with contextlib.suppress(httpx.HTTPError):
                async with self._client(url) as client:
                    response = await client.put(url, content=content)
                if response.is_success:
                    await self._log_status("Uploaded", request_id)
                    return
        await self._log_status("UploadFailure", request_id)

    async def _log_status(self, status: str, request_id: int | None) -> None:
        await self._firmware.tell(call.LogStatusNotification(status=status, request_id=request_id))

    async def report_log_status(self) -> None:
        """What TriggerMessage asks for (F06.FR.14, F06.FR.15)."""
        uploading = self._upload is not None and not self._upload.done()
        notification = call.LogStatusNotification(
            status="Uploading" if uploading else "Idle", request_id=self._upload_id if uploading else None
        )
        await self._firmware.tell(notification, requested=True)

    def _client(self, url: str) -> httpx.AsyncClient:
        secure = urlsplit(url).scheme == "https"
        verify = self._firmware.network.trust() if secure else False
        return httpx.AsyncClient(verify=verify, trust_env=False, timeout=30)

    # L01

    @on("UpdateFirmware")
    async def update_firmware(
        self, request_id: int, firmware: dict[str, Any], **_: object
    ) -> call_result.UpdateFirmware:
        if "signing_certificate" not in firmware or "signature" not in firmware or not _supported(firmware["location"]):
            return call_result.UpdateFirmware(status="Rejected")
        if not self._trusted(firmware["signing_certificate"]):
            self._firmware.security_event("InvalidFirmwareSigningCertificate")
            return call_result.UpdateFirmware(status="InvalidCertificate")  # L01.FR.22
        ongoing = self._update is not None and not self._update.done()
        if ongoing and self._update_status == "Installing":
            return call_result.UpdateFirmware(status="Rejected")  # L01.FR.27
        if ongoing and self._update is not None:
            self._update.cancel()
        self._update_id = request_id
        return call_result.UpdateFirmware(status="AcceptedCanceled" if ongoing else "Accepted")

    @after("UpdateFirmware")
    async def update(
        self,
        request_id: int,
        firmware: dict[str, Any],
        retries: int | None = None,
        retry_interval: int | None = None,
        **_: object,
    ) -> None:
        if self._update_id == request_id:
            self._update = asyncio.create_task(self._install(firmware, 1 + (retries or 0), retry_interval or 10))

    def _trusted(self, pem: str) -> bool:
        try:
            certificate = x509.load_pem_x509_certificate(pem.encode())
        except ValueError:
            return False
        now = self._firmware.now()
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            return False
        for root in self._firmware.certificates.roots("ManufacturerRootCertificate"):
            with contextlib.suppress(ValueError, TypeError, InvalidSignature):
                certificate.verify_directly_issued_by(root)
                return True
        return False

    async def _install(self, firmware: dict[str, Any], attempts: int, interval: int) -> None:
        retrieve = datetime.fromisoformat(firmware["retrieve_date_time"])
        if retrieve > self._firmware.now():
            await self._status("DownloadScheduled")  # L01.FR.13
            await self._until(retrieve)
        image = await self._download(firmware["location"], attempts, interval)
        if image is None:
            await self._status("DownloadFailed")
            return
        await self._status("Downloaded")
        if not _signed(image, firmware["signature"], firmware["signing_certificate"]):
            self._firmware.security_event("InvalidFirmwareSignature")  # L01.FR.03
            await self._status("InvalidSignature")
            return
        await self._status("SignatureVerified")
        await self._wait_to_install(firmware.get("install_date_time"))
        await self._status("Installing")
        await asyncio.sleep(20)
        if not image.startswith(MAGIC):
            self._waiting_for_session = False
            await self._status("InstallationFailed")
            await self._firmware.report_status()
            return
        await self._status("InstallRebooting")
        self._activate(image)

    async def _download(self, url: str, attempts: int, interval: int) -> bytes | None:
        await self._status("Downloading")
        for attempt in range(attempts):
            if attempt:
                await asyncio.sleep(interval)
            with contextlib.suppress(httpx.HTTPError):
                async with self._client(url) as client:
                    response = await client.get(url)
                if response.is_success:
                    return response.content
        return None

    async def _wait_to_install(self, install_date_time: str | None) -> None:
        """Until the time of the installation and the end of the session (L01.FR.06, L01.FR.16)."""
        install = None if install_date_time is None else datetime.fromisoformat(install_date_time)
        busy = self._firmware.session.busy
        if (install is not None and install > self._firmware.now()) or busy:
            await self._status("InstallScheduled")
        if install is not None:
            await self._until(install)
        self._waiting_for_session = True  # L01.FR.07: no session begins from now on
        await self._firmware.report_status()
        while self._firmware.session.busy:
            self._idle.clear()
            await self._idle.wait()

    async def _until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self._firmware.now()).total_seconds()))

    def _activate(self, image: bytes) -> None:
        storage = self._firmware.storage
        storage.firmware = image.removeprefix(MAGIC).partition(b"\n")[0].decode()
        storage.installing, storage.boot_reason = self._update_id, "FirmwareUpdate"
        self._firmware.restart()

    @property
    def blocks_sessions(self) -> bool:
        """Whether no session may begin, because firmware is about to be installed."""
        return self._waiting_for_session

    def session_ended(self) -> None:
        self._idle.set()

    def booted(self) -> None:
        """The new firmware has started and is registered."""
        storage = self._firmware.storage
        if storage.installing is not None:
            self._update_id, storage.installing = storage.installing, None
            self._firmware.security_event("FirmwareUpdated", storage.firmware)  # L01.FR.31
            self._firmware.do(self._status("Installed"))

    async def _status(self, status: str) -> None:
        self._update_status = status
        await self._firmware.tell(call.FirmwareStatusNotification(status=status, request_id=self._update_id))

    async def report_firmware_status(self) -> None:
        """What TriggerMessage asks for (F06.FR.16, L01.FR.25, L01.FR.26)."""
        idle = self._update_status in ("Idle", "Installed")
        notification = call.FirmwareStatusNotification(
            status="Idle" if idle else self._update_status, request_id=None if idle else self._update_id
        )
        await self._firmware.tell(notification, requested=True)


def _supported(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _file_name(log_type: str, request_id: int) -> str:
    return f"NL-001234-{log_type}-{request_id}.log"


def _signed(image: bytes, signature: str, signing_certificate: str) -> bool:
    """Whether the signature of an image is right: RSA-PSS or ECDSA with SHA-256 (L01.FR.04)."""
    key = x509.load_pem_x509_certificate(signing_certificate.encode()).public_key()
    with contextlib.suppress(InvalidSignature, ValueError):
        value = b64decode(signature, validate=True)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, image, padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO), SHA256())
            return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, image, ec.ECDSA(SHA256()))
            return True
    return False
