"""L01 Secure Firmware Update: invalid certificates, signatures and images, and missing files."""

from plugfest.lab.case import case
from plugfest.lab.expectations import none_of, one_of
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.certificate_installed import manufacturer_root_installed
from plugfest.lab.v201.states.firmware_update import (
    Steps,
    Update,
    downloaded,
    downloaded_and_verified,
    downloading,
    installation_failed,
    prepare_update,
    request_update,
    status_reported,
)
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.security.pki import CertificateFault

INVALID_CERTIFICATES = (CertificateFault.EXPIRED, CertificateFault.UNKNOWN_ISSUER)
"""The faults of the signing certificate: Part 6 has one with a trusted issuer, use case L01 one without."""


MAX_ATTEMPTS = 10
"""Downloading reports after which a station is taken to repeat without end: the request does not limit them."""


@case(
    "TC_L_05_CS",
    requirements=("L01.FR.01", "L01.FR.02", "L01.FR.10", "L01.FR.20", "L01.FR.21", "L01.FR.22"),
    before=manufacturer_root_installed,
)
async def invalid_certificate(bench: Bench) -> None:
    for fault in INVALID_CERTIFICATES:
        update = await prepare_update(bench, certificate=bench.manufacturer.bad_signing_certificate(fault))
        await request_update(bench.step(2, "L01.FR.22"), update, one_of("InvalidCertificate", "RevokedCertificate"))
        bench.step(3, "L01.FR.02")
        await bench.expect(m.SecurityEventNotificationRequest, type="InvalidFirmwareSigningCertificate")
        await _no_update(bench, update)


@case("TC_L_18_CS", before=manufacturer_root_installed)
async def missing_certificate_and_signature(bench: Bench) -> None:
    update = await prepare_update(bench, certificate=UNSET)
    await request_update(bench.step(2), update, one_of("Rejected", "InvalidCertificate"))
    await _no_update(bench, update)


async def _no_update(bench: Bench, update: Update) -> None:
    """The station sends no status of an update that it has refused, and downloads nothing."""
    await bench.silence(m.FirmwareStatusNotificationRequest, seconds=bench.settings.time_tolerance)
    bench.check(not bench.files.accesses(update.path, upload=False), "no download", f"a download of {update.path}")


@case(
    "TC_L_06_CS",
    requirements=("L01.FR.01", "L01.FR.03", "L01.FR.04", "L01.FR.10", "L01.FR.20"),
    before=manufacturer_root_installed,
)
async def invalid_signature(bench: Bench) -> None:
    """A valid signature by the right key, but of another file; with each protocol of the station (ORS-24)."""
    image = bench.manufacturer.files.image
    for protocol in bench.files.protocols:
        update = await prepare_update(bench, protocol=protocol, signed=image[:-1])
        await request_update(bench.step(2), update)
        await downloading(bench, update, step=3)
        await downloaded(bench, update, step=5)
        verified = bench.settings.transfer_timeout
        await status_reported(bench.step(7, "L01.FR.04"), update, "InvalidSignature", within=verified)
        bench.step(9, "L01.FR.03")
        await bench.expect(m.SecurityEventNotificationRequest, type="InvalidFirmwareSignature")
    bench.step(7, "L01.FR.12")  # the last image is not installed; nor are the others, or their statuses are unexpected
    # The station may have paused the download (L01.FR.14).
    await bench.silence(
        m.FirmwareStatusNotificationRequest, seconds=bench.settings.time_tolerance, status=none_of("DownloadPaused")
    )
    await bench.silence(m.BootNotificationRequest, seconds=0)


@case("TC_L_07_CS", requirements=("L01.FR.01", "L01.FR.10", "L01.FR.20"), before=manufacturer_root_installed)
async def download_failed(bench: Bench) -> None:
    update = await prepare_update(bench)
    del bench.files.documents.files[update.path]
    await request_update(bench.step(2), update)
    attempts, failed = 0, False
    while not failed:
        bench.step(5, "L01.FR.30")
        bench.check(attempts <= MAX_ATTEMPTS, f"DownloadFailed after at most {MAX_ATTEMPTS} attempts", attempts)
        received = await status_reported(
            bench, update, one_of("Downloading", "DownloadFailed"), within=bench.settings.transfer_timeout
        )
        attempts, failed = attempts + 1, received.message.status == "DownloadFailed"


@case(
    "TC_L_08_CS", requirements=("L01.FR.01", "L01.FR.10", "L01.FR.12", "L01.FR.20"), before=manufacturer_root_installed
)
async def installation_fails(bench: Bench) -> None:
    update = await prepare_update(bench, protocol_index=1, image=bench.manufacturer.files.unusable)
    await request_update(bench.step(2), update)
    await downloaded_and_verified(bench, update, step=3)
    await installation_failed(bench, update, Steps(installing=12, reconnected=14, available=14, installed=16, event=16))
