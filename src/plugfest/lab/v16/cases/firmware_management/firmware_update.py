"""UpdateFirmware, without a signature."""

from plugfest.lab.case import case
from plugfest.lab.expectations import one_of
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.transfers import (
    available_again,
    downloaded,
    firmware_status_reported,
    installation_ends,
    prepare_update,
    request_update,
)
from plugfest.ocpp.v16 import messages as m

REQUIREMENTS = ("section 4.5", "section 5.19")


@case("TC_044_1_CS", requirements=REQUIREMENTS)
async def download_and_install(bench: Bench) -> None:
    """The station may reboot between Installing and Installed, after Installed, or not at all."""
    update = await prepare_update(bench)
    await request_update(bench.step(1), update)
    await downloaded(bench.step(3), update)
    await firmware_status_reported(bench.step(7), "Installing", within=bench.settings.installation_timeout)
    await installation_ends(bench.step(9), "Installed", version=bench.manufacturer.files.version)


@case("TC_044_2_CS", requirements=REQUIREMENTS)
async def download_failed(bench: Bench) -> None:
    """The old firmware keeps running: no installation, and no boot."""
    update = await prepare_update(bench, name="does_not_exist_firmware.bin")
    del bench.files.documents.files[update.path]
    await request_update(bench.step(1), update)
    bench.step(3)
    either = one_of("Downloading", "DownloadFailed")
    first_status = await firmware_status_reported(bench, either, within=bench.settings.transfer_timeout)
    if first_status.message.status == "Downloading":  # optional
        await firmware_status_reported(bench.step(5), "DownloadFailed", within=bench.settings.transfer_timeout)
    tolerance = bench.settings.time_tolerance
    await bench.silence(m.FirmwareStatusNotificationRequest, seconds=tolerance)
    await bench.silence(m.BootNotificationRequest, seconds=0)
    await available_again(bench.step(7))


@case("TC_044_3_CS", requirements=REQUIREMENTS)
async def installation_failed(bench: Bench) -> None:
    """Installing is optional if the station finds the fault before it installs. A reboot is with the old firmware."""
    update = await prepare_update(bench, bench.manufacturer.files.unusable)
    await request_update(bench.step(1), update)
    await downloaded(bench.step(3), update)
    await installation_ends(bench.step(7), "InstallationFailed", version=update.old_version, may_install=True)
