"""The installed root certificates in OCPP 1.6: each answer agrees with itself and with the one before (M03)."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.restore.certificates import received_hash
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import given
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t
from plugfest.security.certificates import CertificateHash

ACCEPTED, NOT_FOUND = "Accepted", "NotFound"

DIGITS = {"SHA256": 64, "SHA384": 96, "SHA512": 128}
"""The hexadecimal digits of a hash, by its algorithm."""

HEXADECIMAL = re.compile("[0-9a-f]+", re.IGNORECASE)

OTHER_CAUSES = (m.SignedUpdateFirmwareRequest, m.UpdateFirmwareRequest, m.CertificateSignedRequest)
"""Requests after which a station may install or remove root certificates of its own accord."""


class _Listing(NamedTuple):
    """An answer to GetInstalledCertificateIds."""

    exchange: Exchange
    use: t.CertificateUseEnumType
    status: str
    hashes: tuple[t.CertificateHashDataType, ...]

    @property
    def certificates(self) -> set[CertificateHash]:
        return {received_hash(each) for each in self.hashes}


def _listings(evidence: Evidence) -> Iterator[_Listing]:
    for exchange in evidence.lab_requests:
        request, response = exchange.request, exchange.response
        if isinstance(request, m.GetInstalledCertificateIdsRequest) and isinstance(
            response, m.GetInstalledCertificateIdsResponse
        ):
            hashes = tuple(given(response.certificate_hash_data) or ())
            yield _Listing(exchange, request.certificate_type, response.status, hashes)


def _judge_status(evidence: Evidence) -> Iterator[Violation]:
    name = "GetInstalledCertificateIdsResponse"
    for listing in _listings(evidence):
        expected = ACCEPTED if listing.hashes else NOT_FOUND
        if listing.status != expected:
            yield Violation(
                f"{name}.status {expected} with {len(listing.hashes)} certificateHashData",
                listing.status,
                listing.exchange.answered_in,
            )


def _judge_length(evidence: Evidence) -> Iterator[Violation]:
    for listing in _listings(evidence):
        for data in listing.hashes:
            for name, digits in (("issuerNameHash", data.issuer_name_hash), ("issuerKeyHash", data.issuer_key_hash)):
                expected = DIGITS[data.hash_algorithm]
                if HEXADECIMAL.fullmatch(digits) and len(digits) != expected:
                    yield Violation(
                        f"certificateHashData.{name} with {expected} digits ({data.hash_algorithm})",
                        f"{len(digits)} digits: {digits}",
                        listing.exchange.answered_in,
                    )


def _judge_changes(evidence: Evidence) -> Iterator[Violation]:
    previous: dict[str, _Listing] = {}
    for listing in _listings(evidence):
        before = previous.get(listing.use)
        previous[listing.use] = listing
        if before is None or evidence.commissioned(before.exchange.frame, listing.exchange):
            continue
        if _since(evidence, before, listing, lambda each: isinstance(each.request, OTHER_CAUSES)):
            continue
        what = f"GetInstalledCertificateIdsResponse for {listing.use}"
        for one in _added(evidence, before, listing):
            expected = f"{what} as before, since nothing was installed"
            yield Violation(expected, f"also serialNumber {one.serial_number}", listing.exchange.answered_in)
        for one in _removed(evidence, before, listing):
            expected = f"{what} with serialNumber {one.serial_number}, since it was not deleted"
            yield Violation(expected, "without it", listing.exchange.answered_in)


def _added(evidence: Evidence, before: _Listing, now: _Listing) -> set[CertificateHash]:
    """What was added without a request."""
    is_installed = _since(evidence, before, now, lambda each: _installs(each, now.use))
    return set() if is_installed else now.certificates - before.certificates


def _removed(evidence: Evidence, before: _Listing, now: _Listing) -> set[CertificateHash]:
    """What was removed without a request. A new root of the Central System may replace the old one (M05.FR.12)."""
    installed = (each for each in evidence.lab_requests if each.frame < now.exchange.frame)
    if now.use == t.CertificateUseEnumType.CentralSystemRootCertificate and any(
        _installs(each, now.use) for each in installed
    ):
        return set()
    removed = before.certificates - now.certificates
    return {one for one in removed if not _since(evidence, before, now, partial(_deletes, one))}


def _since(evidence: Evidence, before: _Listing, now: _Listing, matches: Callable[[Exchange], bool]) -> bool:
    between = (each for each in evidence.lab_requests if before.exchange.frame < each.frame < now.exchange.frame)
    return any(matches(each) for each in between)


def _installs(exchange: Exchange, use: str) -> bool:
    """Whether a certificate may have been installed: a lost answer may have been Accepted."""
    request = exchange.request
    return isinstance(request, m.InstallCertificateRequest) and request.certificate_type == use and _granted(exchange)


def _deletes(certificate: CertificateHash, exchange: Exchange) -> bool:
    request = exchange.request
    if not isinstance(request, m.DeleteCertificateRequest):
        return False
    return received_hash(request.certificate_hash_data) == certificate and _granted(exchange)


def _granted(exchange: Exchange) -> bool:
    return exchange.response is None or getattr(exchange.response, "status", None) == ACCEPTED


CERTIFICATE_RULES = (
    Rule("status of the installed certificates", "M03.FR.02, M03.FR.03", _judge_status),
    Rule("hashes of the installed certificates", "M03.FR.04", _judge_length),
    Rule("installed certificates as before", "M03.FR.04", _judge_changes),
)
