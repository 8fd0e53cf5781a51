"""Certificate data of OCPP 2.0.1 are only sent for a contract of ISO 15118, and are those of the contract."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.v201.answers import CONTRACT
from plugfest.lab.v201.rules.iso15118.known_certificates import installed_roots, is_about, is_chain
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


def _judge_data_of_contract(evidence: Evidence) -> Iterator[Violation]:
    """With the contract that the operator has given the EV, and the roots that the lab has installed."""
    for sent in evidence.sent(m.AuthorizeRequest):
        given_before = [each for each in evidence.actions_of(ActionKind.EV_PREPARE) if each.frame <= sent.frame]
        if sent.message.id_token.type != CONTRACT or not given_before or given_before[-1].contract is None:
            continue
        chain = given_before[-1].contract
        certificate = given(sent.message.certificate)
        if certificate is not None and not is_chain(certificate, chain):
            yield Violation("AuthorizeRequest.certificate with the chain of the EV", "another text", sent.frame)
        for data in given(sent.message.iso15118_certificate_hash_data) or ():
            if not is_about(data, chain, installed_roots(evidence)):
                expected = "AuthorizeRequest.iso15118CertificateHashData with the data of the certificates of the EV"
                yield Violation(expected, f"serialNumber {data.serial_number}", sent.frame)


def _judge_asked(evidence: Evidence) -> Iterator[Violation]:
    """A contract charges online only after the CSMS was asked about it."""
    asked = [sent.frame for sent in evidence.sent(m.AuthorizeRequest) if sent.message.id_token.type == CONTRACT]
    for sent in evidence.sent(m.TransactionEventRequest):
        id_token = given(sent.message.id_token)
        online = not given(sent.message.offline)
        presented = sent.message.trigger_reason == "Authorized" and id_token is not None and id_token.type == CONTRACT
        is_new = evidence.began_idle
        if presented and online and is_new and not any(frame < sent.frame for frame in asked):
            expected = f"an AuthorizeRequest about a {CONTRACT} before the event with triggerReason Authorized"
            yield Violation(expected, "none", sent.frame)


CONTRACT_CERTIFICATES = (
    Rule("certificate data of the EV", "C07.FR.02, C07.FR.06", _judge_data_of_contract),
    Rule("AuthorizeRequest before a contract charges", "C07.FR.01", _judge_asked),
    Rule("certificate data of a contract", "C07.FR.02, C07.FR.06", _judge_contract_data),
    Rule("certificate chains", "M03.FR.05", _judge_chains),
)
