"""`plugfest station` at a CSMS that is not ours, in real time: it boots, charges, updates firmware and uploads a log.

The CSMS is made of the PyPI package `ocpp`, which validates every message in both directions against its own schemas.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from ocpp.v16 import call as call_v16
from ocpp.v201 import call as call_v201
from tests.cli.external import csms_v16, csms_v201
from tests.cli.external.csms import Csms, now
from tests.cli.external.file_server import FileServer
from tests.cli.external.station_process import StationProcess, running_station

from plugfest.cli.main import main
from plugfest.products import Product, load_product

TOKEN = "10000001"
VERSION = "2.0.0"
CALL_ERROR = 4


class Firmware:
    """An image made by `plugfest firmware`, with its signature."""

    def __init__(self, product: str, folder: Path) -> None:
        keys, image = folder / "keys", folder / "image.bin"
        plugfest("firmware", "keys", "-o", str(keys))
        key = str(keys / "firmware-signing.key")
        plugfest("firmware", "build", "--product", product, "--version", VERSION, "--sign", key, "-o", str(image))
        self.image = image.read_bytes()
        self.signature = image.with_name("image.bin.sig").read_text()
        self.certificate = (keys / "firmware-signing.pem").read_text()
        self.root = f"ManufacturerRootCertificate={keys / 'manufacturer-root.pem'}"


def plugfest(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code in (None, 0)


class Setup:
    """A station, its CSMS, the server of files and the firmware."""

    def __init__(
        self, product: Product, station: StationProcess, csms: Csms, files: FileServer, firmware: Firmware
    ) -> None:
        self.product = product
        self.station = station
        self.csms = csms
        self.received = csms.received
        self.files = files
        self.firmware = firmware
        files.downloads["image.bin"] = firmware.image

    @property
    def image_url(self) -> str:
        return f"{self.files.url}/image.bin"

    async def plug_in_and_authorize(self) -> None:
        await self.station.act("plug_in", evse_id=1, connector_id=1)
        await self.station.act("present_token", id_token=TOKEN)

    async def check_new_version(self) -> None:
        boot = await self.received.next("BootNotification")
        assert VERSION in (boot.get("firmware_version"), boot.get("charging_station", {}).get("firmware_version"))
        assert (await self.station.state())["firmware"]["version"] == VERSION

    def check_upload(self, name: str) -> None:
        """The only upload is a ZIP archive with this name that has the installed version and the events."""
        ((path, content),) = self.files.uploads.items()
        assert path == f"logs/{name}"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert json.loads(archive.read("station.json"))["firmwareVersion"] == VERSION
            assert len(archive.read("events.csv").splitlines()) > 1


Part = Callable[[Setup], Awaitable[None]]


async def run(
    product: str, subprotocol: str, charge_point: type[Any], options: Sequence[str], folder: Path, *parts: Part
) -> None:
    """Run parts of the life of a station, one after the other. No message is refused by either end."""
    firmware, csms, files = Firmware(product, folder), Csms(charge_point), FileServer()
    async with (
        files.listening(),
        csms.listening(subprotocol) as url,
        running_station(product, url, "--root", firmware.root, *options) as station,
    ):
        setup = Setup(load_product(product), station, csms, files, firmware)
        for part in parts:
            await part(setup)
    assert csms.received.requests
    assert not [text for text in csms.received.frames if json.loads(text)[0] == CALL_ERROR]
    assert not [line for line in station.printed if "error" in line or "invalid" in line]


# OCPP 1.6

OPTIONS_16 = ("--set", "MeterValueSampleInterval=1")


async def boots_and_charges_16(setup: Setup) -> None:
    received = setup.received
    boot = await received.next("BootNotification")
    assert (boot["charge_point_vendor"], boot["charge_point_model"]) == (setup.product.vendor, setup.product.model)
    await received.next("StatusNotification", lambda it: (it["connector_id"], it["status"]) == (1, "Available"))
    await setup.plug_in_and_authorize()
    started = await received.next("StartTransaction")
    assert (started["connector_id"], started["id_tag"]) == (1, TOKEN)
    await received.next("MeterValues", lambda it: energy_16(it) > started["meter_start"] + 1)
    await setup.station.act("present_token", id_token=TOKEN)
    stopped = await received.next("StopTransaction")
    assert (stopped["transaction_id"], stopped["id_tag"]) == (csms_v16.TRANSACTION, TOKEN)
    assert stopped["meter_stop"] > started["meter_start"]
    await setup.station.act("plug_out", evse_id=1, connector_id=1)
    await received.next("StatusNotification", lambda it: it["status"] == "Available")


def energy_16(meter_values: dict[str, Any]) -> float:
    """The largest energy in Wh."""
    samples = [sample for value in meter_values["meter_value"] for sample in value["sampled_value"]]
    register = "Energy.Active.Import.Register"
    return max((float(one["value"]) for one in samples if one.get("measurand", register) == register), default=0.0)


async def updates_16(setup: Setup) -> None:
    await setup.csms.call(call_v16.UpdateFirmware(location=setup.image_url, retrieve_date=now()))
    for status in ("Downloading", "Downloaded", "Installing"):
        assert (await setup.received.next("FirmwareStatusNotification"))["status"] == status
    await setup.check_new_version()
    assert (await setup.received.next("FirmwareStatusNotification"))["status"] == "Installed"


async def updates_with_signature_16(setup: Setup) -> None:
    await update_with_signature(setup, call_v16.SignedUpdateFirmware, "SignedFirmwareStatusNotification")


async def update_with_signature(setup: Setup, request: Callable[..., object], name: str) -> None:
    """The request of a version, and the name of the message with the status."""
    firmware = {
        "location": setup.image_url,
        "retrieveDateTime": now(),
        "signingCertificate": setup.firmware.certificate,
        "signature": setup.firmware.signature,
    }
    answer = await setup.csms.call(request(request_id=1, firmware=firmware))
    assert answer.status == "Accepted"
    for status in ("Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting"):
        assert (await setup.received.next(name))["status"] == status
    await setup.check_new_version()
    assert (await setup.received.next(name))["status"] == "Installed"


async def uploads_diagnostics_16(setup: Setup) -> None:
    answer = await setup.csms.call(call_v16.GetDiagnostics(location=f"{setup.files.url}/logs/"))
    for status in ("Uploading", "Uploaded"):
        assert (await setup.received.next("DiagnosticsStatusNotification"))["status"] == status
    setup.check_upload(answer.file_name)


async def uploads_a_log_16(setup: Setup) -> None:
    log = {"remoteLocation": f"{setup.files.url}/logs/"}
    answer = await setup.csms.call(call_v16.GetLog(log=log, log_type="DiagnosticsLog", request_id=2))
    assert answer.status == "Accepted"
    for status in ("Uploading", "Uploaded"):
        assert (await setup.received.next("LogStatusNotification"))["status"] == status
    setup.check_upload(answer.filename)


@pytest.mark.parametrize(
    "parts",
    [
        (boots_and_charges_16, updates_16, uploads_diagnostics_16),
        (boots_and_charges_16, updates_with_signature_16, uploads_a_log_16),
    ],
    ids=["without security extensions", "with security extensions"],
)
def test_a_station_of_ocpp_1_6_boots_charges_updates_its_firmware_and_uploads_a_log(
    parts: tuple[Part, ...], tmp_path: Path
) -> None:
    asyncio.run(run("reference-16-ac", "ocpp1.6", csms_v16.Station, OPTIONS_16, tmp_path, *parts))


# OCPP 2.0.1

OPTIONS_201 = ("--set", "SampledDataCtrlr.TxUpdatedInterval=1")


async def boots_and_charges_201(setup: Setup) -> None:
    received = setup.received
    boot = await received.next("BootNotification")
    assert boot["reason"] == "PowerUp"
    assert boot["charging_station"]["model"] == setup.product.model
    await received.next("StatusNotification", lambda it: (it["evse_id"], it["connector_status"]) == (1, "Available"))
    await setup.plug_in_and_authorize()
    started = await received.next("TransactionEvent")
    assert started["event_type"] == "Started"
    charging = await received.next("TransactionEvent", lambda it: charging_state(it) == "Charging")
    assert charging["transaction_info"]["transaction_id"] == started["transaction_info"]["transaction_id"]
    await received.next("TransactionEvent", lambda it: energy_201(it) > 0)
    await setup.station.act("present_token", id_token=TOKEN)
    ended = await received.next("TransactionEvent", lambda it: it["event_type"] == "Ended")
    events = received.all("TransactionEvent")
    assert [one["seq_no"] for one in events] == list(range(len(events)))
    assert any(one.get("id_token", {}).get("id_token") == TOKEN for one in events)
    assert ended["transaction_info"].get("stopped_reason", "Local") == "Local"
    await setup.station.act("plug_out", evse_id=1, connector_id=1)
    await received.next("StatusNotification", lambda it: it["connector_status"] == "Available")


def charging_state(event: dict[str, Any]) -> str | None:
    found: str | None = event["transaction_info"].get("charging_state")
    return found


def energy_201(event: dict[str, Any]) -> float:
    """The largest energy in Wh."""
    samples = [sample for value in event.get("meter_value", ()) for sample in value["sampled_value"]]
    register = "Energy.Active.Import.Register"
    return max((float(one["value"]) for one in samples if one.get("measurand", register) == register), default=0.0)


async def updates_201(setup: Setup) -> None:
    await update_with_signature(setup, call_v201.UpdateFirmware, "FirmwareStatusNotification")


async def uploads_a_log_201(setup: Setup) -> None:
    log = {"remoteLocation": f"{setup.files.url}/logs/"}
    answer = await setup.csms.call(call_v201.GetLog(log=log, log_type="DiagnosticsLog", request_id=2))
    assert answer.status == "Accepted"
    for status in ("Uploading", "Uploaded"):
        assert (await setup.received.next("LogStatusNotification"))["status"] == status
    setup.check_upload(answer.filename)


def test_a_station_of_ocpp_2_0_1_boots_charges_updates_its_firmware_and_uploads_a_log(tmp_path: Path) -> None:
    parts = (boots_and_charges_201, updates_201, uploads_a_log_201)
    asyncio.run(run("chargepoint-ct4000", "ocpp2.0.1", csms_v201.Station, OPTIONS_201, tmp_path, *parts))
