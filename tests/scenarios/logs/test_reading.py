"""Frames in logs of several programs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugfest.lab.events import FrameRecorded
from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp.frames import Call
from plugfest.runs.entries import to_line
from plugfest.scenarios.file import parse_scenario
from plugfest.scenarios.logs import LogError, scenario_of_log
from plugfest.scenarios.logs.reading import LoggedFrame, frames_of_text, read_log

FRAME = '[2,"7","Authorize",{"idTag":"04AA"}]'
AT = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)


def only(text: str) -> LoggedFrame:
    (found,) = frames_of_text(text)
    return found


@pytest.mark.parametrize(
    "line",
    [
        json.dumps(["2026-03-01T12:30:05Z", "sent", FRAME]),
        json.dumps(["2026-03-01T12:30:05Z", "sent", json.loads(FRAME)]),
        json.dumps({"timestamp": AT.timestamp(), "direction": "in", "message": FRAME}),
        json.dumps({"time": AT.timestamp() * 1000, "payload": {"ocpp": json.loads(FRAME)}}),
        f"2026-03-01 12:30:05,000 [INFO ] WebSocketHandler: [CP1] Received: {FRAME}",
        f"2026-03-01T13:30:05+01:00 CS001: receive message {FRAME} (74 bytes)",
        f"2026-03-01T12:30:05.000Z {json.dumps(FRAME)}",
    ],
)
def test_a_frame_is_found_wherever_it_is_in_a_line(line: str) -> None:
    found = only(line)
    assert isinstance(found.frame, Call)
    assert (found.at, found.frame.action, found.payload) == (AT, "Authorize", {"idTag": "04AA"})


def test_the_output_of_plugfest_station_goes_on_after_midnight() -> None:
    text = f'23:59:58  -> {FRAME}\n23:59:59  connected\n00:00:08  <- [3,"7",{{}}]\n00:00:09  -> {FRAME}\n'
    first, second, third = frames_of_text(text)
    assert second.at - first.at == timedelta(seconds=10)
    assert third.at - second.at == timedelta(seconds=1)


def test_without_a_time_in_the_line_that_of_the_message_is_taken() -> None:
    found = only('[2,"1","StatusNotification",{"connectorId":1,"timestamp":"2026-03-01T12:30:05Z"}]')
    assert found.at == AT
    assert list(frames_of_text(FRAME)) == []


def test_the_folder_of_a_run_is_a_log(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "reference-ac"
    folder.mkdir(parents=True)
    for number, at in ((1, AT), (2, AT + timedelta(hours=1))):
        frame = Frame(0, 5.0, at, Direction.FROM_STATION, FRAME)
        (folder / f"sitting-{number}.jsonl").write_bytes(to_line(FrameRecorded(frame)))
    for path in (tmp_path / "run", folder):
        assert [each.at for each in read_log(path)] == [AT, AT + timedelta(hours=1)]
    (tmp_path / "run" / "reference-dc").mkdir()
    (tmp_path / "run" / "reference-dc" / "sitting-1.jsonl").write_bytes(b"")
    with pytest.raises(LogError, match="is a run of several products: name the folder of one"):
        read_log(tmp_path / "run")


def test_a_file_that_is_no_log_is_one_line(tmp_path: Path) -> None:
    log = tmp_path / "station.log"
    with pytest.raises(LogError, match="cannot be read: No such file"):
        read_log(log)
    with pytest.raises(LogError, match="is not the folder of a run"):
        read_log(tmp_path)
    log.write_text("hello\n[1, 2]\n{")
    with pytest.raises(LogError, match="has no OCPP frame with a time"):
        read_log(log)
    log.write_text(f"12:00:00 {FRAME.replace('Authorize', 'Heartbeat')}")
    with pytest.raises(LogError, match="shows no action at the station"):
        scenario_of_log(log)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
NAMES = st.sampled_from(
    [
        "idToken",
        "idTag",
        "type",
        "evse",
        "id",
        "connectorId",
        "status",
        "timestamp",
        "transactionInfo",
        "transactionId",
        "connectorStatus",
        "triggerReason",
        "chargingState",
        "reason",
        "meterValue",
    ]
)
VALUES = st.sampled_from(
    ["SuspendedEV", "Charging", "Preparing", "Authorized", "2026-03-01T12:30:05Z", "Local", "Faulted"]
)
PAYLOADS = st.recursive(
    SCALARS | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=12,
)
ACTIONS = st.sampled_from(
    [
        "Authorize",
        "BootNotification",
        "StatusNotification",
        "TransactionEvent",
        "StartTransaction",
        "StopTransaction",
        "MeterValues",
        "RequestStartTransaction",
        "RemoteStartTransaction",
        "Reset",
    ]
)


@example([("Authorize", {"idToken": {"idToken": "0"}})])
@example([("TransactionEvent", {"evse": {"id": True}, "triggerReason": "CablePluggedIn"})])
@given(st.lists(st.tuples(ACTIONS, st.dictionaries(NAMES, PAYLOADS, max_size=6)), min_size=1, max_size=8))
def test_any_payload_gives_a_valid_scenario_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, frames: list[tuple[str, object]]
) -> None:
    log = tmp_path_factory.mktemp("log") / "x.log"
    lines = (f"12:00:{n:02} " + json.dumps([2, str(n), *each]) for n, each in enumerate(frames))
    log.write_text("\n".join(lines), encoding="utf-8")
    try:
        text = scenario_of_log(log)
    except LogError:
        return
    parse_scenario(str(log), text.encode())


@given(st.text(max_size=60))
def test_any_line_is_read_or_skipped(line: str) -> None:
    for found in frames_of_text(line):
        assert found.payload is not None
