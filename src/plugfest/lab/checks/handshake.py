"""Checks of the TLS handshake and the HTTP upgrade request of a station."""

from collections.abc import Iterator

from cryptography import x509

from plugfest.lab.bench import AnyBench
from plugfest.lab.verdict import NotEquipped
from plugfest.link.attempt import Attempt
from plugfest.security.certificates import InvalidCertificate, certificates_from_pem, common_name
from plugfest.security.keys import CertifiedKey, weakness
from plugfest.security.pki import CertificateFault
from plugfest.security.profile import SecurityProfile

OUTDATED = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})

REQUIRED_SUITES = (
    frozenset({"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"}),
    frozenset({"TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384"}),
)
"""A station offers at least one of these pairs (A00.FR.422; in 1.6 also A00.FR.318)."""


async def next_attempt(bench: AnyBench, after: int, *, within: float | None = None) -> Attempt:
    """The next attempt to connect to the main endpoint after the first `after` ones.

    Raises NotEquipped if there were attempts meanwhile, but from other hosts than those of the station.
    """
    seconds = bench.settings.reconnect_timeout if within is None else within
    main = bench.csms.main
    others = main.other_attempts
    attempt = await main.next_attempt(after=after, within=seconds)
    if attempt is None and main.other_attempts > others:
        raise NotEquipped(
            f"within {seconds:g} s only hosts from which the station has not connected before tried to connect:"
            " they are not known to be the station"
        )
    if attempt is None:
        bench.judge.fail_missing("an attempt to connect", "", f"none within {seconds:g} s")
    assert attempt is not None
    return attempt


def check_tls(bench: AnyBench, attempt: Attempt) -> None:
    """The TLS versions and cipher suites that the station offers, and the TLS version in use.

    A00.FR.313, A00.FR.416, A00.FR.422.
    """
    hello = attempt.client_hello
    bench.check(hello is not None, "a TLS handshake that begins with a ClientHello", "none")
    assert hello is not None
    outdated = sorted(OUTDATED & set(hello.versions))
    bench.check(not outdated, "no TLS version below 1.2 is offered", ", ".join(outdated))
    offered = set(hello.cipher_suites)
    expected = " or ".join(" and ".join(sorted(pair)) for pair in REQUIRED_SUITES)
    bench.check(any(pair <= offered for pair in REQUIRED_SUITES), expected, ", ".join(hello.cipher_suites))
    bench.check(attempt.tls is not None, "a TLS handshake that succeeds", attempt.tls_failure)
    version = attempt.tls.version if attempt.tls else None
    bench.check(version in ("TLSv1.2", "TLSv1.3"), "TLS 1.2 or above in use", version)


def check_credentials(bench: AnyBench, attempt: Attempt, password: str) -> None:
    """The Authorization header of the upgrade request, and the identity at the end of its URL (A00.FR.202 to 205)."""
    handshake = attempt.handshake
    bench.check(handshake is not None, "an HTTP upgrade request", attempt.tls_failure or "none")
    assert handshake is not None
    identity = bench.settings.identity
    bench.check(handshake.identity == identity, f"{identity} at the end of the URL", handshake.path)
    scheme = (handshake.authorization or "").partition(" ")[0]
    bench.check(scheme == "Basic", "an Authorization header of the Basic scheme", scheme or "none")
    user, sent = handshake.credentials or ("", "")
    bench.check(user == identity, f"the user name {identity}", user)
    # A01.FR.12: no password in the record
    bench.check(sent == password, "the current password", "another one")


def recommend_no_credentials(bench: AnyBench, attempt: Attempt) -> None:
    """No password in the upgrade request of a station that authenticates with a certificate.

    A recommendation: Part 6 has it in a note, and Part 2 does not forbid it.
    """
    sent = attempt.handshake is not None and attempt.handshake.authorization is not None
    bench.recommend(not sent, "an upgrade request without an Authorization header", "one with an Authorization header")


def check_handshake_refused(bench: AnyBench, attempt: Attempt, reason: str) -> None:
    """The station aborted the TLS handshake for this reason: it sent no upgrade request."""
    bench.check(attempt.client_hello is not None, "a TLS handshake that begins with a ClientHello", "none")
    bench.check(attempt.handshake is None, f"the station does not connect: {reason}", "it sent its upgrade request")


def invalid_certificates(bench: AnyBench) -> Iterator[tuple[str, CertifiedKey]]:
    """Invalid certificates of the CSMS, each with the reason why it is invalid."""
    host, pki = bench.settings.host, bench.commissioner.pki
    yield "the certificate has expired", pki.csms(host, fault=CertificateFault.EXPIRED)
    yield "the certificate is not valid yet", pki.csms(host, fault=CertificateFault.NOT_YET_VALID)
    yield "the certificate is not signed by an installed root", pki.csms(host, fault=CertificateFault.UNKNOWN_ISSUER)
    yield "the certificate is for another host", pki.csms(host, fault=CertificateFault.WRONG_NAME)


async def check_refuses_certificate(
    bench: AnyBench, reason: str, key: CertifiedKey, *, steps: tuple[int, int, int]
) -> None:
    """The station refuses an invalid certificate of the CSMS, and connects again when the CSMS has a valid one.

    `steps`: the connection is lost; the station refuses the invalid certificate; it is connected again.
    """
    main, profile = bench.csms.main, bench.commissioner.profile
    lost, refused, back = steps
    before, tried = bench.csms.connection_count, len(main.attempts)
    await main.change_tls(bench.commissioner.tls_with(key, profile=profile))
    bench.step(lost)
    bench.csms.drop_connection()
    attempt = await next_attempt(bench, tried)
    # The documents wait for some time instead. The lab sees the failed attempt, and uses a valid certificate after it.
    await main.change_tls(bench.commissioner.tls(profile))
    bench.step(refused)
    check_handshake_refused(bench, attempt, reason)
    bench.step(back)
    await check_reconnects(bench, before)


async def check_reconnects(bench: AnyBench, before: int) -> None:
    """The station connects again, after the first `before` connections."""
    back = await bench.csms.wait_connected(within=bench.settings.reconnect_timeout, after=before)
    bench.check(back, "the station connects again", f"not connected; {bench.csms.main.last_refusal()}")


async def check_no_downgrade(bench: AnyBench, *, steps: tuple[int, int], seconds: float) -> None:
    """A station with security profile 2 does not connect to an endpoint with profile 1 (A00.FR.005).

    `steps`: it does not connect for so many seconds; it is connected again.
    """
    main = bench.csms.main
    bench.step(steps[0], "A00.FR.005")
    before, tried = bench.csms.connection_count, len(main.attempts)
    await main.serve(SecurityProfile.BASIC, None)
    bench.csms.drop_connection()
    await next_attempt(bench, tried)
    await bench.wait(seconds)
    upgrades = [attempt for attempt in main.attempts[tried:] if attempt.handshake is not None]
    bench.check(not upgrades, "no connection with security profile 1", f"{len(upgrades)} attempts")
    bench.step(steps[1])
    await main.serve(SecurityProfile.TLS_BASIC, bench.commissioner.tls(SecurityProfile.TLS_BASIC))
    await check_reconnects(bench, before)


def client_certificate(bench: AnyBench, attempt: Attempt) -> x509.Certificate:
    """The client certificate that the station presents (A00.FR.401, A00.FR.402)."""
    chain = attempt.tls.client_chain if attempt.tls else ()
    bench.check(bool(chain), "a client certificate", "none")
    try:
        return certificates_from_pem(chain[0])[0]
    except InvalidCertificate as error:
        bench.check(False, "a client certificate that can be read", error)
        raise


def check_properties(bench: AnyBench, certificate: x509.Certificate, *, step: int) -> None:
    """The key is long enough and there is a serial number (A00.FR.502, A00.FR.503, A00.FR.508)."""
    weak = weakness(certificate.public_key())
    bench.step(step, "A00.FR.502, A00.FR.503")
    bench.check(weak is None, "a key of at least 2048 bits (RSA, DSA) or 224 bits (EC)", weak)
    bench.step(step, "A00.FR.508")
    bench.check(certificate.serial_number > 0, "a serial number", certificate.serial_number)


def check_common_name(bench: AnyBench, certificate: x509.Certificate, serial_number: str | None) -> None:
    """The commonName of the certificate is the serial number of the station, if that is known (A00.FR.511)."""
    subject, name = certificate.subject.rfc4514_string(), common_name(certificate)
    matches = bool(name) if serial_number is None else name == serial_number
    bench.check(matches, f"commonName {serial_number or 'with the serial number'}", subject)
