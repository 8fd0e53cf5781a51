"""Authorized15118: an EV that communicates by ISO 15118 presents a contract certificate (plug and charge)."""

from plugfest.lab.expectations import anything, meets
from plugfest.lab.iso15118.ev import CommunicatingEv
from plugfest.lab.settings import Token
from plugfest.lab.v201.answers import CONTRACT
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.memory.certificate_installed import mo_root_installed, v2g_root_installed
from plugfest.lab.v201.memory.v2g_certificate_renewed import v2g_certificate_renewed
from plugfest.lab.v201.rules.iso15118.known_certificates import is_chain, requested_hash
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorization_accepted, id_token
from plugfest.lab.v201.states.energy_transfer import power_path_closed
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.security.certificates import certificates_from_pem
from plugfest.security.ocsp import ocsp_data

PLUG_AND_CHARGE = {
    **AUTHORIZATION_ENABLED,
    "ISO15118Ctrlr.CentralContractValidationAllowed": "false",
    "ISO15118Ctrlr.ContractCertificateInstallationEnabled": "true",
    "ISO15118Ctrlr.V2GCertificateInstallationEnabled": "true",
    "ISO15118Ctrlr.PnCEnabled": "true",
}
"""The configuration of cases with a contract certificate that the station validates."""


def contract_token(bench: Bench) -> Token:
    """The idToken of the contract."""
    return Token(bench.settings.emaid, CONTRACT)


async def roots_installed(bench: Bench) -> None:
    """CertificateInstalled with the V2G root and the root of the mobility operator, and V2G certificates (TLS)."""
    await v2g_root_installed(bench)
    await mo_root_installed(bench)
    await v2g_certificate_renewed(bench)


async def v2g_certificates_installed(bench: Bench) -> None:
    """The V2G root and V2G certificates. Without the root of the contract the station cannot validate that."""
    await v2g_root_installed(bench)
    await v2g_certificate_renewed(bench)


async def ev_prepared(bench: Bench, *, contract: bool = True, certificate_request: str | None = None) -> None:
    """The next EV communicates by ISO 15118, with the contract of the lab, or by external identification means."""
    certificates = bench.commissioner.iso15118
    await bench.operator.ev_prepare(
        bench.settings.evse_id,
        CommunicatingEv(
            contract=certificates.contract if contract else None,
            certificate_request=certificate_request,
            v2g_root=certificates.v2g.root_pem,
            energy=bench.settings.ev_energy,
            departure=bench.settings.ev_departure,
        ),
    )


async def contract_ev_connected(bench: Bench) -> None:
    """EVConnectedPreSession with an EV that presents its contract by itself."""
    await ev_prepared(bench)
    await ev_connected_pre_session(bench)


async def contract_presented(bench: Bench, *, certificate: object = anything, hashes: object = anything) -> None:
    """The station asks the CSMS about the contract of the EV (C07.FR.01); the checks of its certificate data."""
    bench.known_state.token = contract_token(bench)
    await bench.expect(
        m.AuthorizeRequest,
        id_token=id_token(bench.known_state.token),
        certificate=certificate,
        iso15118_certificate_hash_data=hashes,
    )


async def authorized_15118(bench: Bench) -> None:
    """Authorized15118, B: plug and charge. An EV that presents its contract is connected."""
    await contract_presented(bench, hashes=hashes_of_contract(bench))
    await contract_accepted(bench)


async def contract_accepted(bench: Bench) -> None:
    """The contract is accepted: the transaction starts now at the latest, with every TxStartPoint before the energy."""
    await authorization_accepted(bench)
    await power_path_closed(bench, after="Authorized")


async def contract_authorized(bench: Bench) -> None:
    """EVConnectedPreSession and Authorized15118."""
    await contract_ev_connected(bench)
    await authorized_15118(bench)


def hashes_of_contract(bench: Bench) -> object:
    """The check that iso15118CertificateHashData has the data of the contract certificate and its sub-CAs."""
    certificates = bench.commissioner.iso15118
    chain = certificates_from_pem(certificates.contract.chain)
    roots = [certificates.mobility_operator.root.certificate]

    def has_all(value: object) -> bool:
        if not isinstance(value, list):
            return False
        asked = {
            (requested_hash(data), data.responder_url) for data in value if isinstance(data, t.OCSPRequestDataType)
        }
        algorithms = {data.hash_algorithm for data, _ in asked}
        return len(algorithms) == 1 and asked == {tuple(data) for data in ocsp_data(chain, roots, algorithms.pop())}

    return meets("the data of the contract certificate and of each sub-CA", has_all)


def contract_chain(bench: Bench) -> object:
    """The check that a text is the chain of the contract in PEM, leaf first, without the root."""
    chain = bench.commissioner.iso15118.contract.chain

    def is_contract(value: object) -> bool:
        return value is not UNSET and is_chain(str(value), chain)

    return meets("the contract certificate and its sub-CAs in PEM, leaf first, without the root", is_contract)


async def not_charging(bench: Bench) -> None:
    """The EV is not authorized: no event reports an authorization or charging."""
    await bench.silence(m.TransactionEventRequest, seconds=bench.settings.silence, trigger_reason="Authorized")
    await bench.silence(
        m.TransactionEventRequest,
        seconds=0,
        transaction_info=meets(
            "chargingState Charging", lambda info: getattr(info, "charging_state", UNSET) == "Charging"
        ),
    )
