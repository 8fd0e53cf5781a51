"""Certificate data are only sent for a contract of ISO 15118."""

import pytest
from tests.lab.rules.evidence import violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.recording.record import Direction
from plugfest.lab.v201.rules.contract_certificates import CONTRACT_CERTIFICATES

CONTRACT, CHAINS = CONTRACT_CERTIFICATES
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00", "serialNumber": "1"}


@pytest.mark.parametrize(
    ("kind", "fields", "right"),
    [
        ("ISO14443", {}, True),
        ("ISO14443", {"certificate": "x"}, False),
        ("eMAID", {"certificate": "x"}, True),
        ("Central", {"iso15118CertificateHashData": [HASH | {"responderURL": "http://x"}]}, False),
    ],
)
def test_only_a_contract_has_certificate_data(kind: str, fields: dict[str, object], right: bool) -> None:
    record = StationRecord()
    answer = {"idTokenInfo": {"status": "Accepted"}}
    record.request(0, "Authorize", {"idToken": {"idToken": "A", "type": kind}} | fields, answer)
    assert (violating_frames(CONTRACT, record) == []) is right


@pytest.mark.parametrize(("kind", "right"), [("V2GCertificateChain", True), ("CSMSRootCertificate", False)])
def test_only_a_chain_has_child_certificates(kind: str, right: bool) -> None:
    record = StationRecord()
    chain = {"certificateType": kind, "certificateHashData": HASH, "childCertificateHashData": [HASH]}
    record.add(Direction.FROM_LAB, 0, [2, "q", "GetInstalledCertificateIds", {}])
    record.add(Direction.FROM_STATION, 1, [3, "q", {"status": "Accepted", "certificateHashDataChain": [chain]}])
    assert (violating_frames(CHAINS, record) == []) is right
