"""Certificate data are only sent for a contract of ISO 15118, and are those of the EV's contract."""

from datetime import UTC, datetime

import pytest
from tests.lab.rules.evidence import action, violating_frames
from tests.lab.v201.rules.station_record import StationRecord

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.record import Direction
from plugfest.lab.v201.rules.iso15118.contract_certificates import CONTRACT_CERTIFICATES
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.ocsp import ocsp_data
from plugfest.security.v2g_pki import V2gPki

OF_EV, ASKED, CONTRACT, CHAINS = CONTRACT_CERTIFICATES
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


PKI = V2gPki(datetime.now(UTC), "MO", "http://ocsp.invalid")
CHAIN = PKI.contract("EMAID").chain
EV = action(ActionKind.EV_PREPARE, 0, contract=CHAIN)


def hash_data(chain: str = CHAIN) -> list[dict[str, str]]:
    return [
        {
            "hashAlgorithm": data.hashes.hash_algorithm.value,
            "issuerNameHash": data.hashes.issuer_name_hash.upper(),
            "issuerKeyHash": data.hashes.issuer_key_hash,
            "serialNumber": data.hashes.serial_number,
            "responderURL": data.responder_url,
        }
        for data in ocsp_data(certificates_from_pem(chain), [PKI.root.certificate])
    ]


def authorize(record: StationRecord, **fields: object) -> None:
    answer = {"idTokenInfo": {"status": "Accepted"}}
    record.request(2, "Authorize", {"idToken": {"idToken": "EMAID", "type": "eMAID"}} | fields, answer)


def with_root() -> StationRecord:
    record = StationRecord()
    request = {"certificateType": "MORootCertificate", "certificate": PKI.root_pem}
    record.add(Direction.FROM_LAB, 0, [2, "r", "InstallCertificate", request])
    record.add(Direction.FROM_STATION, 0, [3, "r", {"status": "Accepted"}])
    return record


def test_the_data_of_the_contract_are_right_with_and_without_its_root() -> None:
    for record in (with_root(), StationRecord()):
        authorize(record, iso15118CertificateHashData=hash_data(), certificate=CHAIN)
        assert violating_frames(OF_EV, record, EV) == []


@pytest.mark.parametrize("field", ["issuerNameHash", "issuerKeyHash", "serialNumber", "responderURL"])
def test_no_data_of_a_certificate_may_differ(field: str) -> None:
    record = with_root()
    wrong = hash_data()
    wrong[1][field] = wrong[1][field][:-1] + "0" if wrong[1][field][-1] != "0" else wrong[1][field][:-1] + "1"
    authorize(record, iso15118CertificateHashData=wrong)
    assert len(violating_frames(OF_EV, record, EV)) == 1


def test_another_chain_is_not_that_of_the_ev() -> None:
    record = with_root()
    other = PKI.contract("EMAID").chain
    authorize(record, iso15118CertificateHashData=hash_data(other)[:1], certificate=other)
    assert len(violating_frames(OF_EV, record, EV)) == 2


def test_of_an_ev_that_the_lab_does_not_know_nothing_is_judged() -> None:
    record = with_root()
    authorize(record, certificate="x")
    assert violating_frames(OF_EV, record) == []


@pytest.mark.parametrize(
    ("asked", "offline", "right"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_a_contract_charges_online_only_after_the_csms_was_asked(asked: bool, offline: bool, right: bool) -> None:
    record = StationRecord()
    if asked:
        authorize(record)
    record.event(
        3, "Authorized", idToken={"idToken": "EMAID", "type": "eMAID"}, **({"offline": True} if offline else {})
    )
    assert (violating_frames(ASKED, record) == []) is right
