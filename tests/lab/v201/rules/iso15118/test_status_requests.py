"""GetCertificateStatusRequest has the data of the certificates that the lab has issued."""

from datetime import UTC, datetime

import pytest
from tests.lab.rules.evidence import violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.recording.record import Direction
from plugfest.lab.v201.rules.iso15118.status_requests import status_request_rule
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.keys import new_key, signing_request, subject
from plugfest.security.ocsp import ocsp_data
from plugfest.security.v2g_pki import V2gPki

PKI = V2gPki(datetime.now(UTC), "V2G", "http://ocsp.invalid")
CHAIN = PKI.sign(signing_request(new_key(), subject("SECC", "Plugfest")))


def renewed() -> StationRecord:
    """The lab installs the root and issues the chain."""
    record = StationRecord()
    root = {"certificateType": "V2GRootCertificate", "certificate": PKI.root_pem}
    chain = {"certificateChain": CHAIN, "certificateType": "V2GCertificate"}
    for number, (name, payload) in enumerate((("InstallCertificate", root), ("CertificateSigned", chain))):
        record.add(Direction.FROM_LAB, number, [2, name, name, payload])
        record.add(Direction.FROM_STATION, number, [3, name, {"status": "Accepted"}])
    return record


def ask(record: StationRecord, position: int, **changed: str) -> None:
    hashes, url = ocsp_data(certificates_from_pem(CHAIN), [PKI.root.certificate])[position]
    data = {
        "hashAlgorithm": hashes.hash_algorithm.value,
        "issuerNameHash": hashes.issuer_name_hash,
        "issuerKeyHash": hashes.issuer_key_hash,
        "serialNumber": hashes.serial_number,
        "responderURL": url,
    }
    record.request(5, "GetCertificateStatus", {"ocspRequestData": data | changed}, {"status": "Failed"})


@pytest.mark.parametrize("position", [0, 1, 2])
def test_every_certificate_of_the_chain_may_be_asked_about(position: int) -> None:
    record = renewed()
    ask(record, position)
    assert violating_frames(status_request_rule(), record) == []


@pytest.mark.parametrize("field", ["issuerNameHash", "issuerKeyHash", "serialNumber", "responderURL"])
def test_data_that_are_partly_those_of_a_certificate_are_wrong(field: str) -> None:
    record = renewed()
    ask(record, 0, **{field: "1234"})
    assert len(violating_frames(status_request_rule(), record)) == 1


def test_certificates_of_another_csms_are_not_judged() -> None:
    record = renewed()
    others = {"issuerNameHash": "1", "issuerKeyHash": "2", "serialNumber": "3", "responderURL": "http://other.invalid"}
    ask(record, 0, **others)
    assert violating_frames(status_request_rule(), record) == []


def test_a_chain_of_an_earlier_case_is_known() -> None:
    rule = status_request_rule()
    assert violating_frames(rule, renewed()) == []
    later = StationRecord()
    ask(later, 0)
    ask(later, 0, serialNumber="1234")
    assert len(violating_frames(rule, later)) == 1
