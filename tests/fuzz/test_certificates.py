"""Mutated certificates, requests, OCSP messages and signatures: each is refused with its reason, or can be used."""

import contextlib
import functools
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.der import mutated
from tests.fuzz.effort import FACTOR, fuzzed, inputs
from tests.security.shared_pki import NOW, der_of, pem_of, pki
from tests.security.test_v2g_pki import v2g_pki

from plugfest.lab.checks.station_certificate import is_strong_csr
from plugfest.lab.iso15118.certificates import Iso15118Certificates
from plugfest.lab.v201.memory.v2g_certificate_renewed import is_ecdsa_csr
from plugfest.security.certificates import CertificateHash, HashAlgorithm, certificate_hash, certificates_from_pem
from plugfest.security.firmware import is_firmware_signature_valid, sign_firmware
from plugfest.security.keys import key_from_pem, new_key, signing_request, subject
from plugfest.security.ocsp import InvalidOcspResponse, ocsp_data, ocsp_request, read_ocsp_response, responder_url
from plugfest.station.blocks.a_security.rules import certificate_problem
from plugfest.station.blocks.l_firmware_management.rules import certificate_problem as signing_certificate_problem
from plugfest.station.blocks.m_certificate_management.rules import CertificateRejected, check_root

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length", "ignore:Parsed a serial number")
"""Of the library that reads certificates."""

INPUTS = 40 if FACTOR == 1 else 500

seeds = st.integers(0, 2**63).map(Random)


@functools.cache
def contract() -> str:
    return v2g_pki().contract("DE-8AA-C12345678-X").chain


@functools.cache
def asked() -> CertificateHash:
    return ocsp_data(certificates_from_pem(contract()), [v2g_pki().root.certificate])[0].hashes


def certificate(der: bytes) -> None:
    pem = pem_of(der)
    with contextlib.suppress(CertificateRejected):
        root = check_root(pem, known=[pki().root_pem], replaces=None, now=NOW)
        certificate_hash(*(certificates_from_pem(each)[0] for each in root))
    with contextlib.suppress(CertificateRejected):
        check_root(pem, known=[], replaces=pki().root_pem, now=NOW)
    key = key_of_station()
    certificate_problem(pem, key_pem=key, roots=[pki().root_pem], serial_number="SN-1", now=NOW)
    signing_certificate_problem(pem, [pki().root_pem], NOW)


@functools.cache
def key_of_station() -> str:
    return pki().station("SN-1").key


def request(der: bytes) -> None:
    pem = pem_of(der, "CERTIFICATE REQUEST")
    is_ecdsa_csr(pem, "SN-1")
    if is_strong_csr(pem):
        certificates_from_pem(pki().sign(pem))


def ocsp_response(der: bytes) -> None:
    with contextlib.suppress(InvalidOcspResponse):
        read_ocsp_response(der, asked())


def asked_of_responder(der: bytes) -> None:
    assert v2g_pki().responder.respond(der, NOW)


def key(der: bytes) -> None:
    with contextlib.suppress(ValueError):
        key_from_pem(pem_of(der, "PRIVATE KEY"))


@functools.cache
def originals() -> dict[str, list[bytes]]:
    """A structure of each kind, or some."""
    request_of_station = signing_request(new_key(), subject("SN-1", "CPO"))
    chain = certificates_from_pem(contract())
    return {
        "certificate": [der_of(pki().root_pem), *(_der(each) for each in chain)],
        "request": [der_of(request_of_station)],
        "ocsp_response": [v2g_pki().responder.respond(ocsp_request(asked()), NOW)],
        "asked_of_responder": [ocsp_request(asked())],
        "key": [der_of(key_of_station())],
    }


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


READERS = {each.__name__: each for each in (certificate, request, ocsp_response, asked_of_responder, key)}


@pytest.mark.parametrize("kind", READERS)
@fuzzed(4)
@given(random=seeds)
def test_a_mutated_structure_is_refused_or_used(kind: str, random: Random) -> None:
    for _ in range(INPUTS):
        READERS[kind](mutated(random.choice(originals()[kind]), random))
    inputs["structures in DER"] += INPUTS


NAMES = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.EMAIL_ADDRESS, NameOID.SURNAME, NameOID.STREET_ADDRESS)

KEYS = (
    new_key(),
    rsa.generate_private_key(65537, 2048),
    ed25519.Ed25519PrivateKey.generate(),
    ec.generate_private_key(ec.SECP521R1()),
    ec.generate_private_key(ec.BrainpoolP256R1()),
    ec.generate_private_key(ec.SECP224R1()),
)

attributes = st.builds(
    x509.NameAttribute,
    st.sampled_from(NAMES),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
)


@fuzzed(20)
@given(key=st.sampled_from(KEYS), names=st.lists(attributes, max_size=6))
def test_every_valid_request_gets_a_certificate(
    key: ec.EllipticCurvePrivateKey, names: list[x509.NameAttribute]
) -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    pem = builder.sign(key, algorithm).public_bytes(serialization.Encoding.PEM).decode()  # type: ignore[arg-type]
    assert is_strong_csr(pem)
    for chain in (pki().sign(pem), v2g_pki().sign(pem)):
        assert certificates_from_pem(chain)[0].public_key() == key.public_key()
    inputs["valid certificate requests"] += 1


texts = st.text(max_size=40) | st.text("0123456789abcdefABCDEF", max_size=40)


@fuzzed(50)
@given(algorithm=st.sampled_from(HashAlgorithm), name=texts, issuer=texts, serial=texts)
def test_the_lab_answers_about_whatever_a_station_asks(
    algorithm: HashAlgorithm, name: str, issuer: str, serial: str
) -> None:
    assert certificates().ocsp_result(CertificateHash(algorithm, name, issuer, serial)) is None
    inputs["OCSP data of a station"] += 1


@functools.cache
def certificates() -> Iso15118Certificates:
    return Iso15118Certificates("DE-8AA-C12345678-X")


@fuzzed(4)
@given(random=seeds)
def test_no_mutated_image_and_no_mutated_signature_is_valid(random: Random) -> None:
    signer = pki().firmware_signer("Acme")
    (signing,) = certificates_from_pem(signer.chain)
    image = random.randbytes(500)
    signature = sign_firmware(image, key_from_pem(signer.key))
    assert is_firmware_signature_valid(image, signature, signing)
    at = random.randrange(len(image))
    other = image[:at] + bytes([image[at] ^ 1 << random.randrange(8)]) + image[at + 1 :]
    for wrong in (other, image[:at], image + b"\0"):
        assert not is_firmware_signature_valid(wrong, signature, signing)
    for text in ("", signature[1:], signature + signature, "é", "\0", signature.swapcase()):
        assert not is_firmware_signature_valid(image, text, signing)
    assert responder_url(signing) is None
    inputs["firmware signatures"] += 9
