"""Block A: TLS, passwords, security profiles, certificates and security events."""

import itertools
from typing import Any

from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, without_event
from plugfest.rig.selftest.behaviours.weak_tls import (
    any_date,
    any_host,
    any_issuer,
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


def _repeats_after_rejection(original: Function) -> Function:
    """Repeats the request although the CSMS rejected it."""

    async def ask(self: Any, request: str) -> bool:
        await original(self, request)
        return True

    return ask


def _every_second(original: Function) -> Function:
    return lambda self: tuple(1 for _ in range(3))


def _constant_wait(original: Function) -> Function:
    return lambda minimum, increments: itertools.repeat(minimum, increments + 1)


def _wrong_password_first(original: Function) -> Function:
    """Uses a wrong password for every second attempt to connect."""
    attempts = itertools.count()

    def credentials(self: Any, identity: str) -> Any:
        right = original(self, identity)
        return right if next(attempts) % 2 == 0 or right is None else (identity, "plugfest-forgotten")

    return credentials


def _half_the_wait(original: Function) -> Function:
    return lambda minimum, increments: original(minimum // 2, increments)


def _no_downgrade_check(original: Function) -> Function:
    def decide(slot: int, profile: Any, network_state: Any) -> Any:
        return original(slot, profile, network_state._replace(active=min(network_state.supported)))

    return decide


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "accepts any CSMS certificate",
        "A00.FR.308",
        "TC_A_05",
        Patch(trust_store, "client_context", changed(no_verification)),
    ),
    wrong_v201(
        "does not check the host name in the CSMS certificate",
        "A00.FR.309",
        "TC_A_05",
        Patch(trust_store, "client_context", changed(any_host)),
    ),
    wrong_v201(
        "accepts an expired CSMS certificate",
        "A00.FR.308",
        "TC_A_05",
        Patch(trust_store, "client_context", changed(any_date)),
    ),
    wrong_v201(
        "accepts TLS 1.1",
        "A00.FR.313",
        "TC_A_06",
        Patch(trust_store, "client_context", changed(old_tls)),
    ),
    wrong_v201(
        "offers only one cipher suite",
        "A00.FR.319, A00.FR.422",
        "TC_A_04 TC_A_07",
        Patch(trust_store, "client_context", first_suite_only),
    ),
    wrong_v201(
        "does not report an invalid CSMS certificate",
        "A00.FR.310",
        "TC_A_05",
        Patch(events, "security_event_of", NOTHING),
    ),
    wrong_v201(
        "sends no security events",
        "A04.FR.01",
        "TC_A_05 TC_A_14",
        Patch(events.SecurityEvents, "report", NOTHING),
    ),
    wrong_v201(
        "uses a wrong password for every second attempt to connect",
        "A00.FR.204",
        "TC_A_01 TC_A_10",
        Patch(ConnectionOpener, "_credentials", _wrong_password_first),
    ),
    wrong_v201(
        "accepts a new password and uses the old one",
        "A01.FR.01",
        "TC_A_09",
        Patch(ConnectionOpener, "_credentials", changed(lambda pair: (pair[0], "plugfest-station-01"))),
    ),
    wrong_v201(
        "does not reconnect with a new password",
        "A01.FR.01",
        "TC_A_09",
        Patch(events.SecurityEvents, "password_changed", NOTHING),
    ),
    wrong_v201(
        "accepts a lower security profile",
        "B09.FR.04",
        "TC_A_22",
        Patch(network_block, "profile_rejection", _no_downgrade_check),
    ),
    wrong_v201(
        "accepts a security profile without the required root certificate",
        "A05.FR.02, A05.FR.03",
        "TC_A_20 TC_A_21",
        Patch(network_block, "priority_rejection", NOTHING),
    ),
    wrong_v201(
        "keeps less secure network profiles after the upgrade",
        "A05.FR.06",
        "TC_A_19",
        Patch(NetworkProfiles, "mark_connected", lambda original: lambda self, slot: self._connected.put("last", slot)),
    ),
    wrong_v201(
        "accepts any certificate as its own",
        "A02.FR.06",
        "TC_A_14",
        Patch(renewal, "certificate_problem", NOTHING),
    ),
    wrong_v201(
        "accepts its own certificate from an unknown issuer",
        "A02.FR.06",
        "TC_A_14",
        Patch(renewal, "certificate_problem", any_issuer),
    ),
    wrong_v201(
        "does not report an invalid certificate of its own",
        "A02.FR.07",
        "TC_A_14",
        without_event("InvalidChargingStationCertificate"),
    ),
    wrong_v201(
        "accepts a renewed certificate and does not use it",
        "A02.FR.08",
        "TC_A_11",
        Patch(StationCertificate, "renew", lambda original: lambda self, chain: self._keys.delete("awaited")),
    ),
    wrong_v201(
        "repeats a certificate signing request that the CSMS rejected",
        "A02.FR.12",
        "TC_A_15",
        Patch(renewal.CertificateRenewal, "_is_accepted", _repeats_after_rejection),
        Patch(renewal.CertificateRenewal, "_retry_delays", _every_second),
    ),
    wrong_v201(
        "does not repeat a certificate signing request without an answer",
        "A02.FR.17",
        "TC_A_23",
        Patch(renewal.CertificateRenewal, "_retry_delays", always(())),
    ),
    wrong_v201(
        "does not double the wait for a certificate",
        "A02.FR.18",
        "TC_A_23",
        Patch(renewal, "retry_delays", _constant_wait),
    ),
    wrong_v201(
        "repeats a certificate signing request too early",
        "A02.FR.17",
        "TC_A_23",
        Patch(renewal, "retry_delays", _half_the_wait),
    ),
    wrong_v201(
        "sends a certificate signing request that is not PEM",
        "A02.FR.03",
        "TC_A_11",
        Patch(renewal.CertificateRenewal, "_signing_request", always("MIIB")),
    ),
    wrong_v201(
        "generates a key that is too short",
        "A00.FR.502",
        "TC_A_11",
        Patch(renewal.CertificateRenewal, "_key_kind", always(KeyKind.RSA_1024)),
    ),
)
