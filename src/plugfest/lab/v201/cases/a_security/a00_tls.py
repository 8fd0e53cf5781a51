"""A00 Security: the TLS handshakes of security profiles 2 and 3."""

from collections.abc import Iterator

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.handshake import (
    check_common_name,
    check_credentials,
    check_handshake_refused,
    check_properties,
    check_refuses_certificate,
    check_tls,
    client_certificate,
    invalid_certificates,
    next_attempt,
    recommend_no_credentials,
)
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.b_provisioning.network_profiles import only_the_active_slot
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.states.booted import AFTER_RESET, boot_reported, booting
from plugfest.link.tls import TLSVersion
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.security.keys import CertifiedKey
from plugfest.security.profile import SecurityProfile

TLS = ConnectionRequirement((2, 3))


@case(
    "TC_A_04_CS",
    requirements=("A00.FR.309", "A00.FR.312", "A00.FR.313", "A00.FR.319", "A00.FR.321", "A00.FR.412", "A00.FR.422"),
    connected=TLS,
    before=booting,
)
async def valid_server_certificate(bench: Bench) -> None:
    attempts_before = len(bench.csms.main.attempts)
    bench.step(2)
    attempt = await next_attempt(bench, attempts_before, within=bench.settings.boot_timeout)
    check_tls(bench, attempt)
    bench.step(5)
    if bench.commissioner.profile.uses_password:
        check_credentials(bench, attempt, bench.csms.password)
    else:
        recommend_no_credentials(bench, attempt)
    bench.step(7)
    await boot_reported(bench, security=False, reason=AFTER_RESET)


def _refusal_configuration(bench: Bench) -> Iterator[Need]:
    yield from only_the_active_slot(bench)
    yield from needs(
        {
            "OCPPCommCtrlr.NetworkProfileConnectionAttempts": "3",
            "SecurityCtrlr.AllowCSMSTLSWildcards": "false",  # erratum 6.2.4
        }
    )


def _bad_certificates(bench: Bench) -> Iterator[tuple[str, CertifiedKey]]:
    """Server certificates that the station has to refuse, each with its defect (erratum 6.2.3)."""
    yield from invalid_certificates(bench)
    _, dot, domain = bench.settings.host.partition(".")
    if dot:
        yield "the certificate is for a wildcard host name", bench.commissioner.pki.csms(f"*.{domain}")


@case(
    "TC_A_05_CS",
    requirements=("A00.FR.309", "A00.FR.310", "A00.FR.311", "A00.FR.412", "A00.FR.413", "A00.FR.414"),
    configuration=_refusal_configuration,
    connected=TLS,
)
async def invalid_server_certificates(bench: Bench) -> None:
    for defect, key in _bad_certificates(bench):
        await check_refuses_certificate(bench, defect, key, steps=(5, 7, 9))
        bench.step(11, "A00.FR.311, A00.FR.414")
        await bench.expect(m.SecurityEventNotificationRequest, type="InvalidCsmsCertificate")


@case(
    "TC_A_06_CS",
    requirements=("A00.FR.314", "A00.FR.316", "A00.FR.416", "A00.FR.417", "A00.FR.419"),
    configuration={"OCPPCommCtrlr.NetworkProfileConnectionAttempts": "1"},
    connected=TLS,
)
async def tls_version_too_low(bench: Bench) -> None:
    main, profile = bench.csms.main, bench.commissioner.profile
    original_tls = bench.commissioner.tls(profile)
    key = bench.commissioner.pki.csms(bench.settings.host)
    attempts_before = len(main.attempts)
    await main.change_tls(bench.commissioner.tls_with(key, profile=profile, maximum=TLSVersion.TLSv1_1))
    bench.csms.inbox.set_mark()
    await booting(bench)
    bench.step(1)
    attempt = await next_attempt(bench, attempts_before, within=bench.settings.boot_timeout)
    await main.change_tls(original_tls)
    bench.step(3)
    check_handshake_refused(bench, attempt, "only TLS below 1.2 is offered")
    bench.step(5)
    second_attempt = await next_attempt(bench, attempts_before + 1)
    check_tls(bench, second_attempt)
    bench.step(10)
    await boot_reported(bench, reason=AFTER_RESET)
    bench.step(16)  # optional: the station may not know why the handshake failed
    await bench.expect_optional(
        m.SecurityEventNotificationRequest, within=bench.settings.time_tolerance, type="InvalidTLSVersion"
    )


@case(
    "TC_A_07_CS",
    requirements=(
        "A00.FR.401",
        "A00.FR.402",
        "A00.FR.415",
        "A00.FR.416",
        "A00.FR.422",
        "A00.FR.502",
        "A00.FR.503",
        "A00.FR.507",
        "A00.FR.508",
        "A00.FR.511",
    ),
    connected=ConnectionRequirement((SecurityProfile.TLS_CLIENT_CERTIFICATE,)),
    before=booting,
)
async def valid_client_certificate(bench: Bench) -> None:
    attempts_before = len(bench.csms.main.attempts)
    bench.step(4)
    attempt = await next_attempt(bench, attempts_before, within=bench.settings.boot_timeout)
    check_tls(bench, attempt)
    certificate = client_certificate(bench, attempt)
    check_properties(bench, certificate, step=4)
    bench.step(7)
    boot = await boot_reported(bench, security=False, reason=AFTER_RESET)
    bench.step(4, "A00.FR.511")
    reported = given(boot.message.charging_station.serial_number)
    check_common_name(bench, certificate, reported or bench.configuration.value("ChargingStation.SerialNumber") or None)
