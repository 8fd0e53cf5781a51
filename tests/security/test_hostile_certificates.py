"""Certificates of a CSMS that are valid but weak, or in endless chains, at the TLS handshake and in messages."""

import functools
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from plugfest.link.tls import client_context
from plugfest.security.certificates import certificate_to_pem
from plugfest.security.chains import UntrustedChain, verify_chain
from plugfest.security.keys import KeyKind, key_to_pem, new_key, subject
from plugfest.security.pki import Authority

HOST = "csms.example.test"

NOW = datetime.now(UTC)

SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")

MD5_WITH_RSA = bytes.fromhex("06092a864886f70d010104")

SHA1_WITH_RSA = bytes.fromhex("06092a864886f70d010105")


def certified(name: str, issuer: Authority | None, *, ca: bool, key: rsa.RSAPrivateKey | None = None) -> Authority:
    """A certificate for a day, with PKCS #1 signatures."""
    own = key or new_key(KeyKind.RSA_2048)
    holder = subject(name, "CPO")
    builder = x509.CertificateBuilder(
        issuer.certificate.subject if issuer else holder,
        holder,
        own.public_key(),
        x509.random_serial_number(),
        NOW - timedelta(hours=1),
        NOW + timedelta(days=1),
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return Authority(builder.sign(issuer.key if issuer else own, hashes.SHA256()), own)


@functools.cache
def root() -> Authority:
    return certified("Root", None, ca=True)


@functools.cache
def leaf() -> Authority:
    return certified(HOST, root(), ca=False)


def signed_with(algorithm: hashes.HashAlgorithm, identifier: bytes) -> x509.Certificate:
    """The leaf with a right signature by a weak algorithm."""
    der = leaf().certificate.public_bytes(Encoding.DER).replace(SHA256_WITH_RSA, identifier)
    unsigned = x509.load_der_x509_certificate(der)
    issuer = root().key
    assert isinstance(issuer, rsa.RSAPrivateKey)
    signature = issuer.sign(unsigned.tbs_certificate_bytes, padding.PKCS1v15(), algorithm)
    return x509.load_der_x509_certificate(der.replace(unsigned.signature, signature))


def long_chain(length: int) -> tuple[Authority, list[x509.Certificate]]:
    """A leaf and its chain, with so many sub-CAs that have the same key."""
    issuer, chain = root(), []
    key = new_key(KeyKind.RSA_2048)
    assert isinstance(key, rsa.RSAPrivateKey)
    for number in range(length):
        issuer = certified(f"Sub-CA {number}", issuer, ca=True, key=key)
        chain.append(issuer.certificate)
    last = certified(HOST, issuer, ca=False, key=key)
    return last, [last.certificate, *reversed(chain)]


def handshake(folder: Path, key: Authority, chain: list[x509.Certificate]) -> None:
    """A handshake of a station with a CSMS that accepts every security level. Raises ssl.SSLError."""
    file = folder / "csms.pem"
    file.write_text(key_to_pem(key.key) + "".join(map(certificate_to_pem, chain)))
    permissive = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    permissive.set_ciphers("ALL:@SECLEVEL=0")
    permissive.load_cert_chain(file)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    station = client_context([certificate_to_pem(root().certificate)]).wrap_bio(
        incoming, outgoing, server_hostname=HOST
    )
    csms = permissive.wrap_bio(outgoing, incoming, server_side=True)
    for end in (station, csms):
        with pytest.raises(ssl.SSLWantReadError):
            end.do_handshake()
    station.do_handshake()


def is_trusted_in_messages(chain: list[x509.Certificate]) -> bool:
    try:
        verify_chain(chain, [root().certificate], NOW)
    except UntrustedChain:
        return False
    return True


def test_the_same_chain_without_a_defect_is_trusted(tmp_path: Path) -> None:
    handshake(tmp_path, leaf(), [leaf().certificate])
    assert is_trusted_in_messages([leaf().certificate])


@pytest.mark.parametrize(
    ("algorithm", "identifier"), [(hashes.MD5(), MD5_WITH_RSA), (hashes.SHA1(), SHA1_WITH_RSA)], ids=["MD5", "SHA-1"]
)
def test_a_weak_signature_is_refused(tmp_path: Path, algorithm: hashes.HashAlgorithm, identifier: bytes) -> None:
    chain = [signed_with(algorithm, identifier)]
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, leaf(), chain)
    assert not is_trusted_in_messages(chain)


def test_a_weak_key_is_refused(tmp_path: Path) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    chain = [certified(HOST, root(), ca=False, key=weak)]
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, chain[0], [chain[0].certificate])
    assert not is_trusted_in_messages([chain[0].certificate])


def test_an_issuer_that_is_not_a_ca_is_refused(tmp_path: Path) -> None:
    last = certified("other.example.test", leaf(), ca=False)
    chain = [last.certificate, leaf().certificate]
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, last, chain)
    assert not is_trusted_in_messages(chain)


def test_a_chain_of_50_has_an_answer_and_is_no_chain_for_a_message(tmp_path: Path) -> None:
    last, chain = long_chain(50)
    handshake(tmp_path, last, chain)  # OpenSSL verifies up to 100
    assert not is_trusted_in_messages(chain)
