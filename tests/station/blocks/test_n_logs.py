"""Logs on their way to the CSMS (N01)."""

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
from tests.station.bench import PASSWORD, bench
from tests.station.csms import Csms
from tests.station.file_server import file_server
from tests.station.scene import Scene

from plugfest.clock import run_simulated, utc_now
from plugfest.link.errors import CallErrorReceived
from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.n_diagnostics.rules import UploadStatus, status_of
from plugfest.transfer.errors import TransferFault
from plugfest.transfer.server import FileBehaviour, FileServer, Outcome

DIAGNOSTICS, SECURITY = t.LogEnumType.DiagnosticsLog, t.LogEnumType.SecurityLog


class Archive(Scene):
    """A station, and a folder on a file server for its logs."""

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

    def told(self, request_id: int = 1) -> list[str]:
        every = self.csms.all(m.LogStatusNotificationRequest)
        return [each.status.value for each in every if each.request_id == request_id]

    async def until(self, status: str, request_id: int = 1) -> None:
        await self.csms.until(lambda: self.told(request_id)[-1:] == [status])

    def received(self, answer: m.GetLogResponse) -> bytes:
        return self.server.documents.files[f"/logs/{given(answer.filename)}"]

    async def triggered(self) -> m.LogStatusNotificationRequest:
        before = len(self.csms.all(m.LogStatusNotificationRequest))
        kind = t.MessageTriggerEnumType.LogStatusNotification
        await self.csms.call(m.TriggerMessageRequest(requested_message=kind))
        return await self.csms.expect(m.LogStatusNotificationRequest, before + 1)


@contextlib.asynccontextmanager
async def archive(claiming: dict[str, bool]) -> AsyncIterator[Archive]:
    async with bench(claiming=claiming) as (station, csms), file_server() as server:
        await csms.expect(m.SecurityEventNotificationRequest)
        yield Archive(station, csms, server)


def play(body: Callable[[Archive], Awaitable[None]], **claiming: bool) -> None:
    async def run() -> None:
        async with archive({name.replace("_", "-", 1).replace("_", "."): yes for name, yes in claiming.items()}) as it:
            await body(it)

    run_simulated(run())


def test_the_diagnostics_say_how_everything_is_and_what_happened() -> None:
    async def body(it: Archive) -> None:
        it.operator.plug_in(1, 1)
        it.operator.present_token("SECRET-TOKEN", "ISO14443", 1)
        await asyncio.sleep(30)
        answer = await it.get_log()
        assert answer.status is t.LogStatusEnumType.Accepted  # N01.FR.01
        await it.until("Uploaded")
        assert it.told() == ["Uploading", "Uploaded"]  # N01.FR.08, N01.FR.09
        with zipfile.ZipFile(io.BytesIO(it.received(answer))) as files:
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
        assert "SECRET-TOKEN" not in everything

    play(body)


def test_the_security_log_is_sent_as_a_table() -> None:
    async def body(it: Archive) -> None:
        answer = await it.get_log(SECURITY)
        await it.until("Uploaded")
        rows = list(csv.reader(it.received(answer).decode().splitlines()))
        assert [row[1] for row in rows] == ["type", "StartupOfTheDevice"]  # N01.FR.03

    play(body)


def test_only_the_time_that_is_asked_for_is_sent() -> None:
    async def body(it: Archive) -> None:
        start = utc_now()
        await asyncio.sleep(3600)
        it.station.network_off()
        await asyncio.sleep(60)
        it.station.network_on()
        half = start + timedelta(minutes=30)
        answer = await it.get_log(oldest_timestamp=half)
        await it.until("Uploaded")
        with zipfile.ZipFile(io.BytesIO(it.received(answer))) as files:
            events = [row[1] for row in csv.reader(files.read("events.csv").decode().splitlines())]
        assert events == ["type", "Disconnected", "ConnectionFailed", "Reconnected"]
        assert (
            await it.get_log(SECURITY, 2, oldest_timestamp=half)
        ).status is t.LogStatusEnumType.Rejected  # N01.FR.05
        assert (await it.get_log(SECURITY, 3, latest_timestamp=half)).status is t.LogStatusEnumType.Accepted

    play(body)


def test_an_upload_is_tried_as_often_as_the_csms_wants() -> None:
    async def body(it: Archive) -> None:
        it.server.documents.folders.discard("/logs")
        await it.get_log(retries=3, retry_interval=20)
        await it.until("UploadFailure")
        assert it.told() == ["Uploading", "UploadFailure"]  # N01.FR.10
        first, *_, last = (at for at, each in it.csms.received if isinstance(each, m.LogStatusNotificationRequest))
        assert last - first == pytest.approx(60, abs=2)
        assert len(it.server.documents.accesses) == 4

    play(body)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (TransferFault.DENIED, UploadStatus.PERMISSION_DENIED),
        (TransferFault.BAD_MESSAGE, UploadStatus.BAD_MESSAGE),
        (TransferFault.NOT_SUPPORTED, UploadStatus.NOT_SUPPORTED_OPERATION),
        (TransferFault.NOT_FOUND, UploadStatus.UPLOAD_FAILURE),
    ],
)
def test_a_failure_has_the_name_that_ocpp_gives_it(fault: TransferFault, status: UploadStatus) -> None:
    assert status_of(fault) is status


def test_a_server_that_refuses_is_told_as_such() -> None:
    async def body(it: Archive) -> None:
        it.server.documents.set_behaviour("/logs", FileBehaviour(deny=True))
        await it.get_log(retries=0)
        await it.until("PermissionDenied")

    play(body)


def test_an_address_that_nothing_can_go_to_is_refused() -> None:
    async def body(it: Archive) -> None:
        answer = await it.get_log(location="mailto:somebody")
        assert answer.status is t.LogStatusEnumType.Rejected
        assert answer.filename is UNSET
        info = given(answer.status_info)
        assert info is not None
        assert info.reason_code == "InvalidURL"

    play(body)


def test_another_log_cancels_the_first() -> None:
    async def body(it: Archive) -> None:
        it.server.documents.set_behaviour("/logs", FileBehaviour(hang_after=0))
        await it.get_log(request_id=1)
        await it.server.documents.wait_until(lambda: bool(it.server.documents.accesses))
        it.server.documents.set_behaviour("/logs", FileBehaviour())
        answer = await it.get_log(SECURITY, 2)
        assert answer.status is t.LogStatusEnumType.AcceptedCanceled  # N01.FR.12
        await it.until("Uploaded", 2)
        assert it.told(1) == ["Uploading", "AcceptedCanceled"]  # N01.FR.20
        assert it.told(2) == ["Uploading", "Uploaded"]
        assert it.server.documents.accesses[0].outcome is Outcome.ABORTED_BY_CLIENT
        assert it.received(answer)

    play(body, C_57=True)


def test_a_station_that_cannot_cancel_goes_on_with_the_first() -> None:
    async def body(it: Archive) -> None:
        it.server.documents.set_behaviour("/logs", FileBehaviour(bytes_per_second=500))
        await it.get_log(request_id=1)
        await it.until("Uploading", 1)
        assert (await it.get_log(request_id=2)).status is t.LogStatusEnumType.Rejected
        await it.until("Uploaded", 1)
        assert not it.told(2)

    play(body, C_57=False)


def test_a_trigger_says_whether_a_log_is_on_its_way() -> None:
    async def body(it: Archive) -> None:
        idle = await it.triggered()
        assert (idle.status, idle.request_id) == ("Idle", UNSET)  # N01.FR.13
        it.server.documents.set_behaviour("/logs", FileBehaviour(bytes_per_second=500))
        await it.get_log(request_id=7)
        await it.until("Uploading", 7)
        going = await it.triggered()
        assert (going.status, going.request_id) == ("Uploading", 7)  # F06.FR.14
        await it.until("Uploaded", 7)
        assert (await it.triggered()).status == "Idle"  # F06.FR.15

    play(body, C_29_3=True)


def test_monitors_are_for_products_that_claim_them() -> None:
    async def body(it: Archive) -> None:
        base = m.SetMonitoringBaseRequest(monitoring_base=t.MonitoringBaseEnumType.All)
        with pytest.raises(CallErrorReceived) as caught:
            await it.csms.call(base)
        assert caught.value.code == "NotSupported"

    play(body)
