"""L01 Secure Firmware Update."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.memory.certificate_installed import manufacturer_root_installed
from plugfest.lab.v16.states.signed_firmware import (
    downloaded,
    firmware_installed,
    prepare_update,
    request_update,
    status_reported,
)
from plugfest.lab.v16.states.transfers import available_again
from plugfest.ocpp.v16 import messages as m

REQUIREMENTS = ("L01.FR.01", "L01.FR.04", "L01.FR.10", "L01.FR.12", "L01.FR.23")


@case(
    "TC_080_CS",
    requirements=(*REQUIREMENTS, "L01.FR.05", "L01.FR.15", "L01.FR.21"),
    before=manufacturer_root_installed,
)
async def installation_successful(bench: Bench) -> None:
    """Derived from L01 from Installing on. FirmwareUpdated is a critical event (section 8), so it is sent (A04)."""
    update = await prepare_update(bench, protocol_index=1)
    await request_update(bench.step(1, "L01.FR.23"), update)
    await downloaded(bench, update, step=3)
    await status_reported(bench.step(7, "L01.FR.04"), update, "SignatureVerified")
    await firmware_installed(bench, update, step=9)
    bench.step(17, "A04.FR.01")
    await bench.expect(m.SecurityEventNotificationRequest, type="FirmwareUpdated")


@case("TC_081_CS", requirements=(*REQUIREMENTS, "L01.FR.03", "L01.FR.09"), before=manufacturer_root_installed)
async def invalid_signature(bench: Bench) -> None:
    """A valid signature by the right key, but of another file. No installation, and no boot."""
    update = await prepare_update(bench, protocol_index=2, signed=bench.manufacturer.files.image[:-1])
    await request_update(bench.step(1, "L01.FR.23"), update)
    await downloaded(bench, update, step=3)
    await status_reported(bench.step(7, "L01.FR.04"), update, "InvalidSignature")
    bench.step(7, "L01.FR.03")
    await bench.expect(m.SecurityEventNotificationRequest, type="InvalidFirmwareSignature")
    bench.step(9, "L01.FR.09")
    await bench.silence(m.SignedFirmwareStatusNotificationRequest, seconds=bench.settings.time_tolerance)
    await bench.silence(m.BootNotificationRequest, seconds=0)
    await available_again(bench)
