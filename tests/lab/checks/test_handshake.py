"""The commonName of a station's certificate, and the credentials that it sends besides a certificate."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.lab.scripted_campaign import campaign

from plugfest.lab.case import case
from plugfest.lab.checks.handshake import check_common_name, recommend_no_credentials
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import Level, Verdict
from plugfest.link.attempt import Attempt
from plugfest.link.handshake import Handshake

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(attribute: x509.ObjectIdentifier, value: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(attribute, value)])
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1))
    return builder.sign(key, hashes.SHA256())


@pytest.mark.parametrize(
    ("presented", "serial_number", "verdict"),
    [
        (certificate(NameOID.COMMON_NAME, "SN-1"), "SN-1", Verdict.PASS),
        (certificate(NameOID.COMMON_NAME, "SN-1"), "SN-2", Verdict.FAIL),
        (certificate(NameOID.COMMON_NAME, "SN-1"), None, Verdict.PASS),
        (certificate(NameOID.ORGANIZATION_NAME, "CPO"), None, Verdict.FAIL),
    ],
)
def test_a_serial_number_that_was_not_reported_is_not_compared(
    presented: x509.Certificate, serial_number: str | None, verdict: Verdict
) -> None:
    @case("TC_X_01_CS")
    async def check(bench: Bench) -> None:
        check_common_name(bench, presented, serial_number)

    (result,) = campaign(check)
    assert result.verdict is verdict


@pytest.mark.parametrize(("authorization", "levels"), [(None, []), ("Basic Zm9vOmJhcg==", [Level.SHOULD])])
def test_a_station_with_a_certificate_is_recommended_to_send_no_password(
    authorization: str | None, levels: list[Level]
) -> None:
    @case("TC_X_01_CS")
    async def check(bench: Bench) -> None:
        handshake = Handshake("CP", "/CP", (), authorization, None)
        recommend_no_credentials(bench, Attempt("127.0.0.1:1", 0.0, handshake=handshake))

    (result,) = campaign(check)
    assert result.verdict is Verdict.PASS
    assert [finding.level for finding in result.findings] == levels
