"""Wrong in block A: whom a station believes, what it keeps secret, what it tells of attacks."""

import itertools
from typing import Any

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed
from plugfest.rig.selftest.behaviours.omitted_messages import without_event
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.rig.selftest.behaviours.weak_tls import (
    any_date,
    any_host,
    anybodys_chain,
    first_suite_only,
    no_verification,
    old_tls,
)
from plugfest.security.keys import KeyKind
from plugfest.station.blocks.a_security import events, renewal
from plugfest.station.blocks.b_provisioning.v201 import network as network_block
from plugfest.station.connection.connection_opener import ConnectionOpener
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.security import trust_store
from plugfest.station.security.station_certificate import StationCertificate


def _once_more_every_second(right: Function) -> Function:
    """Ask again although the CSMS said no."""

    async def ask(self: Any, request: str) -> bool:
        await right(self, request)
        return True

    return ask


def _one_second(right: Function) -> Function:
    return lambda self: tuple(1 for _ in range(3))


def _same_wait(right: Function) -> Function:
    return lambda minimum, increments: itertools.repeat(minimum, increments + 1)


def _no_downgrade_check(right: Function) -> Function:
    def decide(slot: int, profile: Any, network_state: Any) -> Any:
        return right(slot, profile, network_state._replace(active=min(network_state.supported)))

    return decide


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong(
        "any certificate of a CSMS is good enough",
        "A00.FR.308",
        "TC_A_05",
        Patch(trust_store, "client_context", changed(no_verification)),
    ),
    wrong(
        "the name in the certificate of a CSMS does not matter",
        "A00.FR.309",
        "TC_A_05",
        Patch(trust_store, "client_context", changed(any_host)),
    ),
    wrong(
        "a certificate of a CSMS that has expired is good enough",
        "A00.FR.308",
        "TC_A_05",
        Patch(trust_store, "client_context", changed(any_date)),
    ),
    wrong(
        "TLS 1.1 is good enough",
        "A00.FR.313",
        "TC_A_06",
        Patch(trust_store, "client_context", changed(old_tls)),
    ),
    wrong(
        "only one cipher suite is offered",
        "A00.FR.319",
        "TC_A_04",
        Patch(trust_store, "client_context", first_suite_only),
    ),
    wrong(
        "nobody hears of a bad certificate of a CSMS",
        "A00.FR.310",
        "TC_A_05",
        Patch(events, "security_event_of", NOTHING),
    ),
    wrong(
        "no security event is ever sent",
        "A04.FR.01",
        "TC_A_05 TC_A_14",
        Patch(events.SecurityEvents, "report", NOTHING),
    ),
    wrong(
        "the password is accepted and the old one used",
        "A01.FR.01",
        "TC_A_09",
        Patch(ConnectionOpener, "_credentials", changed(lambda pair: (pair[0], "plugfest-station-01"))),
    ),
    wrong(
        "a new password is not used before the next loss of the connection",
        "A01.FR.01",
        "TC_A_09",
        Patch(events.SecurityEvents, "password_changed", NOTHING),
    ),
    wrong(
        "a security profile may be lowered",
        "B09.FR.04",
        "TC_A_22",
        Patch(network_block, "profile_rejection", _no_downgrade_check),
    ),
    wrong(
        "a security profile for which there is no root is accepted",
        "A05.FR.02",
        "TC_A_20",
        Patch(network_block, "priority_rejection", NOTHING),
    ),
    wrong(
        "less secure profiles are kept after the upgrade",
        "A05.FR.06",
        "TC_A_19",
        Patch(NetworkProfiles, "mark_connected", lambda right: lambda self, slot: self._connected.put("last", slot)),
    ),
    wrong(
        "any certificate is taken for its own",
        "A02.FR.06",
        "TC_A_14",
        Patch(renewal, "certificate_problem", NOTHING),
    ),
    wrong(
        "a certificate that somebody else has signed is taken for its own",
        "A02.FR.06",
        "TC_A_14",
        Patch(renewal, "certificate_problem", anybodys_chain),
    ),
    wrong(
        "nobody hears of a bad certificate of its own",
        "A02.FR.07",
        "TC_A_14",
        without_event("InvalidChargingStationCertificate"),
    ),
    wrong(
        "a renewed certificate is accepted and not used",
        "A02.FR.08",
        "TC_A_11",
        Patch(StationCertificate, "renew", lambda right: lambda self, chain: self._keys.delete("awaited")),
    ),
    wrong(
        "a signing request is repeated though the CSMS refused it",
        "A02.FR.12",
        "TC_A_15",
        Patch(renewal.CertificateRenewal, "_is_accepted", _once_more_every_second),
        Patch(renewal.CertificateRenewal, "_retry_delays", _one_second),
    ),
    wrong(
        "a signing request is not repeated though no certificate comes",
        "A02.FR.17",
        "TC_A_23",
        Patch(renewal.CertificateRenewal, "_retry_delays", always(())),
    ),
    wrong(
        "the wait for a certificate does not double",
        "A02.FR.18",
        "TC_A_23",
        Patch(renewal, "retry_delays", _same_wait),
    ),
    wrong(
        "the signing request is no PEM",
        "A02.FR.03",
        "TC_A_11",
        Patch(renewal.CertificateRenewal, "_signing_request", always("MIIB")),
    ),
    wrong(
        "the new key is too short",
        "A00.FR.502",
        "TC_A_11",
        Patch(renewal.CertificateRenewal, "_key_kind", always(KeyKind.RSA_1024)),
    ),
)
