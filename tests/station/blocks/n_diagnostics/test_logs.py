"""Log uploads (N01)."""

import asyncio
import contextlib
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.station.csms import Csms
from tests.station.file_server import file_server
from tests.station.powered_station import PASSWORD, powered_station
from tests.station.station_bench import StationBench

from plugfest.clock import run_simulated, utc_now
from plugfest.hardware.ports import StoredData
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.n_diagnostics.rules import UploadStatus, status_of
from plugfest.transfer.errors import TransferFault
from plugfest.transfer.server import FileBehaviour, FileServer, Outcome

DIAGNOSTICS, SECURITY = t.LogEnumType.DiagnosticsLog, t.LogEnumType.SecurityLog


class LogBench(StationBench):
    """A station, and a file server with a folder for its logs."""

    def __init__(self, station: Any, csms: Csms, server: FileServer) -> None:
        super().__init__(station, csms)
        self.server = server
        server.documents.make_folder("/logs")

    async def get_log(
        self, kind: t.LogEnumType = DIAGNOSTICS, request_id: int = 1, *, location: str = "", **other: Any
    ) -> m.GetLogResponse:
        parameters = {name: other.pop(name) for name in ("oldest_timestamp", "latest_timestamp") if name in other}
        log = t.LogParametersType(remote_location=location or self.server.url("/logs/"), **parameters)
        return await self.csms.call(m.GetLogRequest(log=log, log_type=kind, request_id=request_id, **other))

    def reported_statuses(self, request_id: int = 1) -> list[str]:
        every = self.csms.all(m.LogStatusNotificationRequest)
        return [each.status.value for each in every if each.request_id == request_id]

    async def until(self, status: str, request_id: int = 1) -> None:
        await self.csms.until(lambda: self.reported_statuses(request_id)[-1:] == [status])

    def received(self, answer: m.GetLogResponse) -> bytes:
        return self.server.documents.files[f"/logs/{given(answer.filename)}"]

    async def triggered(self) -> m.LogStatusNotificationRequest:
        before = len(self.csms.all(m.LogStatusNotificationRequest))
        kind = t.MessageTriggerEnumType.LogStatusNotification
        await self.csms.call(m.TriggerMessageRequest(requested_message=kind))
        return await self.csms.expect(m.LogStatusNotificationRequest, before + 1)


@contextlib.asynccontextmanager
async def log_bench(claiming: dict[str, bool]) -> AsyncIterator[LogBench]:
    async with powered_station(claiming=claiming) as (station, csms), file_server() as server:
        await csms.expect(m.SecurityEventNotificationRequest)
        yield LogBench(station, csms, server)


def run_on_bench(body: Callable[[LogBench], Awaitable[None]], **claiming: bool) -> None:
    async def run() -> None:
        async with log_bench(
            {name.replace("_", "-", 1).replace("_", "."): yes for name, yes in claiming.items()}
        ) as bench:
            await body(bench)

    run_simulated(run())


def test_the_diagnostics_contain_the_state_and_the_events_of_the_station() -> None:
    async def body(bench: LogBench) -> None:
        bench.hardware.plug_in(1, 1)
        bench.hardware.present_token("5EC2E7C0DE", "ISO14443", 1)
        await asyncio.sleep(30)
        answer = await bench.get_log()
        assert answer.status is t.LogStatusEnumType.Accepted  # N01.FR.01
        await bench.until("Uploaded")
        assert bench.reported_statuses() == ["Uploading", "Uploaded"]  # N01.FR.08, N01.FR.09
        with zipfile.ZipFile(io.BytesIO(bench.received(answer))) as files:
            station = json.loads(files.read("station.json"))
            variables = dict(csv.reader(files.read("variables.csv").decode().splitlines()))
            events = list(csv.reader(files.read("events.csv").decode().splitlines()))
            everything = b"".join(files.read(name) for name in files.namelist()).decode()
        assert station["serialNumber"] == "CS001"
        assert station["connectors"]["1/1"] == "Occupied"
        assert station["meters"]["1"]["energy_import"] > 0
        assert len(station["transactions"]) == 1
        assert variables["OCPPCommCtrlr.OfflineThreshold"] == "60"
        assert {"Started", "Registered", "TransactionStarted", "ConnectorStatus"} < {event[1] for event in events}
        assert PASSWORD not in everything
        assert "5EC2E7C0DE" not in everything

    run_on_bench(body)


def test_the_security_log_is_sent_as_a_table() -> None:
    async def body(bench: LogBench) -> None:
        answer = await bench.get_log(SECURITY)
        await bench.until("Uploaded")
        rows = list(csv.reader(bench.received(answer).decode().splitlines()))
        assert [row[1] for row in rows] == ["type", "StartupOfTheDevice"]  # N01.FR.03

    run_on_bench(body)


@pytest.mark.parametrize("kind", [DIAGNOSTICS, SECURITY])
def test_logs_that_a_fault_makes_unavailable_are_not_sent_until_it_is_cleared(kind: t.LogEnumType) -> None:
    async def body(bench: LogBench) -> None:
        bench.hardware.set_available(StoredData.LOGS, available=False)
        answer = await bench.get_log(kind)
        assert (answer.status, answer.filename) == (t.LogStatusEnumType.Rejected, UNSET)  # N01.FR.05
        await asyncio.sleep(30)
        assert bench.reported_statuses() == []
        bench.hardware.set_available(StoredData.LOGS, available=True)
        assert (await bench.get_log(kind, 2)).status is t.LogStatusEnumType.Accepted
        await bench.until("Uploaded", 2)

    run_on_bench(body)


def test_a_fault_of_the_storage_does_not_end_an_upload() -> None:
    async def body(bench: LogBench) -> None:
        await bench.get_log()
        bench.hardware.set_available(StoredData.LOGS, available=False)
        assert (await bench.get_log(request_id=2)).status is t.LogStatusEnumType.Rejected
        await bench.until("Uploaded")

    run_on_bench(body, C_57=True)


def test_only_the_requested_period_is_sent() -> None:
    async def body(bench: LogBench) -> None:
        start = utc_now()
        await asyncio.sleep(3600)
        bench.station.network_off()
        await asyncio.sleep(60)
        bench.station.network_on()
        half = start + timedelta(minutes=30)
        answer = await bench.get_log(oldest_timestamp=half)
        await bench.until("Uploaded")
        with zipfile.ZipFile(io.BytesIO(bench.received(answer))) as files:
            events = [row[1] for row in csv.reader(files.read("events.csv").decode().splitlines())]
        assert events == ["type", "Disconnected", "ConnectionFailed", "Reconnected"]
        assert (await bench.get_log(SECURITY, 2, latest_timestamp=half)).status is t.LogStatusEnumType.Accepted

    run_on_bench(body)


def test_a_security_log_without_entries_is_an_empty_table() -> None:
    async def body(bench: LogBench) -> None:
        await asyncio.sleep(3600)
        answer = await bench.get_log(SECURITY, 2, oldest_timestamp=utc_now())
        assert answer.status is t.LogStatusEnumType.Accepted
        await bench.until("Uploaded", 2)
        assert list(csv.reader(bench.received(answer).decode().splitlines())) == [
            ["time", "type", "technical information"]
        ]

    run_on_bench(body)


def test_a_failed_upload_is_repeated_as_often_as_requested() -> None:
    async def body(bench: LogBench) -> None:
        bench.server.documents.folders.discard("/logs")
        await bench.get_log(retries=3, retry_interval=20)
        await bench.until("UploadFailure")
        assert bench.reported_statuses() == ["Uploading", "UploadFailure"]  # N01.FR.10
        first, *_, last = (at for at, each in bench.csms.received if isinstance(each, m.LogStatusNotificationRequest))
        assert last - first == pytest.approx(60, abs=2)
        assert len(bench.server.documents.accesses) == 4

    run_on_bench(body)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (TransferFault.DENIED, UploadStatus.PERMISSION_DENIED),
        (TransferFault.BAD_MESSAGE, UploadStatus.BAD_MESSAGE),
        (TransferFault.NOT_SUPPORTED, UploadStatus.NOT_SUPPORTED_OPERATION),
        (TransferFault.NOT_FOUND, UploadStatus.UPLOAD_FAILURE),
    ],
)
def test_each_failure_has_its_upload_status(fault: TransferFault, status: UploadStatus) -> None:
    assert status_of(fault) is status


def test_a_refusal_of_the_server_is_permission_denied() -> None:
    async def body(bench: LogBench) -> None:
        bench.server.documents.set_behaviour("/logs", FileBehaviour(deny=True))
        await bench.get_log(retries=0)
        await bench.until("PermissionDenied")

    run_on_bench(body)


def test_an_unsupported_location_is_rejected() -> None:
    async def body(bench: LogBench) -> None:
        answer = await bench.get_log(location="mailto:somebody")
        assert answer.status is t.LogStatusEnumType.Rejected
        assert answer.filename is UNSET
        info = given(answer.status_info)
        assert info is not None
        assert info.reason_code == "InvalidURL"

    run_on_bench(body)


def test_another_log_cancels_the_first() -> None:
    async def body(bench: LogBench) -> None:
        bench.server.documents.set_behaviour("/logs", FileBehaviour(hang_after=0))
        await bench.get_log(request_id=1)
        await bench.server.documents.wait_until(lambda: bool(bench.server.documents.accesses))
        bench.server.documents.set_behaviour("/logs", FileBehaviour())
        answer = await bench.get_log(SECURITY, 2)
        assert answer.status is t.LogStatusEnumType.AcceptedCanceled  # N01.FR.12
        await bench.until("Uploaded", 2)
        assert bench.reported_statuses(1) == ["Uploading", "AcceptedCanceled"]  # N01.FR.20
        assert bench.reported_statuses(2) == ["Uploading", "Uploaded"]
        assert bench.server.documents.accesses[0].outcome is Outcome.ABORTED_BY_CLIENT
        assert bench.received(answer)

    run_on_bench(body, C_57=True)


def test_a_station_that_cannot_cancel_continues_with_the_first() -> None:
    async def body(bench: LogBench) -> None:
        bench.server.documents.set_behaviour("/logs", FileBehaviour(bytes_per_second=500))
        await bench.get_log(request_id=1)
        await bench.until("Uploading", 1)
        assert (await bench.get_log(request_id=2)).status is t.LogStatusEnumType.Rejected
        await bench.until("Uploaded", 1)
        assert not bench.reported_statuses(2)

    run_on_bench(body, C_57=False)


def test_a_trigger_reports_whether_an_upload_is_in_progress() -> None:
    async def body(bench: LogBench) -> None:
        idle = await bench.triggered()
        assert (idle.status, idle.request_id) == ("Idle", UNSET)  # N01.FR.13
        bench.server.documents.set_behaviour("/logs", FileBehaviour(bytes_per_second=500))
        await bench.get_log(request_id=7)
        await bench.until("Uploading", 7)
        going = await bench.triggered()
        assert (going.status, going.request_id) == ("Uploading", 7)  # F06.FR.14
        await bench.until("Uploaded", 7)
        assert (await bench.triggered()).status == "Idle"  # F06.FR.15

    run_on_bench(body, C_29_3=True)


def test_monitors_are_for_products_that_claim_them() -> None:
    async def body(bench: LogBench) -> None:
        base = m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType.All)
        with pytest.raises(CallErrorReceived) as caught:
            await bench.csms.call(base)
        assert caught.value.code == "NotSupported"

    run_on_bench(body)
