"""Wrong in the security of OCPP 1.6: whom a station believes, how it shows who it is, whose firmware it installs."""

from datetime import timedelta
from typing import Any

from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, wrong
from plugfest.rig.selftest.behaviours.builders import (
    NOTHING,
    always,
    changed,
    except_when,
    later,
    with_arguments,
    with_fields,
)
from plugfest.rig.selftest.behaviours.omitted_messages import no_request, other_request, without_event
from plugfest.rig.selftest.behaviours.patch import Function, Patch
from plugfest.rig.selftest.behaviours.v201.n_diagnostics import sends
from plugfest.rig.selftest.behaviours.weak_tls import (
    any_date,
    any_host,
    anybodys_chain,
    first_suite_only,
    no_verification,
    old_tls,
)
from plugfest.security.keys import KeyKind
from plugfest.security.profile import SecurityProfile
from plugfest.station.blocks.a_security import events, renewal
from plugfest.station.blocks.a_security import v16 as security_block
from plugfest.station.blocks.a_security.v16 import ProfileUpgrade
from plugfest.station.blocks.l_firmware_management import updater as update_block
from plugfest.station.blocks.l_firmware_management import v16 as firmware_block
from plugfest.station.blocks.l_firmware_management.job import FirmwareStatus
from plugfest.station.blocks.l_firmware_management.updater import Updater
from plugfest.station.blocks.m_certificate_management import v16 as roots_block
from plugfest.station.blocks.n_diagnostics import v16 as logs_block
from plugfest.station.blocks.n_diagnostics.rules import UploadStatus
from plugfest.station.connection.boot import BootReason
from plugfest.station.connection.connection_opener import ConnectionOpener
from plugfest.station.connection.network_profiles import NetworkProfiles
from plugfest.station.device_model import keys
from plugfest.station.device_model.model import SetResult, SetStatus
from plugfest.station.files.file_transfer import FileTransfer
from plugfest.station.files.firmware_image import read_manifest
from plugfest.station.security import trust_store
from plugfest.station.security.station_certificate import StationCertificate

ADVANCED = "reference-16-ac"
PLAIN = "reference-16-plain"
"""Without security profile 3, so that the way up is from 1 to 2."""

USUAL_PASSWORD = "plugfest-station-01"


def _only_once(right: Function) -> Function:
    """Credentials with the first connection, and with none after it."""
    given: list[object] = []

    def credentials(self: Any, identity: str) -> Any:
        given.append(identity)
        return right(self, identity) if len(given) == 1 else None

    return credentials


def _and_connects_anew(right: Function) -> Function:
    def change(self: Any, value: str) -> Any:
        self._context.handlers.after_response(self._context.csms.reconnect)
        return right(self, value)

    return change


def _by_its_name_in_2_0_1(right: Function) -> Function:
    names = {name: own for own, name in security_block._EVENT_NAMES.items()}
    return lambda context, kind, *details: right(context, names.get(kind, kind), *details)


def _of_every_kind(right: Function) -> Function:
    """Roots of any use, whichever was asked for."""

    async def answer(roots: Any, _: Any) -> Any:
        found = [roots_block._data(installed) for installed in roots.installed()]
        return m.GetInstalledCertificateIdsResponse(
            status=t.GetInstalledCertificateStatusEnumType.Accepted, certificate_hash_data=found
        )

    return answer


def _decimal(data: t.CertificateHashDataType) -> str:
    return str(int(data.serial_number, 16))[:40]


def _when_it_was_valid(right: Function) -> Function:
    return lambda chain, *, now, **others: right(chain, now=now - timedelta(days=7 * 365), **others)


def _installed_all_the_same(right: Function) -> Function:
    """It says that the signature is bad, and boots with the new firmware."""

    async def verify(self: Any, job: Any) -> None:
        image = self._image
        await right(self, job)
        if self.jobs.last.status is FirmwareStatus.INVALID_SIGNATURE:
            self._activate(read_manifest(image))
            self._context.request_reboot(BootReason.FIRMWARE_UPDATE)

    return verify


def _firmware_untold(status: FirmwareStatus) -> Patch:
    return Patch(firmware_block, "_tell", except_when(lambda context, job: job.status is status))


def _log_untold(status: UploadStatus) -> Patch:
    return Patch(logs_block.Logs, "_tell", except_when(lambda self, told, request_id: told is status))


def _wrong(name: str, requirement: str, cases: str, *patches: Patch, product: str = ADVANCED) -> Behaviour:
    return wrong(f"1.6: {name}", requirement, cases, *patches, product=product)


BEHAVIOURS: tuple[Behaviour, ...] = (
    # A00
    _wrong(
        "any certificate of a Central System is good enough",
        "A00.FR.307",
        "TC_078",
        Patch(trust_store, "client_context", changed(no_verification)),
    ),
    _wrong(
        "the name in the certificate of a Central System does not matter",
        "A00.FR.308",
        "TC_078",
        Patch(trust_store, "client_context", changed(any_host)),
    ),
    _wrong(
        "a certificate of a Central System that has expired is good enough",
        "A00.FR.307",
        "TC_078",
        Patch(trust_store, "client_context", changed(any_date)),
    ),
    _wrong(
        "nobody hears of a bad certificate of a Central System",
        "A00.FR.309",
        "TC_078",
        Patch(events, "security_event_of", NOTHING),
    ),
    _wrong("TLS 1.1 is offered", "A00.FR.312", "TC_086 TC_087", Patch(trust_store, "client_context", changed(old_tls))),
    _wrong(
        "only one cipher suite is offered",
        "A00.FR.318",
        "TC_086 TC_087",
        Patch(trust_store, "client_context", first_suite_only),
    ),
    _wrong(
        "credentials are sent only once", "A00.FR.302", "TC_085", Patch(ConnectionOpener, "_credentials", _only_once)
    ),
    # A01
    _wrong(
        "the password is accepted and the old one used",
        "A01.FR.01",
        "TC_073",
        Patch(ConnectionOpener, "_credentials", changed(lambda pair: (pair[0], USUAL_PASSWORD))),
    ),
    _wrong(
        "a new password is not used before the next loss of the connection",
        "A01, step 3",
        "TC_073",
        Patch(events.SecurityEvents, "password_changed", NOTHING),
    ),
    _wrong(
        "the digits of a password are the password",
        "A00.FR.205",
        "TC_073",
        Patch(keys, "from_hexadecimal", lambda right: lambda digits: digits),
    ),
    # A02
    _wrong(
        "any certificate is taken for its own",
        "A02.FR.06",
        "TC_077",
        Patch(renewal, "certificate_problem", NOTHING),
    ),
    _wrong(
        "a certificate that somebody else has signed is taken for its own",
        "A02.FR.06",
        "TC_077",
        Patch(renewal, "certificate_problem", anybodys_chain),
    ),
    _wrong(
        "a certificate that has expired is taken for its own",
        "A02.FR.06",
        "TC_077",
        Patch(renewal, "certificate_problem", _when_it_was_valid),
    ),
    _wrong(
        "nobody hears of a bad certificate of its own",
        "A02.FR.07",
        "TC_077",
        without_event("InvalidChargingStationCertificate"),
    ),
    _wrong(
        "a renewed certificate is accepted and not used",
        "A02.FR.08",
        "TC_074",
        Patch(StationCertificate, "renew", lambda right: lambda self, chain: self._keys.delete("awaited")),
    ),
    _wrong(
        "a renewed certificate is not used before the next loss of the connection",
        "A02.FR.08",
        "TC_074",
        Patch(renewal.CertificateRenewal, "_profile", always(SecurityProfile.TLS_BASIC)),
    ),
    _wrong(
        "the signing request is no PEM",
        "A02.FR.03",
        "TC_074 TC_077",
        Patch(renewal.CertificateRenewal, "_signing_request", always("MIIB")),
    ),
    _wrong(
        "the new key is too short",
        "A00.FR.502",
        "TC_074 TC_077",
        Patch(renewal.CertificateRenewal, "_key_kind", always(KeyKind.RSA_1024)),
    ),
    _wrong(
        "the signing request does not name the CPO",
        "A02.FR.13",
        "TC_074 TC_077",
        Patch(renewal, "subject", with_arguments(lambda name, organization: (name, "Somebody"))),
    ),
    _wrong(
        "the signing request names another station",
        "A00.FR.511",
        "TC_074 TC_077",
        Patch(renewal, "subject", with_arguments(lambda name, organization: ("SN-ANOTHER", organization))),
    ),
    # A04
    _wrong(
        "no security event is ever sent",
        "A04.FR.01",
        "TC_077 TC_078 TC_080 TC_081",
        Patch(events.SecurityEvents, "report", NOTHING),
    ),
    _wrong(
        "security events have the names of OCPP 2.0.1",
        "A04, section 8",
        "TC_077 TC_078",
        Patch(security_block, "_send_event", _by_its_name_in_2_0_1),
    ),
    # A05
    _wrong(
        "a security profile may be lowered", "A05.FR.01", "TC_084", Patch(ProfileUpgrade, "_is_allowed", always(True))
    ),
    _wrong(
        "it connects anew though the lower security profile is rejected",
        "A05.FR.01",
        "TC_084",
        Patch(ProfileUpgrade, "change", _and_connects_anew),
    ),
    _wrong(
        "no security profile may be raised", "A05.FR.05", "TC_083", Patch(ProfileUpgrade, "_is_allowed", always(False))
    ),
    _wrong(
        "a higher security profile is accepted and not used",
        "A05.FR.07",
        "TC_083",
        Patch(ProfileUpgrade, "change", always(SetResult(SetStatus.ACCEPTED))),
    ),
    _wrong(
        "it goes back to a lower security profile when it finds only that",
        "A00.FR.005",
        "TC_083",
        Patch(NetworkProfiles, "mark_connected", lambda right: lambda self, slot: self._connected.put("last", slot)),
        product=PLAIN,
    ),
    # M03 to M05
    _wrong(
        "a root is accepted and not installed",
        "M05.FR.02",
        "TC_075_1 TC_075_2 TC_076",
        Patch(
            roots_block,
            "_install",
            later(m.InstallCertificateResponse(status=t.InstallCertificateStatusEnumType.Accepted)),
        ),
    ),
    _wrong("roots of every kind are told", "M03.FR.04", "TC_075_1", Patch(roots_block, "_list", _of_every_kind)),
    _wrong(
        "serial numbers are told in decimal",
        "M03.FR.04",
        "TC_075_1 TC_075_2 TC_076",
        Patch(roots_block, "_data", with_fields(serial_number=_decimal)),
    ),
    _wrong(
        "serial numbers are told with leading zeroes",
        "section 6.1",
        "TC_075_1 TC_075_2",
        Patch(roots_block, "_data", with_fields(serial_number=lambda data: f"00{data.serial_number[:38]}")),
    ),
    _wrong(
        "the hash of the issuer's name is told twice",
        "section 6.1",
        "TC_075_1 TC_075_2",
        Patch(roots_block, "_data", with_fields(issuer_key_hash=lambda data: data.issuer_name_hash)),
    ),
    _wrong(
        "the hash is by another algorithm than the one that is told",
        "section 6.1",
        "TC_075_1 TC_075_2",
        Patch(roots_block, "_data", with_fields(hash_algorithm=t.HashAlgorithmEnumType.SHA512)),
    ),
    _wrong(
        "a root is said to be deleted and kept",
        "M04.FR.02",
        "TC_076",
        Patch(
            roots_block,
            "_delete",
            later(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.Accepted)),
        ),
    ),
    _wrong(
        "no root is ever found",
        "M04.FR.02",
        "TC_076",
        Patch(
            roots_block,
            "_delete",
            later(m.DeleteCertificateResponse(status=t.DeleteCertificateStatusEnumType.NotFound)),
        ),
    ),
    # N01
    _wrong("a security log is not uploaded", "N01.FR.02", "TC_079", Patch(FileTransfer, "send", later(None))),
    _wrong(
        "a security log is empty",
        "N01.FR.03",
        "TC_079",
        Patch(FileTransfer, "send", sends(lambda data, name: (b"", name))),
    ),
    _wrong(
        "a security log has another name than the one that was told",
        "N01.FR.01",
        "TC_079",
        Patch(FileTransfer, "send", sends(lambda data, name: (data, f"x{name}"))),
    ),
    _wrong("Uploading is not told", "N01.FR.08", "TC_079", _log_untold(UploadStatus.UPLOADING)),
    _wrong("Uploaded is not told", "N01.FR.09", "TC_079", _log_untold(UploadStatus.UPLOADED)),
    _wrong(
        "the status of a log names another request",
        "N01.FR.07",
        "TC_079",
        Patch(logs_block, "_log", other_request),
    ),
    _wrong("the status of a log names no request", "N01.FR.12", "TC_079", Patch(logs_block, "_log", no_request)),
    # L01
    _wrong(
        "the signature of firmware does not matter",
        "L01.FR.04",
        "TC_081",
        Patch(update_block, "is_genuine", always(True)),
    ),
    _wrong("no signature of firmware is good", "L01.FR.04", "TC_080", Patch(update_block, "is_genuine", always(False))),
    _wrong(
        "no firmware signing certificate is good",
        "L01.FR.23",
        "TC_080 TC_081",
        Patch(update_block, "certificate_problem", always("it is bad")),
    ),
    _wrong(
        "firmware is said to have a bad signature, and installed",
        "L01.FR.09",
        "TC_081",
        Patch(Updater, "_verify", _installed_all_the_same),
    ),
    _wrong("nobody hears of a bad signature", "L01.FR.03", "TC_081", without_event("InvalidFirmwareSignature")),
    _wrong("nobody hears of new firmware", "A04.FR.01", "TC_080", without_event("FirmwareUpdated")),
    _wrong(
        "the status of an update names another request",
        "L01.FR.10",
        "TC_080 TC_081",
        Patch(firmware_block, "_signed", other_request),
    ),
    _wrong(
        "the status of an update names no request",
        "L01.FR.21",
        "TC_080 TC_081",
        Patch(firmware_block, "_signed", no_request),
    ),
    _wrong("new firmware never runs", "L01.FR.05", "TC_080", Patch(Updater, "_activate", NOTHING)),
    _wrong("Downloading is not told", "L01.FR.01", "TC_080 TC_081", _firmware_untold(FirmwareStatus.DOWNLOADING)),
    _wrong("Downloaded is not told", "L01.FR.01", "TC_080 TC_081", _firmware_untold(FirmwareStatus.DOWNLOADED)),
    _wrong("SignatureVerified is not told", "L01.FR.01", "TC_080", _firmware_untold(FirmwareStatus.SIGNATURE_VERIFIED)),
    _wrong("InvalidSignature is not told", "L01.FR.03", "TC_081", _firmware_untold(FirmwareStatus.INVALID_SIGNATURE)),
    _wrong("Installed is not told", "L01.FR.01", "TC_080", _firmware_untold(FirmwareStatus.INSTALLED)),
)
