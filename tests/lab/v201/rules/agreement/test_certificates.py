"""Hashes of certificates, and the certificates that a station lists."""

import pytest
from tests.lab.rules.evidence import violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.v201.rules.agreement.certificates import certificate_rules

HASH = "0a" * 32


def listed(record: StationRecord, at: float, **fields: str) -> StationRecord:
    hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": HASH, "issuerKeyHash": HASH, "serialNumber": "1f"}
    chain = {"certificateType": "CSMSRootCertificate", "certificateHashData": hashes | fields}
    record.answers(
        at, record.lab(at, "GetInstalledCertificateIds"), status="Accepted", certificateHashDataChain=[chain]
    )
    return record


@pytest.mark.parametrize(
    ("fields", "frames"),
    [
        ({}, []),
        ({"hashAlgorithm": "SHA384"}, [1, 1]),
        ({"issuerNameHash": HASH[:-1]}, [1]),
        ({"issuerKeyHash": HASH + "0"}, [1]),
        ({"issuerKeyHash": "z" * 64}, [1]),
        ({"serialNumber": "Mutant"}, [1]),
        ({"issuerNameHash": HASH.upper()}, []),
    ],
)
def test_a_hash_has_the_digits_of_its_algorithm(fields: dict[str, str], frames: list[int]) -> None:
    hashes, *_ = certificate_rules()
    assert violating_frames(hashes, listed(StationRecord(), 1, **fields)) == frames


def test_the_same_certificates_are_listed_again() -> None:
    *_, same = certificate_rules()
    record = listed(listed(StationRecord(), 1), 2, serialNumber="1F")
    assert violating_frames(same, record) == []
    assert violating_frames(same, listed(StationRecord(), 3, serialNumber="2f")) == [1]


def test_the_lab_may_have_changed_the_certificates() -> None:
    *_, same = certificate_rules()
    record = listed(StationRecord(), 1)
    record.asked(2, "InstallCertificate", status="Accepted", certificateType="CSMSRootCertificate", certificate="")
    assert violating_frames(same, listed(record, 3, serialNumber="2f")) == []


@pytest.mark.parametrize(
    ("status", "found", "frames"),
    [("Accepted", True, []), ("NotFound", False, []), ("NotFound", True, [1]), ("Accepted", False, [1])],
)
def test_the_status_shows_whether_a_certificate_was_found(status: str, found: bool, frames: list[int]) -> None:
    _, statuses, _ = certificate_rules()
    record = StationRecord()
    hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": HASH, "issuerKeyHash": HASH, "serialNumber": "1f"}
    chain = {"certificateType": "CSMSRootCertificate", "certificateHashData": hashes}
    fields = {"certificateHashDataChain": [chain]} if found else {}
    record.answers(1, record.lab(1, "GetInstalledCertificateIds"), status=status, **fields)
    assert violating_frames(statuses, record) == frames
