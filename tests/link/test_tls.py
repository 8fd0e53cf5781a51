"""TLS: the security profiles, what each end refuses, and what it reports."""

import ssl

import pytest
from cryptography.hazmat.primitives import serialization
from tests.link.endpoints import HOST, STATION, pki, running_csms

from plugfest import clock
from plugfest.link.attempt import Attempt
from plugfest.link.cipher_suites import ECDSA_SUITES, OCPP_SUITES, RSA_SUITES
from plugfest.link.client import connect
from plugfest.link.errors import HandshakeFault, HandshakeRefused, InvalidTlsSettings
from plugfest.link.tls import TLSVersion, client_context, server_context
from plugfest.ocpp.versions import V201
from plugfest.security.keys import CertifiedKey, KeyKind, key_from_pem
from plugfest.security.pki import CertificateFault, TestPki

TLS12_ONLY = {"maximum": TLSVersion.TLSv1_2}


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str = HOST) -> Attempt:
    """Connect, disconnect and return the attempt as the CSMS reports it."""

    async def main() -> Attempt:
        async with running_csms(tls=server) as csms:
            websocket = await connect(csms.url("wss", host), STATION, protocols=[V201], tls=client)
            await websocket.close()
            return csms.attempts[0]

    return clock.run_simulated(main())


def refused(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[HandshakeRefused, Attempt]:
    """Fail to connect; returns the error of the station and the attempt as the CSMS reports it."""

    async def main() -> tuple[HandshakeRefused, Attempt]:
        async with running_csms(tls=server) as csms:
            with pytest.raises(HandshakeRefused) as caught:
                await connect(csms.url("wss"), STATION, protocols=[V201], tls=client)
            return caught.value, await csms.attempt()

    return clock.run_simulated(main())


def test_an_encrypted_key_is_refused_without_a_question_for_its_pass_phrase():
    mine = pki().station(STATION)
    encryption = serialization.BestAvailableEncryption(b"secret")
    encrypted = key_from_pem(mine.key).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    with pytest.raises(InvalidTlsSettings):
        client_context([], key=CertifiedKey(mine.chain, encrypted.decode()))


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_profile_2_connects(version):
    maximum = TLSVersion.TLSv1_2 if version == "TLSv1.2" else TLSVersion.TLSv1_3
    seen = handshake(server_context(pki().csms(HOST)), client_context([pki().root_pem], maximum=maximum))
    assert seen.http_status == 101
    assert seen.tls is not None
    assert seen.tls.version == version
    assert seen.tls.client_chain == ()


def test_a_station_knows_the_root_that_the_csms_was_verified_with():
    roots = [TestPki(clock.SystemClock().now(), organization="Another").root_pem, pki().root_pem]

    async def root_of(server: ssl.SSLContext | None, client: ssl.SSLContext | None) -> str | None:
        async with running_csms(tls=server) as csms:
            url = csms.url("wss" if server else "ws")
            websocket = await connect(url, STATION, protocols=[V201], tls=client)
            await websocket.close()
            return websocket.server_root

    assert clock.run_simulated(root_of(server_context(pki().csms(HOST)), client_context(roots))) == pki().root_pem
    assert clock.run_simulated(root_of(None, None)) is None


@pytest.mark.parametrize("version", [TLSVersion.TLSv1_2, TLSVersion.TLSv1_3])
def test_in_profile_3_the_csms_gets_the_chain_of_the_station(version):
    key = pki().station(STATION)
    seen = handshake(
        server_context(pki().csms(HOST), client_roots=[pki().root_pem]),
        client_context([pki().root_pem], key=key, maximum=version),
    )
    assert seen.tls is not None
    assert "".join(seen.tls.client_chain[:2]) == key.chain


@pytest.mark.parametrize("suite", OCPP_SUITES)
def test_every_suite_of_the_specification_can_be_agreed_on(suite):
    server = server_context(pki().csms(HOST), pki().csms(HOST, kind=KeyKind.RSA_2048))
    seen = handshake(server, client_context([pki().root_pem], cipher_suites=[suite], **TLS12_ONLY))
    assert seen.tls is not None
    assert seen.tls.cipher_suite == suite


def test_a_pki_with_only_rsa_keys_serves_the_rsa_suites():
    rsa = pki(kind=KeyKind.RSA_2048)
    seen = handshake(
        server_context(rsa.csms(HOST), client_roots=[rsa.root_pem]),
        client_context([rsa.root_pem], key=rsa.station(STATION), cipher_suites=RSA_SUITES, **TLS12_ONLY),
    )
    assert seen.tls is not None
    assert seen.tls.cipher_suite in RSA_SUITES


def test_the_host_name_may_be_the_common_name():
    seen = handshake(server_context(pki().csms("localhost")), client_context([pki().root_pem]), host="localhost")
    assert seen.client_hello is not None
    assert seen.client_hello.server_name == "localhost"


def test_a_root_signed_by_the_root_that_it_replaces_is_trusted_alone():
    successor = pki(successor_of=pki())
    seen = handshake(server_context(successor.csms(HOST)), client_context([successor.root_pem]))
    assert seen.http_status == 101


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (CertificateFault.EXPIRED, "expired"),
        (CertificateFault.NOT_YET_VALID, "not yet valid"),
        (CertificateFault.WRONG_NAME, "IP address mismatch"),
        (CertificateFault.UNKNOWN_ISSUER, "unable to get local issuer"),
        (CertificateFault.WRONG_KEY_USAGE, "purpose"),
    ],
)
def test_a_station_refuses_a_csms_whose_certificate_is_not_valid(fault, text):
    error, seen = refused(server_context(pki().csms(HOST, fault=fault)), client_context([pki().root_pem]))
    assert error.fault is HandshakeFault.CSMS_CERTIFICATE
    assert text in str(error)
    assert seen.tls_failure is not None
    assert seen.tls_failure.startswith("the client sent the alert ")


def test_a_wildcard_name_is_refused():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    station = client_context([pki().root_pem]).wrap_bio(incoming, outgoing, server_hostname="csms.example.test")
    server = server_context(pki().csms("*.example.test")).wrap_bio(outgoing, incoming, server_side=True)
    for end in (station, server):
        with pytest.raises(ssl.SSLWantReadError):
            end.do_handshake()
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        station.do_handshake()


def test_a_station_without_roots_refuses_every_csms():
    error, _ = refused(server_context(pki().csms(HOST)), client_context([]))
    assert error.fault is HandshakeFault.CSMS_CERTIFICATE


def test_a_csms_sends_an_alert_for_an_unknown_issuer():
    server = server_context(pki().csms(HOST), client_roots=[pki().root_pem])
    key = pki().station(STATION, fault=CertificateFault.UNKNOWN_ISSUER)
    error, seen = refused(server, client_context([pki().root_pem], key=key, **TLS12_ONLY))
    assert error.fault is HandshakeFault.CLIENT_CERTIFICATE
    assert error.tls_alert == "unknown_ca"
    assert seen.tls_failure is not None
    assert seen.tls_failure.startswith("the certificate of the client is not valid: ")


def test_in_tls_1_3_the_alert_arrives_after_the_stations_part_of_the_handshake():
    server = server_context(pki().csms(HOST), client_roots=[pki().root_pem])
    error, seen = refused(server, client_context([pki().root_pem]))
    assert error.fault is HandshakeFault.CLIENT_CERTIFICATE
    assert error.tls_alert == "certificate_required"
    assert seen.tls_failure == "the client sent no certificate"


def test_a_station_refuses_a_csms_with_an_old_tls_version():
    server = server_context(pki().csms(HOST), maximum=TLSVersion.TLSv1_1)
    error, seen = refused(server, client_context([pki().root_pem]))
    assert error.fault is HandshakeFault.TLS_VERSION
    assert error.tls_alert == "protocol_version"
    assert seen.client_hello is not None
    assert seen.client_hello.versions == ("TLSv1.3", "TLSv1.2")


def test_a_csms_refuses_a_station_with_an_old_tls_version_and_reports_the_offer():
    client = client_context([pki().root_pem], maximum=TLSVersion.TLSv1_1)
    error, seen = refused(server_context(pki().csms(HOST)), client)
    assert error.fault is HandshakeFault.TLS_VERSION
    assert seen.client_hello is not None
    assert seen.client_hello.versions == ("TLSv1.1",)
    assert seen.tls_failure == "there is no common TLS version; the client offers TLSv1.1"
    assert seen.handshake is None


def test_two_ends_with_only_an_old_tls_version_connect():
    server = server_context(pki().csms(HOST), maximum=TLSVersion.TLSv1_1)
    client = client_context([pki().root_pem], maximum=TLSVersion.TLSv1_1)
    seen = handshake(server, client)
    assert seen.tls is not None
    assert seen.tls.version == "TLSv1.1"


def test_without_a_common_suite_the_csms_sends_an_alert():
    server = server_context(pki().csms(HOST, kind=KeyKind.RSA_2048), cipher_suites=RSA_SUITES, **TLS12_ONLY)
    client = client_context([pki().root_pem], cipher_suites=ECDSA_SUITES, **TLS12_ONLY)
    error, seen = refused(server, client)
    assert error.fault is HandshakeFault.CIPHER_SUITE
    assert error.tls_alert == "handshake_failure"
    assert seen.tls_failure == f"there is no common cipher suite; the client offers {', '.join(ECDSA_SUITES)}"
    assert seen.client_hello is not None
    assert seen.client_hello.cipher_suites[:2] == ECDSA_SUITES


def test_an_error_is_one_line():
    error, _ = refused(
        server_context(pki().csms(HOST, fault=CertificateFault.EXPIRED)), client_context([pki().root_pem])
    )
    assert str(error) == "the CSMS's certificate is not valid: certificate has expired"


@pytest.mark.parametrize(
    "make",
    [
        lambda: client_context(["no certificate"]),
        lambda: client_context([], cipher_suites=["TLS_NONE"]),
        lambda: client_context([], cipher_suites=[]),
        lambda: client_context([], key=CertifiedKey(pki().station("a").chain, pki().station("b").key)),
        lambda: server_context(pki().csms(HOST, fault=CertificateFault.WEAK_KEY)),
    ],
    ids=["root", "unknown suite", "no suite", "key of another certificate", "weak key"],
)
def test_settings_that_cannot_be_used_are_refused_in_one_line(make):
    with pytest.raises(InvalidTlsSettings) as caught:
        make()
    assert "\n" not in str(caught.value)
