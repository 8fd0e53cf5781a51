"""A02 Update Charging Station Certificate by request of CSMS."""

from plugfest.lab.case import ConnectionRequirement, case
from plugfest.lab.checks.station_certificate import STRONG_CSR
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.certificate_installed import v2g_root_installed
from plugfest.lab.v201.memory.charging_station_certificate_renewed import (
    CHARGING_STATION,
    charging_station_certificate_renewed,
    connected_with_renewed,
    sign_certificate_received,
    signing_requested,
)
from plugfest.lab.v201.memory.v2g_certificate_renewed import v2g_certificate_renewed
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.pki import CertificateFault

CLIENT_CERTIFICATE = ConnectionRequirement((3,))

WAIT_MINIMUM = 15
"""CertSigningWaitMinimum in seconds: the second wait, twice as long, is longer by more than the tolerance."""


@case(
    "TC_A_11_CS",
    requirements=("A02.FR.02", "A02.FR.03", "A02.FR.06", "A02.FR.08", "F06.FR.04", "F06.FR.05", "F06.FR.10"),
    connected=CLIENT_CERTIFICATE,
)
async def success(bench: Bench) -> None:
    bench.step(1)
    await charging_station_certificate_renewed(bench)


@case(
    "TC_A_12_CS",
    requirements=(
        "A02.FR.02",
        "A02.FR.03",
        "A02.FR.06",
        "A02.FR.13",
        "A02.FR.15",
        "F06.FR.04",
        "F06.FR.05",
        "F06.FR.10",
    ),
    before=v2g_root_installed,  # Part 2 section 2.2: without it the station has to reject the certificate
)
async def v2g_certificate(bench: Bench) -> None:
    bench.step(1)
    await v2g_certificate_renewed(bench)


@case(
    "TC_A_13_CS",
    requirements=("A00.FR.428", "A02.FR.02", "A02.FR.03", "A02.FR.06"),
    connected=CLIENT_CERTIFICATE,
    before=v2g_root_installed,
)
async def combined_certificate(bench: Bench) -> None:
    """Without certificateType the certificate is for both uses; the station presents it to the CSMS (A02.FR.08)."""
    bench.csms.inbox.set_mark()
    await bench.step(2).call(
        m.TriggerMessageRequest(requested_message=t.MessageTriggerEnumType.SignCombinedCertificate), status="Accepted"
    )
    request = await bench.step(3).expect(m.SignCertificateRequest, csr=STRONG_CSR, certificate_type=UNSET)
    v2g = bench.commissioner.iso15118.v2g
    chain = v2g.sign(request.message.csr)
    settings = bench.commissioner.tls(bench.commissioner.profile, station_roots=(v2g.root_pem,))
    await bench.csms.main.change_tls(settings)
    before = bench.csms.connection_count
    await bench.step(6).call(m.CertificateSignedRequest(certificate_chain=chain), status="Accepted")
    bench.commissioner.invalidate()
    await connected_with_renewed(bench.step("A02.FR.08", "A02.FR.08"), chain, before)


@case("TC_A_14_CS", requirements=("A02.FR.07", "A03.FR.07"), connected=CLIENT_CERTIFICATE)
async def invalid_certificate(bench: Bench) -> None:
    bench.step(3)
    request = await signing_requested(bench)
    chain = bench.commissioner.pki.sign(request.message.csr, fault=CertificateFault.UNKNOWN_ISSUER)
    bench.step(6, "A02.FR.07")
    await bench.call(
        m.CertificateSignedRequest(certificate_chain=chain, certificate_type=CHARGING_STATION), status="Rejected"
    )
    bench.step(7, "A02.FR.07")
    await bench.expect(m.SecurityEventNotificationRequest, type="InvalidChargingStationCertificate")


@case("TC_A_15_CS", requirements=("A02.FR.12",), connected=CLIENT_CERTIFICATE)
async def sign_certificate_rejected(bench: Bench) -> None:
    bench.csms.answers.override(
        m.SignCertificateRequest, lambda _: m.SignCertificateResponse(status=t.GenericStatusEnumType.Rejected)
    )
    bench.step(3)
    await signing_requested(bench)
    # The station repeats only an accepted request (A02.FR.17).
    await bench.silence(m.SignCertificateRequest, seconds=bench.settings.time_tolerance)


@case(
    "TC_A_23_CS",
    requirements=("A02.FR.17", "A02.FR.18"),
    configuration={
        "SecurityCtrlr.CertSigningWaitMinimum": str(WAIT_MINIMUM),
        "SecurityCtrlr.CertSigningRepeatTimes": "1",
    },
    connected=CLIENT_CERTIFICATE,
)
async def certificate_signed_timeout(bench: Bench) -> None:
    bench.step(3)
    requests = [await signing_requested(bench)]
    for step, wait in ((5, WAIT_MINIMUM), (8, 2 * WAIT_MINIMUM)):
        bench.step(step, "A02.FR.17" if step == 5 else "A02.FR.18")
        again = await sign_certificate_received(bench, within=wait + bench.settings.function_timeout)
        waited = again.at - requests[-1].at
        bench.check(
            waited >= wait - bench.settings.time_tolerance,
            f"at least {wait} s until the next SignCertificateRequest",
            f"{waited:.1f} s",
            frame=again.frame.index,
        )
        requests.append(again)
    statuses = []
    for step, request in zip((12, 14, 16), requests, strict=True):
        bench.step(step)
        chain = bench.commissioner.pki.sign(request.message.csr)
        connections_before = bench.csms.connection_count
        response = await bench.ask(
            m.CertificateSignedRequest(certificate_chain=chain, certificate_type=CHARGING_STATION)
        )
        statuses.append(response.status)
        if response.status == "Accepted":
            await connected_with_renewed(bench, chain, connections_before)
    bench.commissioner.invalidate()
    bench.check(
        "Accepted" in statuses, "status Accepted for one of the three certificates (erratum 6.2.5)", ", ".join(statuses)
    )
