"""Hashes of certificates have the length of their algorithm, and are of certificates that the station may have."""

from collections.abc import Iterator

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.verdict import Level
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

HEX_DIGITS = {"SHA256": 64, "SHA384": 96, "SHA512": 128}
"""The digits of a hash, by its algorithm."""

CHANGES = (
    m.InstallCertificateRequest,
    m.DeleteCertificateRequest,
    m.CertificateSignedRequest,
    m.UpdateFirmwareRequest,
    m.BootNotificationRequest,
)
"""The requests after which a station may have other certificates; it may be commissioned anew before it boots."""

HEXADECIMAL = frozenset("0123456789abcdefABCDEF")

Listed = tuple[str, str]
"""Type and serial number of a certificate."""


def certificate_rules() -> tuple[Rule, ...]:
    """The rules about certificates of one campaign."""
    return (
        Rule("hashes of certificates", "CertificateHashDataType", _judge_hashes),
        Rule("status of a list of certificates", "M03.FR.02, M03.FR.03", _judge_status),
        Rule("the same certificates", "M03.FR.02, M03.FR.04", _Certificates().judge, Level.SHOULD),
    )


def _judge_hashes(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        for chain in _chains(exchange):
            for data in (chain.certificate_hash_data, *(given(chain.child_certificate_hash_data) or ())):
                digits = HEX_DIGITS[str(data.hash_algorithm)]
                for name, value in (("issuerNameHash", data.issuer_name_hash), ("issuerKeyHash", data.issuer_key_hash)):
                    if len(value) != digits or not _is_hexadecimal(value):
                        expected = f"{name} of {digits} hexadecimal digits, as hashAlgorithm is {data.hash_algorithm}"
                        yield Violation(expected, value, exchange.answered_in)
                if not _is_hexadecimal(data.serial_number):
                    yield Violation("serialNumber in hexadecimal digits", data.serial_number, exchange.answered_in)


def _judge_status(evidence: Evidence) -> Iterator[Violation]:
    """NotFound, if no certificate matches, and only then."""
    for exchange in evidence.lab_requests:
        if isinstance(exchange.response, m.GetInstalledCertificateIdsResponse):
            expected = "Accepted" if _chains(exchange) else "NotFound"
            if exchange.response.status != expected:
                found = "certificates" if _chains(exchange) else "no certificate"
                yield Violation(
                    f"GetInstalledCertificateIdsResponse.status {expected} with {found}",
                    str(exchange.response.status),
                    exchange.answered_in,
                )


def _chains(exchange: Exchange) -> list[t.CertificateHashDataChainType]:
    response = exchange.response
    if not isinstance(response, m.GetInstalledCertificateIdsResponse):
        return []
    return list(given(response.certificate_hash_data_chain) or ())


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and HEXADECIMAL.issuperset(text)


class _Certificates:
    """The certificates that a station has listed, until the lab changes them."""

    def __init__(self) -> None:
        self._listed: dict[str, set[Listed]] = {}  # by the requested types

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        for exchange in evidence.exchanges:
            if isinstance(exchange.request, CHANGES):
                self._listed.clear()
            elif isinstance(exchange.request, m.GetInstalledCertificateIdsRequest) and exchange.response is not None:
                types = sorted(str(each) for each in given(exchange.request.certificate_type) or ())
                certificates = {
                    (str(chain.certificate_type), chain.certificate_hash_data.serial_number.lower())
                    for chain in _chains(exchange)
                }
                before = self._listed.setdefault(", ".join(types), certificates)
                if certificates != before:
                    yield Violation(
                        f"the certificates that were listed before: {_shown(before)}",
                        _shown(certificates),
                        exchange.answered_in,
                    )


def _shown(certificates: set[Listed]) -> str:
    return ", ".join(f"{kind} {serial}" for kind, serial in sorted(certificates)) or "none"
