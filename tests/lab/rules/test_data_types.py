"""What the text of OCPP forbids and its JSON schemas permit, for every text that a station sends."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from plugfest.lab.rules.data_types import DataTypes
from plugfest.lab.v16.data_types import DATA_TYPES as V16_TYPES
from plugfest.lab.v201.data_types import DATA_TYPES as V201_TYPES
from plugfest.lab.v201.data_types import is_of_type
from plugfest.lab.verdict import Level
from plugfest.ocpp.versions import V16, V201, Protocol
from plugfest.security.keys import new_key, signing_request, subject

FROM_STATION = {
    "1.6": "Authorize BootNotification DataTransfer DiagnosticsStatusNotification FirmwareStatusNotification Heartbeat"
    " LogStatusNotification MeterValues SecurityEventNotification SignCertificate SignedFirmwareStatusNotification"
    " StartTransaction StatusNotification StopTransaction",
    "2.0.1": "Authorize BootNotification ClearedChargingLimit DataTransfer FirmwareStatusNotification"
    " Get15118EVCertificate GetCertificateStatus Heartbeat LogStatusNotification MeterValues NotifyChargingLimit"
    " NotifyCustomerInformation NotifyDisplayMessages NotifyEVChargingNeeds NotifyEVChargingSchedule NotifyEvent"
    " NotifyMonitoringReport NotifyReport PublishFirmwareStatusNotification ReportChargingProfiles"
    " ReservationStatusUpdate SecurityEventNotification SignCertificate StatusNotification TransactionEvent",
}
"""The requests of a station. It answers all others, and DataTransfer in both directions."""


def sent_by_station(protocol: Protocol) -> Iterator[msgspec.inspect.Type]:
    from_station = FROM_STATION[protocol.name].split()
    for action, request in protocol.requests.items():
        if action in from_station:
            yield msgspec.inspect.type_info(request)
        if action not in from_station or action == "DataTransfer":
            yield msgspec.inspect.type_info(request.response_type)


def texts(kind: msgspec.inspect.Type, name: str = "", above: frozenset[type] = frozenset()) -> Iterator[str]:
    """Every text below a type, as Class.field."""
    match kind:
        case msgspec.inspect.UnionType(types=types):
            yield from texts(types[0], name, above)
        case msgspec.inspect.ListType(item_type=item):
            yield from texts(item, name, above)
        case msgspec.inspect.StructType(cls=cls, fields=fields) if cls not in above:
            for field in fields:
                yield from texts(field.type, f"{cls.__name__}.{field.encode_name}", above | {cls})
        case msgspec.inspect.StrType():
            yield name


@pytest.mark.parametrize(("protocol", "types"), [(V16, V16_TYPES), (V201, V201_TYPES)], ids=["1.6", "2.0.1"])
def test_every_text_that_a_station_sends_has_a_data_type(protocol: Protocol, types: DataTypes) -> None:
    found = {name for kind in sent_by_station(protocol) for name in texts(kind)}
    assert sorted(found - types.fields.keys()) == []
    assert sorted(types.fields.keys() - found) == []


def violations(types: DataTypes, message: str, payload: Any) -> list[tuple[str, str, Level]]:
    return [(one.path, one.requirement, one.level) for one in types.violations(message, payload)]


HASHES = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "ab" * 32,
    "issuerKeyHash": "cd" * 32,
    "serialNumber": "FFF",  # the example of the whitepaper, 6.1: 4095
}


def certificates_v16(**changes: str) -> dict[str, Any]:
    return {"status": "Accepted", "certificateHashData": [HASHES | changes]}


def certificates_v201(**changes: str) -> dict[str, Any]:
    chain = {"certificateType": "CSMSRootCertificate", "certificateHashData": HASHES | changes}
    return {"status": "Accepted", "certificateHashDataChain": [chain]}


def ocsp(url: str) -> dict[str, Any]:
    return {"ocspRequestData": HASHES | {"responderURL": url}}


NOTIFICATION = {"connectorId": 1, "errorCode": "OtherError", "status": "Faulted"}
CSR = "-----BEGIN CERTIFICATE REQUEST-----\nMIIBAg==\n-----END CERTIFICATE REQUEST-----\n"
EVENT = {"type": "FirmwareUpdated", "timestamp": "2026-01-01T00:00:00Z"}

SHALL_NOT = [
    (V16_TYPES, "BootNotificationRequest", {"chargePointVendor": "Käse"}, "$.chargePointVendor", "section 2.2"),
    (V16_TYPES, "AuthorizeRequest", {"idTag": "\t1"}, "$.idTag", "section 2.2"),
    (V16_TYPES, "GetConfigurationResponse", {"unknownKey": ["Ü"]}, "$.unknownKey[0]", "section 2.2"),
    (
        V16_TYPES,
        "GetInstalledCertificateIdsResponse",
        certificates_v16(issuerKeyHash="abc"),
        "$.certificateHashData[0].issuerKeyHash",
        "whitepaper section 6.1",
    ),
    (
        V16_TYPES,
        "GetInstalledCertificateIdsResponse",
        certificates_v16(serialNumber="0FFF"),
        "$.certificateHashData[0].serialNumber",
        "whitepaper section 6.1",
    ),
    (V16_TYPES, "SignCertificateRequest", {"csr": "MIIB"}, "$.csr", "whitepaper section 5.17"),
    (
        V201_TYPES,
        "GetInstalledCertificateIdsResponse",
        certificates_v201(serialNumber="0xFFF"),
        "$.certificateHashDataChain[0].certificateHashData.serialNumber",
        "CertificateHashDataType",
    ),
    (
        V201_TYPES,
        "GetInstalledCertificateIdsResponse",
        certificates_v201(issuerNameHash="q/w="),
        "$.certificateHashDataChain[0].certificateHashData.issuerNameHash",
        "Part 2 section 2.1.4",
    ),
    (
        V201_TYPES,
        "GetCertificateStatusRequest",
        ocsp("ocsp.example.com"),
        "$.ocspRequestData.responderURL",
        "OCSPRequestDataType",
    ),
    (V201_TYPES, "SignCertificateRequest", {"csr": "MIIB"}, "$.csr", "SignCertificateRequest"),
    (V201_TYPES, "AuthorizeRequest", {"certificate": CSR}, "$.certificate", "AuthorizeRequest"),
    (
        V201_TYPES,
        "Get15118EVCertificateRequest",
        {"exiRequest": "80 98!"},
        "$.exiRequest",
        "Get15118EVCertificateRequest",
    ),
    (
        V201_TYPES,
        "SecurityEventNotificationRequest",
        EVENT | {"timestamp": "2026-01-01T00:00:00.1234Z"},
        "$.timestamp",
        "Part 2 section 2.1.4",
    ),
    (V201_TYPES, "NotifyReportRequest", {"requestId": 2**31}, "$.requestId", "Part 2 section 2.1.4"),
    (V201_TYPES, "NotifyReportRequest", {"requestId": -(2**31) - 1}, "$.requestId", "Part 2 section 2.1.4"),
    (
        V201_TYPES,
        "NotifyDisplayMessagesRequest",
        {"messageInfo": [{"message": {"format": "UTF8", "language": "en_US", "content": ""}}]},
        "$.messageInfo[0].message.language",
        "MessageContentType",
    ),
]


@pytest.mark.parametrize(("types", "message", "payload", "path", "requirement"), SHALL_NOT)
def test_what_the_text_forbids_is_a_finding(
    types: DataTypes, message: str, payload: Any, path: str, requirement: str
) -> None:
    assert violations(types, message, payload) == [(path, requirement, Level.SHALL)]


@pytest.mark.parametrize(
    ("message", "payload", "path"),
    [
        ("StatusNotificationRequest", NOTIFICATION | {"info": "Stecker verschweißt"}, "$.info"),
        ("SecurityEventNotificationRequest", EVENT | {"techInfo": "é"}, "$.techInfo"),
        (
            "GetConfigurationResponse",
            {"configurationKey": [{"key": "CpoName", "readonly": False, "value": "Energía"}]},
            "$.configurationKey[0].value",
        ),
    ],
)
def test_other_characters_in_natural_language_are_a_recommendation_not_followed(
    message: str, payload: Any, path: str
) -> None:
    """Section 2.2 has only ASCII for them, OCPP-J 4.1.2 also other characters."""
    assert violations(V16_TYPES, message, payload) == [(path, "section 2.2", Level.SHOULD)]


@pytest.mark.parametrize(
    ("types", "message", "payload"),
    [
        (V16_TYPES, "StatusNotificationRequest", NOTIFICATION | {"timestamp": "2026-01-01T00:00:00.123456Z"}),
        (V16_TYPES, "DataTransferRequest", {"vendorId": "com.example", "data": "Käse\n"}),
        (V16_TYPES, "GetInstalledCertificateIdsResponse", certificates_v16(serialNumber="0")),
        (V16_TYPES, "SignCertificateRequest", {"csr": CSR}),
        (V16_TYPES, "SignCertificateRequest", {"csr": f"Certificate Request: text\n{CSR}"}),
        (V16_TYPES, "StartTransactionRequest", {"meterStart": 2**40}),  # 1.6 has no size of an integer
        (V201_TYPES, "GetInstalledCertificateIdsResponse", certificates_v201()),
        (V201_TYPES, "GetCertificateStatusRequest", ocsp("http://ocsp.example.com:8080/a%20b?c")),
        (V201_TYPES, "NotifyReportRequest", {"requestId": -(2**31), "seqNo": 2**31 - 1}),
        (V201_TYPES, "SecurityEventNotificationRequest", EVENT | {"techInfo": "Käse"}),
        (V201_TYPES, "StatusNotificationRequest", {"timestamp": "2019-04-12T23:20:50.52Z"}),
        (V201_TYPES, "AuthorizeRequest", {"idToken": {"idToken": "*DE-8AA:1_2=3+4|5@6.7", "type": "eMAID"}}),
        (V201_TYPES, "AuthorizeRequest", {"idToken": {"idToken": "", "type": "NoAuthorization"}}),
        (V201_TYPES, "Get15118EVCertificateRequest", {"exiRequest": "gJgC\ngJg="}),
    ],
)
def test_what_the_text_permits_is_no_finding(types: DataTypes, message: str, payload: Any) -> None:
    assert violations(types, message, payload) == []


def test_a_certificate_request_of_a_station_is_pem() -> None:
    csr = signing_request(new_key(), subject("S1", "Plugfest"))
    assert violations(V201_TYPES, "SignCertificateRequest", {"csr": csr}) == []


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("integer", "1234"),
        ("integer", "-1234"),  # the examples of Part 2 section 2.1.4
        ("integer", "0"),
        ("decimal", "0.5"),
        ("decimal", "-3"),
        ("dateTime", "2019-04-12T23:20:50.52Z"),
        ("dateTime", "2019-12-19T16:39:57+01:00"),
        ("boolean", "true"),
        ("boolean", "false"),
        ("string", "anything"),
        ("MemberList", "A,B"),
    ],
)
def test_a_value_in_a_string_is_of_its_data_type(data_type: str, value: str) -> None:
    assert is_of_type(data_type, value)


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("integer", "01234"),
        ("integer", "+1234"),  # the examples of Part 2 section 2.1.4
        ("integer", "1_000"),
        ("integer", " 1"),
        ("integer", "1.0"),
        ("integer", "2147483648"),
        ("decimal", "1,5"),
        ("decimal", "NaN"),
        ("decimal", "1_0"),
        ("dateTime", "2019-04-12T23:20:50.5200Z"),
        ("dateTime", "2019-04-12 23:20:50Z"),
        ("dateTime", "2019-04-12T23:20:50"),
        ("dateTime", "2019-13-12T23:20:50Z"),
        ("boolean", "True"),
        ("boolean", "1"),
    ],
)
def test_a_value_in_a_string_is_not_of_its_data_type(data_type: str, value: str) -> None:
    assert not is_of_type(data_type, value)
