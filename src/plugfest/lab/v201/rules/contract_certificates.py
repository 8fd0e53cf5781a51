"""Certificate data of OCPP 2.0.1 are only sent for a contract of ISO 15118."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.answers import CONTRACT
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t


def _judge_contract_data(evidence: Evidence) -> Iterator[Violation]:
    for sent in evidence.sent(m.AuthorizeRequest):
        message = sent.message
        if message.id_token.type == CONTRACT:
            continue
        fields = {
            "certificate": message.certificate,
            "iso15118CertificateHashData": message.iso15118_certificate_hash_data,
        }
        for name, value in fields.items():
            if given(value) is not None:
                expected = f"no AuthorizeRequest.{name} with an idToken of type {message.id_token.type}"
                yield Violation(expected, "present", sent.frame)


def _judge_chains(evidence: Evidence) -> Iterator[Violation]:
    for exchange in evidence.lab_requests:
        if not isinstance(exchange.response, m.GetInstalledCertificateIdsResponse):
            continue
        for chain in given(exchange.response.certificate_hash_data_chain) or ():
            chained = chain.certificate_type is t.GetCertificateIdUseEnumType.V2GCertificateChain
            if not chained and given(chain.child_certificate_hash_data) is not None:
                expected = f"no childCertificateHashData of a {chain.certificate_type}"
                yield Violation(expected, "present", exchange.answered_in)


CONTRACT_CERTIFICATES = (
    Rule("certificate data of a contract", "C07.FR.02, C07.FR.06", _judge_contract_data),
    Rule("certificate chains", "M03.FR.05", _judge_chains),
)
