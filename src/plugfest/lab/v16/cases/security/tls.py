"""A00 Security: the TLS handshakes of security profiles 2 and 3."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import (
    check_common_name,
    check_credentials,
    check_properties,
    check_reconnects,
    check_refuses_certificate,
    check_tls,
    client_certificate,
    invalid_certificates,
    next_attempt,
)
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.booted import optional_boot
from plugfest.link.attempt import Attempt
from plugfest.ocpp.v16 import messages as m
from plugfest.security.certificates import organization
from plugfest.security.profile import SecurityProfile

TLS = ConnectionRequirement((2, 3))


async def _reconnect(bench: Bench) -> Attempt:
    """The lab closes the connection, and the station connects again."""
    attempts_before, connections_before = len(bench.csms.main.attempts), bench.csms.connection_count
    bench.csms.drop_connection()
    attempt = await next_attempt(bench, attempts_before)
    check_tls(bench, attempt)
    await check_reconnects(bench, connections_before)
    await optional_boot(bench)
    return attempt


@case(
    "TC_078_CS",
    requirements=("A00.FR.307", "A00.FR.308", "A00.FR.309", "A00.FR.310", "A00.FR.411", "A00.FR.412", "A00.FR.414"),
    configuration={"AllowCSMSTLSWildcards": "false"},
    connected=TLS,
)
async def invalid_server_certificates(bench: Bench) -> None:
    """Derived: the document does not name the fault; the lab uses those that A00 requires to be checked."""
    bench.step(1)
    await _reconnect(bench)
    for defect, key in invalid_certificates(bench):
        await check_refuses_certificate(bench, defect, key, steps=(2, 3, 4))
        await optional_boot(bench)
        bench.step(5, "A00.FR.309, A00.FR.413")
        await bench.expect(m.SecurityEventNotificationRequest, type="InvalidCentralSystemCertificate")


@case(
    "TC_086_CS",
    requirements=("A00.FR.311", "A00.FR.312", "A00.FR.318", "A00.FR.415", "A00.FR.416", "A00.FR.422"),
    connected=TLS,
)
async def valid_server_certificate(bench: Bench) -> None:
    """Derived: ClientHello, handshake, HTTP upgrade."""
    bench.step(1)
    attempt = await _reconnect(bench)
    if bench.commissioner.profile.uses_password:
        bench.step(4, "A00.FR.301, A00.FR.302, A00.FR.303")
        check_credentials(bench, attempt, bench.csms.password)


@case(
    "TC_087_CS",
    requirements=("A00.FR.401", "A00.FR.402", "A00.FR.415", "A00.FR.416", "A00.FR.422", "A00.FR.507"),
    connected=ConnectionRequirement((SecurityProfile.TLS_CLIENT_CERTIFICATE,)),
)
async def valid_client_certificate(bench: Bench) -> None:
    """Derived. The commonName is compared if the station has reported its serial number, which is optional (6.3)."""
    bench.step(1)
    attempt = await _reconnect(bench)
    bench.step(3)
    certificate = client_certificate(bench, attempt)
    check_properties(bench, certificate, step=3)
    bench.step(3, "A00.FR.509")
    name = organization(certificate)
    bench.check(bool(name), "an organizationName", name)
    bench.step(3, "A00.FR.511")
    check_common_name(bench, certificate, bench.ledger.serial_number)
