"""The lines of `plugfest station` about errors of the CSMS."""

from datetime import UTC, datetime
from typing import cast

import pytest

from plugfest.cli.terminal.station_console import StationConsole
from plugfest.link.errors import HandshakeFault, HandshakeRefused
from plugfest.link.peer import Direction
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.events import CallReceived, CallRefused, ErrorReceived, Event, FrameIgnored, ResultReceived
from plugfest.ocpp.tolerant import MessageDefect
from plugfest.ocpp.v16.messages import GetDiagnosticsRequest
from plugfest.ocpp.v201.messages import HeartbeatRequest, HeartbeatResponse
from plugfest.security.profile import SecurityProfile
from plugfest.station.connection.boot import BootReason
from plugfest.station.lifecycle.hooks import Lifecycle
from plugfest.station.setup.provisioning import Settings
from plugfest.station.station import Station


def console(ocpp_version: str) -> StationConsole:
    settings = Settings(identity="CS001", csms_url="ws://csms", security_profile=SecurityProfile.BASIC)
    return StationConsole(settings, ocpp_version)


def printed(capsys: pytest.CaptureFixture[str], event: Event, ocpp_version: str = "2.0.1") -> str:
    console(ocpp_version).events.rpc_event(event)
    return capsys.readouterr().out.partition("  ")[2].strip()


@pytest.mark.parametrize(("ocpp_version", "name"), [("2.0.1", "FormatViolation"), ("1.6", "FormationViolation")])
def test_an_error_code_is_printed_as_it_is_sent(
    ocpp_version: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = CallRefused("1", "Reset", ErrorCode.FormatViolation, "not an object", "[]")
    assert printed(capsys, refused, ocpp_version).endswith(f"Reset with the error {name}: not an object")


def test_an_error_without_a_description_ends_with_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    error = ErrorReceived("1", HeartbeatRequest(), "Bogus", "", {}, "")
    assert printed(capsys, error) == "the CSMS answers Heartbeat with the error Bogus"


def test_what_is_wrong_with_an_error_is_printed_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    defects = (MessageDefect("3 elements instead of 5", "$"),)
    console("1.6").events.rpc_event(ErrorReceived("1", HeartbeatRequest(), "Bogus", "", {}, "", defects))
    assert [line.partition("  ")[2] for line in capsys.readouterr().out.splitlines()] == [
        "the CSMS's answer to Heartbeat has 3 elements instead of 5 at $; it is used nevertheless",
        "the CSMS answers Heartbeat with the error Bogus",
    ]


def test_an_ignored_frame_without_text_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, FrameIgnored("no JSON array", "")) == "frame ignored: no JSON array: an empty text"


@pytest.mark.parametrize("kind", ["frame", "line"])
def test_a_password_is_not_printed(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"a-secret-of-the-csms"}]'
    if kind == "frame":
        console("1.6").frame(Direction.RECEIVED, text, 0)
    else:
        console("1.6").line(f"frame ignored: no request: {text}")
    out = capsys.readouterr().out
    assert "ChangeConfiguration" in out
    assert "a-secret-of-the-csms" not in out


def test_a_refused_password_names_the_option_that_sets_it(capsys: pytest.CaptureFixture[str]) -> None:
    console("2.0.1").events.connection_failed(HandshakeRefused(HandshakeFault.HTTP, "401", http_status=401))
    assert "(wrong password? --password-file sets it)" in capsys.readouterr().out


def test_what_is_wrong_with_an_answer_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    answer = HeartbeatResponse(current_time=datetime(2030, 1, 1, tzinfo=UTC))
    received = ResultReceived("1", HeartbeatRequest(), answer, "", (MessageDefect("an unknown field", "$.tariff"),))
    lines = console("2.0.1").events
    lines.rpc_event(received)
    lines.rpc_event(received)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("the CSMS's answer to Heartbeat has an unknown field at $.tariff; it is used nevertheless")


def test_what_is_wrong_with_a_request_that_is_used_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    defect = MessageDefect("a time without seconds, which is not RFC 3339,", "$.startTime")
    received = CallReceived("1", "GetDiagnostics", GetDiagnosticsRequest(location="ftp://host/path"), "", (defect,))
    assert printed(capsys, received, "1.6") == (
        "the CSMS's GetDiagnostics has a time without seconds, which is not RFC 3339, at $.startTime;"
        " it is used nevertheless"
    )


class _StationStub:
    """What the console needs of a station that has just been started."""

    def __init__(self) -> None:
        self.context = self
        self.lifecycle = Lifecycle()
        self.boot_reason = BootReason.POWER_UP


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("CertificateRejected", "certificate rejected: the reason"),
        ("CertificateNotDeleted", "certificate not deleted: the reason"),
        ("InvalidChargingStationCertificate", "certificate rejected: CertificateSigned: the reason"),
        ("StartupOfTheDevice", ""),
    ],
)
def test_a_refused_certificate_is_printed_with_the_reason(
    kind: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    station = _StationStub()
    console("1.6").events.station_started(cast(Station, station))
    station.lifecycle.security_event.notify(kind, "the reason")
    assert capsys.readouterr().out.partition("  ")[2].strip() == line


def test_why_a_log_is_not_uploaded_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    station = _StationStub()
    console("1.6").events.station_started(cast(Station, station))
    station.lifecycle.log_upload_failed.notify("no such file: HTTP 404")
    assert capsys.readouterr().out.endswith("log not uploaded: no such file: HTTP 404\n")


def test_a_time_that_the_clock_cannot_have_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    station = _StationStub()
    console("1.6").events.station_started(cast(Station, station))
    for _ in range(2):
        station.lifecycle.time_ignored.notify("0001-01-01T00:00:00+00:00 is not between 2000 and 2100")
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("the time of the CSMS is not used: 0001-01-01T00:00:00+00:00 is not between 2000 and 2100")


@pytest.mark.parametrize(
    "frame",
    [
        '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"a-secret","component":{"name":"SecurityCtrlr"},'
        '"variable":{"name":"BasicAuthPassword"}}]}]',
        '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"a-secret"}]',
        '[2,"1","SetNetworkProfile",{"connectionData":{"vpn":{"password":"a-secret","key":"a-secret"}}}]',
        '[2,"1","GetLog",{"log":{"remoteLocation":"ftp://joe:a-secret@logs.example/"}}]',
        '[2,"1","SetNetworkProfile",{"connectionData":{"apn":{"apnPassword":"a-secret"',
    ],
)
def test_no_frame_is_printed_with_a_password(frame: str, capsys: pytest.CaptureFixture[str]) -> None:
    station = console("2.0.1")
    station.frame(Direction.RECEIVED, frame, 0.0)
    station.events.rpc_event(FrameIgnored("no JSON array", frame))
    printed = capsys.readouterr().out
    assert "a-secret" not in printed
    assert printed.count("(not shown)") >= 2
