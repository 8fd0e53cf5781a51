"""The examples of uploads, ids of requests, repeated messages, texts and their languages, and limits of the lab."""

import asyncio
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from tests.specification.examples import (
    EXAMPLES,
    Language,
    ProfileLimit,
    Repetition,
    RequestId,
    Tariff,
    UploadedFile,
    name,
)
from tests.station.csms import refuse
from tests.station.firmware import FirmwareBench
from tests.station.firmware import run_on_bench as run_with_firmware
from tests.station.powered_station import powered_station
from tests.station.station_bench import StationBench, run_on_bench
from tests.station.v16.station_bench import station_bench
from tests.transfer.file_servers import IMAGE, running_server, upload

from plugfest.clock import run_simulated
from plugfest.lab.v201.data_types import FIELDS
from plugfest.lab.v201.memory.charging_profile import charging_profile
from plugfest.ocpp.v16 import messages as m16
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.transfer.server.multipart import file_in_form


@pytest.mark.parametrize("example", EXAMPLES.uploads, ids=name)
def test_a_file_in_a_form_has_the_name_of_its_header(example: UploadedFile) -> None:
    head = f"Content-Type: {example.content_type}\r\nContent-Disposition: {example.disposition}\r\n\r\n"
    body = f"--X\r\n{head}".encode() + IMAGE + b"\r\n--X--\r\n"
    assert file_in_form("multipart/form-data; boundary=X", body) == (example.name, IMAGE)


@pytest.mark.parametrize("example", EXAMPLES.uploads, ids=name)
def test_a_file_may_be_the_body_of_a_post_with_these_headers(example: UploadedFile) -> None:
    async def scenario() -> bytes:
        async with running_server("HTTP") as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            lines = [
                "POST /logs HTTP/1.1",
                f"Host: {server.host}",
                f"Content-Length: {len(IMAGE)}",
                f"Content-Type: {example.content_type}",
                f"Content-Disposition: {example.disposition}",
            ]
            writer.write("\r\n".join([*lines, "", ""]).encode() + IMAGE)
            assert (await reader.read()).startswith(b"HTTP/1.1 201 ")
            writer.close()
            return server.documents.files[f"/logs/{example.name}"]

    assert run_simulated(scenario()) == IMAGE


@pytest.mark.parametrize("example", EXAMPLES.uploads, ids=name)
def test_a_station_sends_this_content_disposition(example: UploadedFile) -> None:
    bodies: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.decode().lower().splitlines() if line.startswith("content-length:"))
        bodies.append(await reader.readexactly(int(length.partition(":")[2])))
        status = "405 Method Not Allowed" if head.startswith(b"PUT ") else "201 Created"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def scenario() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await upload(f"http://127.0.0.1:{port}/logs", IMAGE, example.name)

    run_simulated(scenario())
    assert f"Content-Disposition: {example.disposition}\r\n".encode() in bodies[-1]


@pytest.mark.parametrize("example", EXAMPLES.request_ids, ids=name)
def test_the_id_of_a_request_is_in_its_notifications(example: RequestId) -> None:
    async def body(bench: FirmwareBench) -> None:
        if example.action == "UpdateFirmware":
            assert await bench.update(example.request_id) == "Accepted"
            await bench.until("Installed", example.request_id)
            return
        log = t.LogParametersType(remote_location=bench.server.url("/log.zip"))
        request = m.GetLogRequest(log_type=t.LogEnumType.DiagnosticsLog, request_id=example.request_id, log=log)
        assert (await bench.csms.call(request)).status.value == "Accepted"
        await bench.csms.expect(m.LogStatusNotificationRequest, 2)
        notifications = bench.csms.all(m.LogStatusNotificationRequest)
        assert [(each.status.value, each.request_id) for each in notifications] == [
            ("Uploading", example.request_id),
            ("Uploaded", example.request_id),
        ]

    run_with_firmware(body)


@pytest.mark.parametrize("example", EXAMPLES.repetitions, ids=name)
def test_a_message_that_fails_is_repeated_after_growing_times_and_then_dropped(example: Repetition) -> None:
    async def scenario_16() -> tuple[list[float], int]:
        async with station_bench("reference-16-ac") as bench:
            await bench.change("TransactionMessageAttempts", str(example.attempts))
            await bench.change("TransactionMessageRetryInterval", str(example.interval))
            await bench.charge()
            bench.csms.replies["StopTransaction"] = refuse
            bench.hardware.present_token("04AABBCC", "ISO14443", 1)
            await asyncio.sleep(1000)
            stops = [at for at, each in bench.csms.received if isinstance(each, m16.StopTransactionRequest)]
            bench.hardware.unplug(1, 1)
            await bench.status("Available")
            await bench.charge()
            return stops, len(bench.csms.all(m16.StartTransactionRequest))

    async def scenario_201() -> tuple[list[float], int]:
        async with powered_station("reference-dc") as (station, csms):
            await csms.expect(m.StatusNotificationRequest)
            bench = StationBench(station, csms)
            await bench.set("TxCtrlr.TxStartPoint", "EVConnected")
            for variable, value in (
                ("MessageAttempts", example.attempts),
                ("MessageAttemptInterval", example.interval),
            ):
                data = t.SetVariableDataType(
                    attribute_value=str(value),
                    component=t.ComponentType(name="OCPPCommCtrlr"),
                    variable=t.VariableType(name=variable, instance="TransactionEvent"),
                )
                await csms.call(m.SetVariablesRequest(set_variable_data=[data]))
            csms.replies["TransactionEvent"] = lambda event: refuse(event) if event.seq_no == 0 else accept(event)
            bench.hardware.plug_in(1, 1)
            await asyncio.sleep(1000)
            events = [(at, each) for at, each in csms.received if isinstance(each, m.TransactionEventRequest)]
            refused = [at for at, each in events if each.seq_no == 0]
            return refused, events[len(refused)][1].seq_no + 1

    scenario = scenario_16 if example.version == "1.6" else scenario_201
    times, next_messages = run_simulated(scenario())
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits == [pytest.approx(each, abs=1) for each in example.waits]
    assert next_messages == 2


def accept(_: Any) -> m.TransactionEventResponse:
    return m.TransactionEventResponse()


@pytest.mark.parametrize("example", EXAMPLES.languages, ids=name)
def test_the_language_of_a_text_is_kept(example: Language) -> None:
    content = t.MessageContentType(format=t.MessageFormatEnumType.UTF8, content="Hello", language=example.language)
    assert FIELDS["MessageContentType.language"].holds(example.language)  # type: ignore[misc]

    async def body(bench: StationBench) -> None:
        display = bench.hardware.display
        assert display is not None
        if example.shown_with == "personalMessage":
            info = t.IdTokenInfoType(
                status=t.AuthorizationStatusEnumType.Accepted, personal_message=content, language1=example.language
            )
            bench.csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(id_token_info=info)
            bench.hardware.present_token("A", "ISO14443", 1)
            await asyncio.sleep(1)
            texts = [each for shown in display.prices.values() for each in shown]
        else:
            message = t.MessageInfoType(id=1, priority=t.MessagePriorityEnumType.AlwaysFront, message=content)
            await bench.csms.call(m.SetDisplayMessageRequest(message=message))
            await asyncio.sleep(1)
            texts = [display.message] if display.message is not None else []
        assert [(each.text, each.language) for each in texts] == [("Hello", example.language)]

    run_on_bench(body, "reference-dc", start="EnergyTransfer")


@pytest.mark.parametrize("example", EXAMPLES.tariffs, ids=name)
def test_a_price_that_changes_is_shown_at_once(example: Tariff) -> None:
    texts = [f"{example.low} - {example.high} euro/kWh, now {price} euro/kWh" for price in example.prices]
    contents = [t.MessageContentType(format=t.MessageFormatEnumType.UTF8, content=text) for text in texts]

    async def body(bench: StationBench) -> None:
        display = bench.hardware.display
        assert display is not None
        info = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted, personal_message=contents[0])
        bench.csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(id_token_info=info)
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(2)
        assert [each.text for shown in display.prices.values() for each in shown] == texts[:1]
        answer = m.TransactionEventResponse(updated_personal_message=contents[1])
        bench.csms.replies["TransactionEvent"] = lambda _: answer
        bench.hardware.plug_in(1, 1)
        await asyncio.sleep(20)
        assert texts[1] in [each.text for shown in display.prices.values() for each in shown]

    run_on_bench(body, "reference-dc", start="Authorized", stop="Authorized")


@pytest.mark.parametrize("example", EXAMPLES.limits, ids=lambda one: f"{one.unit}-{one.phases}")
def test_the_limits_of_the_lab_are_amperes_on_all_phases(example: ProfileLimit) -> None:
    claims = {"SC-2.1": example.unit == "A", "SC-2.2": example.unit == "W"}
    product = SimpleNamespace(evses=[SimpleNamespace(id=1, phases=example.phases)], supports=claims.__getitem__)
    settings = SimpleNamespace(evse_id=1, time_tolerance=5.0)
    bench: Any = SimpleNamespace(
        product=product, settings=settings, configuration=SimpleNamespace(next_id=iter(range(9)).__next__)
    )
    (schedule,) = charging_profile(bench, "TxDefaultProfile", ((0, example.amperes),)).charging_schedule
    (period,) = schedule.charging_schedule_period
    assert (schedule.charging_rate_unit, period.limit) == (example.unit, example.limit)
    assert period.number_phases == example.phases
