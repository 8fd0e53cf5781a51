"""Wrong in block L: whose firmware is installed, when, and what is told of it."""

from datetime import timedelta
from typing import Any

from plugfest.lab.verdict import Level
from plugfest.products import load_product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, except_when, later
from plugfest.rig.selftest.behaviours.omitted_messages import no_request, other_request, without_event
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.rig.virtual import firmware_files
from plugfest.station.blocks.l_firmware_management import updater as block
from plugfest.station.blocks.l_firmware_management import v201
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.blocks.l_firmware_management.updater import NewSessionGate, Updater
from plugfest.station.connection.boot import BootReason
from plugfest.station.context import Context
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.station.files.firmware_image import Manifest

CANCELS = "alpitronic-hyc-200-eu"
CANCELS_NOT = "btc-power-gen4-l3a"
WAITS = "reference-ac-fixed"
WAITS_TO_INSTALL = "reference-dc"
TAKES_OVER = "reference-ac"


def _untold(status: FirmwareStatus) -> Patch:
    return Patch(v201, "_tell", except_when(lambda context, job: job.status is status))


def _any_date(right: Function) -> Function:
    return lambda pem, roots, now: right(pem, roots, now - timedelta(days=7 * 365))


def _any_issuer(right: Function) -> Function:
    def objection(pem: str, roots: Any, now: Any) -> str | None:
        found = right(pem, roots, now)
        return str(found) if found and "expired" in found else None

    return objection


def _out_of_thin_air(right: Function) -> Function:
    """Good firmware, wherever it should have come from."""

    async def fetch(self: Any, url: str, *, max_size: int) -> bytes:
        return firmware_files(load_product(CANCELS)).image

    return fetch


def _once(right: Function) -> Function:
    async def fetch(self: Any, update: Any) -> bytes:
        return bytes(await self._context.files.fetch(update.location, max_size=block.LARGEST_IMAGE))

    return fetch


def _without_looking(right: Function) -> Function:
    return lambda image: Manifest(vendor="Alpitronic", model=load_product(CANCELS).model, version="x", sha256="")


def _cancels(cancels: bool) -> Any:
    def make(right: Function) -> Function:
        return lambda objection, location, ongoing, capabilities: right(
            objection, location, ongoing, capabilities._replace(cancels=cancels)
        )

    return make


def _cancels_in_words_only(right: Function) -> Function:
    async def cancel(self: Any) -> None:
        self._work = None
        self._rest()

    return cancel


def _with_gate(closed: bool) -> Any:
    def make(right: Function) -> Function:
        async def until_nobody_charges(self: Any) -> None:
            while self._transaction_ongoing:
                (self._gate.close if closed else self._gate.open)()
                self._changed.clear()
                await self._changed.wait()

        return until_nobody_charges

    return make


def _boots_as(reason: BootReason) -> Any:
    return lambda right: lambda self, _: right(self, reason)


def _without_new_connection(right: Function) -> Function:
    async def take_over(self: Any, manifest: Any) -> None:
        self._activate(manifest)
        self._move(FirmwareStatus.INSTALLED)

    return take_over


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "the signature of firmware does not matter",
        "L01.FR.04",
        "TC_L_06",
        Patch(block, "is_genuine", always(True)),
    ),
    wrong("no signature of firmware is good", "L01.FR.04", "TC_L_01", Patch(block, "is_genuine", always(False))),
    wrong(
        "any firmware signing certificate is good",
        "L01.FR.21",
        "TC_L_05 TC_L_18",
        Patch(block, "certificate_problem", NOTHING),
    ),
    wrong(
        "a firmware signing certificate may have expired",
        "L01.FR.12",
        "TC_L_05",
        Patch(block, "certificate_problem", _any_date),
    ),
    wrong(
        "a firmware signing certificate may be anybody's",
        "L01.FR.12",
        "TC_L_05",
        Patch(block, "certificate_problem", _any_issuer),
    ),
    wrong(
        "nobody hears of a bad firmware signing certificate",
        "L01.FR.02",
        "TC_L_05",
        without_event("InvalidFirmwareSigningCertificate"),
    ),
    wrong("nobody hears of a bad signature", "L01.FR.03", "TC_L_06", without_event("InvalidFirmwareSignature")),
    wrong("nobody hears of new firmware", "L01.FR.31", "TC_L_01", without_event("FirmwareUpdated")),
    wrong(
        "the status of an update names another request",
        "L01.FR.10",
        "TC_L_01 TC_L_03 TC_L_07",
        Patch(v201, "_notification", other_request),
    ),
    wrong(
        "the status of an update names no request",
        "L01.FR.20",
        "TC_L_01 TC_L_03 TC_L_07",
        Patch(v201, "_notification", no_request),
    ),
    wrong(
        "firmware is not downloaded",
        "L01.FR.01",
        "TC_L_01",
        Patch(FileTransfer, "fetch", _out_of_thin_air),
        product=CANCELS,
    ),
    wrong("new firmware never runs", "L01.FR.28", "TC_L_01", Patch(Updater, "_activate", NOTHING)),
    wrong(
        "firmware is not looked at before it is installed",
        "L01.FR.29",
        "TC_L_08",
        Patch(block, "read_manifest", _without_looking),
        product=CANCELS,
    ),
    wrong(
        "an update does not wait for its time",
        "L01.FR.13, L01.FR.16",
        "TC_L_02 TC_L_03",
        Patch(Updater, "_until", later(None)),
    ),
    wrong("DownloadScheduled is not told", "L01.FR.13", "TC_L_03", _untold(FirmwareStatus.DOWNLOAD_SCHEDULED)),
    wrong("InstallScheduled is not told", "L01.FR.16", "TC_L_02", _untold(FirmwareStatus.INSTALL_SCHEDULED)),
    wrong("Downloading is not told", "L01.FR.01", "TC_L_01 TC_L_02", _untold(FirmwareStatus.DOWNLOADING)),
    wrong("Downloaded is not told", "L01.FR.01", "TC_L_01 TC_L_02", _untold(FirmwareStatus.DOWNLOADED)),
    wrong("SignatureVerified is not told", "L01.FR.01", "TC_L_01 TC_L_02", _untold(FirmwareStatus.SIGNATURE_VERIFIED)),
    wrong("Installed is not told", "L01.FR.28", "TC_L_01 TC_L_02", _untold(FirmwareStatus.INSTALLED)),
    wrong("DownloadFailed is not told", "L01.FR.30", "TC_L_07", _untold(FirmwareStatus.DOWNLOAD_FAILED)),
    wrong(
        "an update is not cancelled", "L01.FR.24", "TC_L_10", Patch(block, "decide", _cancels(False)), product=CANCELS
    ),
    wrong(
        "an update is cancelled in words only",
        "L01.FR.24",
        "TC_L_10",
        Patch(Updater, "_cancel", _cancels_in_words_only),
        product=CANCELS,
    ),
    wrong(
        "an update that cannot be cancelled is",
        "L01.FR.27",
        "TC_L_11",
        Patch(block, "decide", _cancels(True)),
        product=CANCELS_NOT,
    ),
    wrong(
        "it is out of service after an update that failed",
        "Part 6, TC_L_08_CS",
        "TC_L_08",
        Patch(NewSessionGate, "open", NOTHING),
        product=CANCELS,
        level=Level.SHOULD,
    ),
    wrong(
        "a download does not wait until nobody charges",
        "L01.FR.13",
        "TC_L_12 TC_L_13",
        Patch(Updater, "_wait_for_transactions", later(None)),
        product=WAITS,
    ),
    wrong(
        "an installation does not wait until nobody charges",
        "L01.FR.06",
        "TC_L_14 TC_L_15",
        Patch(Updater, "_wait_for_transactions", later(None)),
        product=WAITS_TO_INSTALL,
    ),
    wrong(
        "new sessions are refused while an update waits though they are allowed",
        "L01.FR.07",
        "TC_L_12",
        Patch(Updater, "_wait_for_transactions", _with_gate(closed=True)),
        product=WAITS,
    ),
    wrong(
        "new sessions are allowed while an update waits though they are not",
        "L01.FR.07",
        "TC_L_13",
        Patch(Updater, "_wait_for_transactions", _with_gate(closed=False)),
        product=WAITS,
    ),
    wrong(
        "it boots for another reason than its new firmware",
        "B01.FR.09",
        "TC_L_01",
        Patch(Context, "request_reboot", _boots_as(BootReason.POWER_UP)),
    ),
    wrong(
        "new firmware that works at once does not connect anew",
        "L01.FR.28",
        "TC_L_16",
        Patch(Updater, "_activate_without_reboot", _without_new_connection),
        product=TAKES_OVER,
    ),
)
