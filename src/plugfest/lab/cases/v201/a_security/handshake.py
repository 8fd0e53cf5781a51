"""What a station shows when it connects, and whether that is secure enough."""

from plugfest.lab.bench import Bench
from plugfest.link.attempt import Attempt

OUTDATED = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})

SUITES = (
    frozenset({"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"}),
    frozenset({"TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384"}),
)
"""One of these pairs, at least (A00.FR.422)."""


async def attempted(bench: Bench, after: int, *, within: float | None = None) -> Attempt:
    """The next attempt to connect to the main endpoint after the first `after` ones."""
    seconds = bench.settings.reconnect_timeout if within is None else within
    attempt = await bench.csms.main.attempted(after=after, within=seconds)
    if attempt is None:
        bench.judge.missing("an attempt to connect", "", f"none within {seconds:g} s")
    assert attempt is not None
    return attempt


def check_tls(bench: Bench, attempt: Attempt) -> None:
    """What the station offers and what was agreed on (A00.FR.313, A00.FR.416, A00.FR.422)."""
    hello = attempt.client_hello
    bench.check(hello is not None, "a TLS handshake that begins with a ClientHello", "none")
    assert hello is not None
    outdated = sorted(OUTDATED & set(hello.versions))
    bench.check(not outdated, "no TLS version below 1.2 is offered", ", ".join(outdated))
    offered = set(hello.cipher_suites)
    expected = " or ".join(" and ".join(sorted(pair)) for pair in SUITES)
    bench.check(any(pair <= offered for pair in SUITES), expected, ", ".join(hello.cipher_suites))
    bench.check(attempt.tls is not None, "a TLS handshake that succeeds", attempt.tls_failure)
    version = attempt.tls.version if attempt.tls else None
    bench.check(version in ("TLSv1.2", "TLSv1.3"), "TLS 1.2 or above in use", version)


def check_credentials(bench: Bench, attempt: Attempt, password: str) -> None:
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
    bench.check(sent == password, "the password that is in force", "another one")


def check_refused(bench: Bench, attempt: Attempt, why: str) -> None:
    """The station broke the handshake off: it sent no upgrade request over such a connection."""
    bench.check(attempt.client_hello is not None, "a TLS handshake that begins with a ClientHello", "none")
    bench.check(attempt.handshake is None, f"the station does not connect: {why}", "it sent its upgrade request")
