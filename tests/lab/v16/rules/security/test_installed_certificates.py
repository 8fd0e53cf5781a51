"""The root certificates that an OCPP 1.6 station reports."""

import pytest
from tests.lab.rules.evidence import action
from tests.lab.v16.rules.station_record import StationRecord, violating_frames

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.v16.rules.security.installed_certificates import CERTIFICATE_RULES

STATUS, LENGTH, CHANGES = CERTIFICATE_RULES

CENTRAL_SYSTEM, MANUFACTURER = "CentralSystemRootCertificate", "ManufacturerRootCertificate"


def certificate(serial_number: str = "0a", algorithm: str = "SHA256", digits: int = 64) -> dict[str, str]:
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": "ab" * (digits // 2),
        "issuerKeyHash": "cd" * (digits // 2),
        "serialNumber": serial_number,
    }


def listed(
    record: StationRecord, at: float, *certificates: dict[str, str], status: str = "Accepted", use: str = MANUFACTURER
) -> None:
    asked = record.lab(at, "GetInstalledCertificateIds", certificateType=use)
    fields = {"certificateHashData": list(certificates)} if certificates else {}
    record.answers(at, asked, status=status, **fields)


@pytest.mark.parametrize(
    ("certificates", "status", "frames"),
    [
        ([certificate()], "Accepted", []),
        ([], "NotFound", []),
        ([], "Accepted", [1]),
        ([certificate()], "NotFound", [1]),
    ],
)
def test_the_status_agrees_with_the_certificates(
    certificates: list[dict[str, str]], status: str, frames: list[int]
) -> None:
    record = StationRecord()
    listed(record, 1, *certificates, status=status)
    assert violating_frames(STATUS, record) == frames


@pytest.mark.parametrize(
    ("algorithm", "digits", "frames"),
    [("SHA256", 64, []), ("SHA384", 96, []), ("SHA512", 128, []), ("SHA384", 64, [1, 1]), ("SHA256", 62, [1, 1])],
)
def test_a_hash_has_the_length_of_its_algorithm(algorithm: str, digits: int, frames: list[int]) -> None:
    record = StationRecord()
    listed(record, 1, certificate(algorithm=algorithm, digits=digits))
    assert violating_frames(LENGTH, record) == frames


def test_what_is_installed_stays_the_same() -> None:
    record = StationRecord()
    listed(record, 1, certificate("0a"), certificate("0b"))
    listed(record, 2, certificate("0B"), certificate("0A"))
    listed(record, 3, use=CENTRAL_SYSTEM, status="NotFound")
    assert violating_frames(CHANGES, record) == []
    listed(record, 4, certificate("0a"), certificate("0c"))
    assert violating_frames(CHANGES, record) == [7, 7]


@pytest.mark.parametrize(("use", "status", "frames"), [(MANUFACTURER, "Accepted", []), (MANUFACTURER, "Rejected", [5])])
def test_a_certificate_may_be_added_after_it_was_installed(use: str, status: str, frames: list[int]) -> None:
    record = StationRecord()
    listed(record, 1, status="NotFound")
    record.asked(2, "InstallCertificate", certificateType=use, certificate="PEM", status=status)
    listed(record, 3, certificate())
    assert violating_frames(CHANGES, record) == frames


@pytest.mark.parametrize(("deleted", "frames"), [("0a", []), ("0b", [5])])
def test_a_certificate_may_be_absent_after_it_was_deleted(deleted: str, frames: list[int]) -> None:
    record = StationRecord()
    listed(record, 1, certificate("0a"))
    record.asked(2, "DeleteCertificate", certificateHashData=certificate(deleted))
    listed(record, 3, status="NotFound")
    assert violating_frames(CHANGES, record) == frames


def test_a_new_root_of_the_central_system_may_replace_the_old_one_later() -> None:
    record = StationRecord()
    listed(record, 1, certificate("0a"), use=CENTRAL_SYSTEM)
    record.asked(2, "InstallCertificate", certificateType=CENTRAL_SYSTEM, certificate="PEM")
    listed(record, 3, certificate("0a"), certificate("0b"), use=CENTRAL_SYSTEM)
    listed(record, 4, certificate("0b"), use=CENTRAL_SYSTEM)
    assert violating_frames(CHANGES, record) == []


def test_new_firmware_may_have_other_certificates() -> None:
    record = StationRecord()
    listed(record, 1, certificate("0a"))
    record.answers(2, record.lab(2, "UpdateFirmware", location="ftp://lab", retrieveDate="2026-01-01T00:00:00Z"))
    listed(record, 3, certificate("0b"))
    assert violating_frames(CHANGES, record) == []


def test_a_station_that_was_commissioned_may_have_other_certificates() -> None:
    record = StationRecord()
    listed(record, 1, certificate("0a"))
    listed(record, 3, certificate("0b"))
    assert violating_frames(CHANGES, record, action(ActionKind.COMMISSION, 2, frame=2)) == []
