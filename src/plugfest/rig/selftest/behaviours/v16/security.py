"""OCPP 1.6 security: TLS, credentials, security profiles, certificates and security events."""

from datetime import timedelta
from typing import Any

from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v16
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    changed,
    with_arguments,
    with_fields,
    without_event,
)
from plugfest.rig.selftest.behaviours.weak_tls import (
    any_date,
    any_host,
    any_issuer,
    first_suite_only,
    no_verification,
    old_tls,
)
from plugfest.security.keys import KeyKind
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.a_security import events, renewal
from plugfest.station.blocks.a_security import v16 as security_block
from plugfest.station.blocks.a_security.v16 import ProfileUpgrade
from plugfest.station.blocks.m_certificate_management import v16 as roots_block
from plugfest.station.connection.connection_opener import ConnectionOpener
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.device_model import keys
from plugfest.station.device_model.model import SetResult, SetStatus
from plugfest.station.security import trust_store
from plugfest.station.security.station_certificate import StationCertificate

PLAIN = "reference-16-plain"
"""A product without security profile 3: the upgrade is from profile 1 to 2."""

DEFAULT_PASSWORD = "plugfest-station-01"


def _only_once(original: Function) -> Function:
    """Sends credentials only with the first connection."""
    connections: list[object] = []

    def credentials(self: Any, identity: str) -> Any:
        connections.append(identity)
        return original(self, identity) if len(connections) == 1 else None

    return credentials


def _reconnects(original: Function) -> Function:
    def change(self: Any, value: str) -> Any:
        self._context.handlers.after_response(self._context.csms.reconnect)
        return original(self, value)

    return change


def _with_v201_names(original: Function) -> Function:
    names = {name: own for own, name in security_block._EVENT_NAMES.items()}
    return lambda context, kind, *details: original(context, names.get(kind, kind), *details)


def _of_every_type(original: Function) -> Function:
    """Reports root certificates of any type, whichever was requested."""

    def answer(roots: Any, _: Any) -> Any:
        found = [roots_block._data(installed) for installed in roots.installed()]
        return m.GetInstalledCertificateIdsResponse(
            status=t.GetInstalledCertificateStatusEnumType.Accepted, certificate_hash_data=found
        )

    return answer


def _decimal(data: t.CertificateHashDataType) -> str:
    return str(int(data.serial_number, 16))[:40]


def _seven_years_ago(original: Function) -> Function:
    return lambda chain, *, now, **others: original(chain, now=now - timedelta(days=7 * 365), **others)


BEHAVIOURS: tuple[Behaviour, ...] = (
    # A00
    wrong_v16(
        "accepts any Central System certificate",
        "A00.FR.307",
        "TC_078",
        Patch(trust_store, "client_context", changed(no_verification)),
    ),
    wrong_v16(
        "does not check the host name in the Central System certificate",
        "A00.FR.308",
        "TC_078",
        Patch(trust_store, "client_context", changed(any_host)),
    ),
    wrong_v16(
        "accepts an expired Central System certificate",
        "A00.FR.307",
        "TC_078",
        Patch(trust_store, "client_context", changed(any_date)),
    ),
    wrong_v16(
        "does not report an invalid Central System certificate",
        "A00.FR.309",
        "TC_078",
        Patch(events, "security_event_of", NOTHING),
    ),
    wrong_v16("offers TLS 1.1", "A00.FR.312", "TC_086 TC_087", Patch(trust_store, "client_context", changed(old_tls))),
    wrong_v16(
        "offers only one cipher suite",
        "A00.FR.318",
        "TC_086 TC_087",
        Patch(trust_store, "client_context", first_suite_only),
    ),
    wrong_v16(
        "sends credentials only with the first connection",
        "A00.FR.302",
        "TC_085",
        Patch(ConnectionOpener, "_credentials", _only_once),
    ),
    # A01
    wrong_v16(
        "accepts a new password and uses the old one",
        "A01.FR.01",
        "TC_073",
        Patch(ConnectionOpener, "_credentials", changed(lambda pair: (pair[0], DEFAULT_PASSWORD))),
    ),
    wrong_v16(
        "does not reconnect with a new password",
        "A01, step 3",
        "TC_073",
        Patch(events.SecurityEvents, "password_changed", NOTHING),
    ),
    wrong_v16(
        "uses the hexadecimal digits as the password",
        "A00.FR.205",
        "TC_073",
        Patch(keys, "from_hexadecimal", lambda original: lambda digits: digits),
    ),
    # A02
    wrong_v16(
        "accepts any certificate as its own",
        "A02.FR.06",
        "TC_077",
        Patch(renewal, "certificate_problem", NOTHING),
    ),
    wrong_v16(
        "accepts its own certificate from an unknown issuer",
        "A02.FR.06",
        "TC_077",
        Patch(renewal, "certificate_problem", any_issuer),
    ),
    wrong_v16(
        "accepts an expired certificate as its own",
        "A02.FR.06",
        "TC_077",
        Patch(renewal, "certificate_problem", _seven_years_ago),
    ),
    wrong_v16(
        "does not report an invalid certificate of its own",
        "A02.FR.07",
        "TC_077",
        without_event("InvalidChargingStationCertificate"),
    ),
    wrong_v16(
        "accepts a renewed certificate and does not use it",
        "A02.FR.08",
        "TC_074",
        Patch(StationCertificate, "renew", lambda original: lambda self, chain: self._keys.delete("awaited")),
    ),
    wrong_v16(
        "does not reconnect with a renewed certificate",
        "A02.FR.08",
        "TC_074",
        Patch(renewal.CertificateRenewal, "_profile", always(SecurityProfile.TLS_BASIC)),
    ),
    wrong_v16(
        "sends a certificate signing request that is not PEM",
        "A02.FR.03",
        "TC_074 TC_077",
        Patch(renewal.CertificateRenewal, "_signing_request", always("MIIB")),
    ),
    wrong_v16(
        "generates a key that is too short",
        "A00.FR.502",
        "TC_074 TC_077",
        Patch(renewal.CertificateRenewal, "_key_kind", always(KeyKind.RSA_1024)),
    ),
    wrong_v16(
        "omits the CPO from the certificate signing request",
        "A02.FR.13",
        "TC_074 TC_077",
        Patch(renewal, "subject", with_arguments(lambda name, organization: (name, "Unknown"))),
    ),
    wrong_v16(
        "names another station in the certificate signing request",
        "A00.FR.511",
        "TC_074 TC_077",
        Patch(renewal, "subject", with_arguments(lambda name, organization: ("SN-ANOTHER", organization))),
    ),
    # A04
    wrong_v16(
        "sends no security events",
        "A04.FR.01",
        "TC_077 TC_078 TC_080 TC_081",
        Patch(events.SecurityEvents, "report", NOTHING),
    ),
    wrong_v16(
        "reports security events by their names in OCPP 2.0.1",
        "A04, section 8",
        "TC_077 TC_078",
        Patch(security_block, "_send_event", _with_v201_names),
    ),
    # A05
    wrong_v16(
        "accepts a lower security profile", "A05.FR.01", "TC_084", Patch(ProfileUpgrade, "_is_allowed", always(True))
    ),
    wrong_v16(
        "reconnects after it rejected a lower security profile",
        "A05.FR.01",
        "TC_084",
        Patch(ProfileUpgrade, "change", _reconnects),
    ),
    wrong_v16(
        "rejects a higher security profile", "A05.FR.05", "TC_083", Patch(ProfileUpgrade, "_is_allowed", always(False))
    ),
    wrong_v16(
        "accepts a higher security profile and does not use it",
        "A05.FR.07",
        "TC_083",
        Patch(ProfileUpgrade, "change", always(SetResult(SetStatus.ACCEPTED))),
    ),
    wrong_v16(
        "falls back to a lower security profile",
        "A00.FR.005",
        "TC_083",
        Patch(NetworkProfiles, "mark_connected", lambda original: lambda self, slot: self._connected.put("last", slot)),
        product=PLAIN,
    ),
    # M03 to M05
    wrong_v16(
        "accepts a root certificate and does not install it",
        "M05.FR.02",
        "TC_075_1 TC_075_2 TC_076",
        Patch(
            roots_block,
            "_install",
            always(m.InstallCertificateResponse(status=t.InstallCertificateStatusEnumType.Accepted)),
        ),
    ),
    wrong_v16(
        "reports root certificates of other types than requested",
        "M03.FR.04",
        "TC_075_1",
        Patch(roots_block, "_list", _of_every_type),
    ),
    wrong_v16(
        "reports serial numbers in decimal",
        "M03.FR.04",
        "TC_075_1 TC_075_2 TC_076",
        Patch(roots_block, "_data", with_fields(serial_number=_decimal)),
    ),
    wrong_v16(
        "reports serial numbers with leading zeroes",
        "section 6.1",
        "TC_075_1 TC_075_2",
        Patch(roots_block, "_data", with_fields(serial_number=lambda data: f"00{data.serial_number[:38]}")),
    ),
    wrong_v16(
        "reports the issuer name hash as issuer key hash",
        "section 6.1",
        "TC_075_1 TC_075_2",
        Patch(roots_block, "_data", with_fields(issuer_key_hash=lambda data: data.issuer_name_hash)),
    ),
    wrong_v16(
        "reports another hash algorithm than the one used",
        "section 6.1",
        "TC_075_1 TC_075_2",
        Patch(roots_block, "_data", with_fields(hash_algorithm=t.HashAlgorithmEnumType.SHA512)),
    ),
    wrong_v16(
        "answers Accepted to DeleteCertificate and keeps the root certificate",
        "M04.FR.02",
        "TC_076",
        Patch(
            roots_block,
            "_delete",
            always(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.Accepted)),
        ),
    ),
    wrong_v16(
        "answers NotFound to DeleteCertificate",
        "M04.FR.02",
        "TC_076",
        Patch(
            roots_block,
            "_delete",
            always(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.NotFound)),
        ),
    ),
)
