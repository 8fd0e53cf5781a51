"""Every secret of a campaign is replaced in its report, and nothing else is changed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports import campaigns

from plugfest.clock import run_simulated
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.rules.schema_files import VERSIONS, load_schemas
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding, Verdict
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.reports.build import CampaignDetails, build_report
from plugfest.reports.model.report import Report
from plugfest.reports.redaction.redactor import Redactor
from plugfest.reports.rendering import Format, render
from plugfest.rig.virtual import run_campaign

SETTINGS = LabSettings()
ALL_FORMATS: tuple[Format, ...] = ("json", "html", "xml", "csv", "pdf")


def redacted(*frames: str) -> list[str]:
    redaction = Redactor([SETTINGS], frames)
    return [redaction.frame(frame) for frame in frames]


def call(action: str, **payload: Any) -> str:
    return json.dumps([2, "1", action, payload])


def payload_of(frame: str) -> Any:
    return json.loads(frame)[3]


# Secrets


def test_a_token_has_one_label_everywhere() -> None:
    first, second, third = redacted(
        call("Authorize", idToken={"idToken": "CAFE0001", "type": "ISO14443"}),
        call("TransactionEvent", idToken={"idToken": "cafe0001", "type": "ISO14443"}),
        call("Authorize", idToken={"idToken": "CAFE0002", "type": "ISO14443"}),
    )
    names = [payload_of(one)["idToken"]["idToken"] for one in (first, second, third)]
    assert names[0] == names[1] != names[2]
    assert all(name.startswith("token-") for name in names)


def test_the_frames_are_read_when_the_first_text_is_redacted() -> None:
    read: list[str] = []

    def frames() -> Iterator[str]:
        read.append("read")
        yield call("Authorize", idToken={"idToken": "SECRET-TOKEN-1", "type": "Central"})

    redactor = Redactor([SETTINGS], frames())
    assert read == []
    assert "SECRET-TOKEN-1" not in redactor.text("the token SECRET-TOKEN-1")
    redactor.text("another text")
    assert read == ["read"]


def test_a_token_of_the_settings_comes_first() -> None:
    assert redacted(call("Authorize", idTag=SETTINGS.tokens.valid.id_token)) == [call("Authorize", idTag="token-1")]


def test_groups_and_lists_have_tokens() -> None:
    entry = {"idTag": "A-CARD-7", "idTagInfo": {"status": "Accepted", "parentIdTag": "A-GROUP-7"}}
    (frame,) = redacted(call("SendLocalList", localAuthorizationList=[entry], listVersion=1))
    (shown,) = payload_of(frame)["localAuthorizationList"]
    assert {shown["idTag"], shown["idTagInfo"]["parentIdTag"]} == {"token-13", "token-14"}
    assert shown["idTagInfo"]["status"] == "Accepted"


def test_an_empty_token_stays_empty() -> None:
    frame = call("TransactionEvent", idToken={"idToken": "", "type": "NoAuthorization"})
    assert redacted(frame) == [frame]


@pytest.mark.parametrize(
    "frame",
    [
        call(
            "SetVariables", setVariableData=[{"attributeValue": "Secr3t!", "variable": {"name": "BasicAuthPassword"}}]
        ),
        call(
            "SetVariables", setVariableData=[{"variable": {"name": "basicauthpassword"}, "attributeValue": "Secr3t!"}]
        ),
        call("NotifyEvent", eventData=[{"actualValue": "Secr3t!", "variable": {"name": "BasicAuthPassword"}}]),
        call(
            "NotifyReport",
            reportData=[{"variable": {"name": "MasterPassGroupId"}, "variableAttribute": [{"value": "Secr3t!"}]}],
        ),
        call("ChangeConfiguration", key="AuthorizationKey", value="Secr3t!"),
        json.dumps(
            [3, "1", {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": "Secr3t!"}]}]
        ),
        call("SetNetworkProfile", connectionData={"vpn": {"user": "Secr3t!", "password": "Secr3t!", "key": "Secr3t!"}}),
        call("SetNetworkProfile", connectionData={"apn": {"apnUserName": "Secr3t!", "apnPassword": "Secr3t!"}}),
        call("SetNetworkProfile", connectionData={"basicAuthPassword": "Secr3t!"}),
        call("GetLog", log={"remoteLocation": "ftp://lab:Secr3t!@127.0.0.1:21/logs"}),
        call("DataTransfer", data=json.dumps({"idToken": {"idToken": "Secr3t!", "type": "eMAID"}})),
        call("CustomerInformation", customerIdentifier="Secr3t!"),
        json.dumps([4, "1", "SecurityError", "", {"password": "Secr3t!"}]),
        "-----BEGIN PRIVATE KEY-----\nSecr3t!\n-----END PRIVATE KEY-----",
        call("NobodyKnows", key="-----BEGIN EC PRIVATE KEY-----\nSecr3t!"),
        '[2,"1","Authorize",{"idToken":{"idToken":"Secr3t!","type":"IS',
        '[2,"1","Authorize",{"id\\u0054oken":{"idToken":"S\\u0065cr3t!"}}]',
    ],
)
def test_a_secret_is_replaced(frame: str) -> None:
    (shown,) = redacted(frame)
    assert "ecr3t!" not in shown
    assert "\\u0065cr3t!" not in shown


def test_a_numeric_pin_is_replaced() -> None:
    (shown,) = redacted(call("SetNetworkProfile", connectionData={"apn": {"simPin": 4711}}))
    assert payload_of(shown)["connectionData"]["apn"]["simPin"] == "password-2"


def test_a_password_has_one_label_in_plain_and_in_hexadecimal() -> None:
    (shown,) = redacted(call("ChangeConfiguration", key="AuthorizationKey", value=SETTINGS.password.encode().hex()))
    assert payload_of(shown)["value"] == "password-1"


@pytest.mark.parametrize("version", VERSIONS)
def test_every_token_and_password_field_of_the_official_schemas_is_replaced(version: str) -> None:
    endings = ("idtoken", "idtag", "password", "pin")
    names = {name for schema in load_schemas(version).values() for name in _scalar_fields(schema)}
    found = {name for name in names if name.lower().endswith(endings)}
    assert found
    for name in found:
        (frame,) = redacted(call("Whatever", **{name: "Secr3t!"}))
        assert "Secr3t!" not in frame, name


@pytest.mark.parametrize("name", ["WifiPassword", "MQTT.Password", "ClientSecret", "Wpa2Passphrase", "MasterPassIdTag"])
def test_a_vendor_specific_password_is_replaced(name: str) -> None:
    (frame,) = redacted(json.dumps([3, "1", {"configurationKey": [{"key": name, "value": "Secr3t!"}]}]))
    assert "Secr3t!" not in frame


def test_the_presence_of_a_password_is_not_secret() -> None:
    frames = [
        json.dumps([3, "1", {"configurationKey": [{"key": "HasPassword", "value": "true"}]}]),
        call("Authorize", idTag="true"),
        call("TransactionEvent", offline="true"),
    ]
    assert redacted(*frames) == [frames[0], call("Authorize", idTag="token-13"), frames[2]]


def _scalar_fields(schema: Any) -> Iterator[str]:
    """The names of all strings and numbers in a schema."""
    if isinstance(schema, dict):
        for name, one in schema.get("properties", {}).items():
            if isinstance(one, dict) and one.get("type") in ("string", "integer"):
                yield name
        for one in schema.values():
            yield from _scalar_fields(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _scalar_fields(one)


# No secrets


def test_everything_else_is_unchanged() -> None:
    frame = '[2, "1","StatusNotification" ,{"timestamp":"2026-01-01T00:00:00.10Z",\n"evseId":1.0,"connectorId":1}]'
    assert redacted(frame) == [frame]


def test_a_number_equal_to_a_token_is_not_replaced() -> None:
    frame = call("StopTransaction", meterStop=int(SETTINGS.tokens.valid.id_token))
    assert redacted(frame) == [frame]


def test_a_token_equal_to_a_word_of_ocpp_is_replaced_only_as_a_token() -> None:
    authorize, status = redacted(
        call("Authorize", idTag="Occupied"), call("StatusNotification", connectorStatus="Occupied")
    )
    assert payload_of(authorize)["idTag"] == "token-13"
    assert payload_of(status)["connectorStatus"] == "Occupied"


def test_a_token_that_is_a_prefix_of_the_identity_does_not_replace_it() -> None:
    frames = redacted(
        call("Authorize", idTag="PLUGFEST-0"), call("BootNotification", chargePointSerialNumber="PLUGFEST-01")
    )
    assert payload_of(frames[1])["chargePointSerialNumber"] == "PLUGFEST-01"


@given(st.text(max_size=60))
def test_any_text_can_be_redacted(text: str) -> None:
    (shown,) = redacted(text)
    assert isinstance(shown, str)


def test_many_tokens_and_deep_nesting_are_read() -> None:
    tokens = [call("Authorize", idTag=f"CARD-{number:05}") for number in range(3000)]
    deep = "[" * 20_000 + '{"idTag":"CARD-00001"}' + ',"CARD-00002"' * 20_000
    shown = redacted(*tokens, deep)
    assert shown[2999] == call("Authorize", idTag="token-3012")
    assert shown[-1] == "[" * 20_000 + '{"idTag":"token-14"}' + ',"token-15"' * 20_000


# Reports


def test_a_finding_hides_the_secrets_of_its_frame() -> None:
    token = SETTINGS.tokens.second.id_token
    recorded = [Frame(0, 0.0, datetime(2026, 1, 1, tzinfo=UTC), Direction.FROM_STATION, call("Authorize", idTag=token))]
    finding = Finding(
        requirement="C01", expected="nothing", actual=f"idToken '{token}'", step=f"present {token}", frame=0
    )
    case = CaseResult(id="TC_C_01", name="", profile="Core", verdict=Verdict.FAIL, frames=(0, 1), findings=(finding,))
    (shown,) = campaigns.report(of=(case,), recorded=recorded).cases[0].findings
    assert (shown.actual, shown.step) == ("idToken 'token-3'", "present token-3")
    assert shown.frame_text == call("Authorize", idTag="token-3")


@pytest.mark.parametrize("around", ["{}", '{{\\"idToken\\":\\"T-1\\"}} {}'])
@pytest.mark.parametrize("name", ALL_FORMATS)
def test_a_lone_surrogate_beside_a_secret_can_be_encoded(name: Format, around: str) -> None:
    text = f'[2,"1","DataTransfer",{{"vendorId":"x","data":"{around.format(SETTINGS.password)} \\ud800"}}]'
    recorded = [Frame(0, 0.0, datetime(2026, 1, 1, tzinfo=UTC), Direction.FROM_STATION, text)]
    finding = Finding(requirement="", expected="a text", actual="half a pair: \ud800", frame=0)
    case = CaseResult(id="TC_P_01", name="", profile="Core", verdict=Verdict.FAIL, frames=(0, 1), findings=(finding,))
    report = campaigns.report(of=(case,), recorded=recorded)
    assert render(name, report, None)
    assert (SETTINGS.password in report.frames[0].text, "\\ud800" in report.frames[0].text) == (False, True)
    assert report.cases[0].findings[0].actual == "half a pair: \\ud800"


def secrets_of(settings: LabSettings) -> set[str]:
    tokens = settings.tokens.known().values()
    named = {value for token in tokens for value in (token.id_token, token.group) if value}
    return {settings.password, settings.password.encode().hex(), settings.customer_identifier, *named}


@pytest.mark.parametrize(
    ("product", "cases"),
    [
        ("alpitronic-hyc-200-eu", ("TC_A_09", "TC_C_33", "TC_C_39", "TC_L_01", "TC_N_25", "TC_N_27", "TC_N_31")),
        ("reference-16-ac", ("TC_003", "TC_043", "TC_053_1", "TC_069", "TC_073", "TC_079")),
    ],
)
def test_no_secret_of_the_settings_is_in_any_format_of_a_real_report(product: str, cases: tuple[str, ...]) -> None:
    report = _real_report(product, cases)
    forms = {name: render(name, report, None) for name in ALL_FORMATS}
    texts = {name: _text_of_pdf(data) if name == "pdf" else data.decode() for name, data in forms.items()}
    assert "token-1" in texts["json"]
    for name, text in texts.items():
        assert [secret for secret in secrets_of(SETTINGS) if secret.lower() in text.lower()] == [], name


def _text_of_pdf(data: bytes) -> str:
    """Its text without line ends, which may be within a word."""
    pages = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "")


def _real_report(name: str, cases: tuple[str, ...]) -> Report:
    product = load_product(name)
    outcome = run_simulated(run_campaign(product, choose(product, RequestedCases(ids=cases)).chosen, settings=SETTINGS))
    details = CampaignDetails(clock="simulated", started_at=campaigns.START, duration_s=1.0, settings=SETTINGS)
    return build_report(product, outcome.results, outcome.frames, details)
