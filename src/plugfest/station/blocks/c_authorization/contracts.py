"""Plug and charge: authorization by the contract certificate of an EV (C07), or by other means while it waits (C08)."""

from collections.abc import Awaitable, Callable

from plugfest.hardware.communication import AuthorizationRequested, SeccRefused, Services, SessionSetUp
from plugfest.security.certificates import InvalidCertificate
from plugfest.station.blocks.c_authorization.rules import (
    Contract,
    ContractCheck,
    ContractSettings,
    OfferConditions,
    decide_contract,
    offer_problem,
    read_contract,
    refusal_reason,
    refused,
)
from plugfest.station.context import Context
from plugfest.station.model.authorization.authorizer import Authorizer
from plugfest.station.model.authorization.token_format import TOKEN_FORMAT_201
from plugfest.station.model.authorization.token_handler import TokenHandler
from plugfest.station.model.authorization.tokens import EMAID, Token, TokenInfo
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.security.trust_store import MO_ROOT, V2G_ROOT
from plugfest.station.storage.contracts import PresentedContract, PresentedContracts

Ask = Callable[[Contract, ContractCheck], Awaitable[TokenInfo | None]]
"""Asks the CSMS about a contract. None: no answer."""


class ContractAuthorization:
    """Answers the EVs. The chain of a contract is not kept: it is in memory while it is checked (Part 2 M 2.1)."""

    def __init__(self, context: Context, ask: Ask) -> None:
        self._context = context
        self._ask = ask
        self._ports = context.hardware.communications

    def begin(self) -> None:
        communications = self._context.shared.get(EvCommunications)
        communications.session_set_up.add(self._set_up)
        communications.secc_refused.add(self._secc_refused)
        communications.authorization_requested.add(self._requested)

    def _set_up(self, request: SessionSetUp) -> None:
        online = self._context.csms.online
        chains = tuple(key.chain for key in self._context.trust.v2g.installed())
        problem = offer_problem(
            OfferConditions(
                enabled=self._flag("PnCEnabled"),
                online=online,
                offline_validation=self._flag("ContractValidationOffline"),
                certified=bool(chains),
            )
        )
        self._note(request.evse_id, problem)
        self._ports[request.evse_id].offer_services(
            Services(
                contract=problem is None,
                certificates=self._flag("ContractCertificateInstallationEnabled") and online,
                secc_chains=chains,
                ocsp_responses=self._context.trust.v2g.ocsp_responses(),
            )
        )

    def _secc_refused(self, event: SeccRefused) -> None:
        self._note(event.evse_id, f"the EV refuses the V2G certificate of the station: {event.reason}")

    def _requested(self, request: AuthorizationRequested) -> None:
        session = self._context.shared.get(ChargingSessions).at(request.evse_id)
        if session.authorization is not None:
            self._answer(request.evse_id, True)
        elif request.contract is not None:
            self._context.spawn(self._authorize(request.evse_id, request.contract), "contract authorization")

    async def _authorize(self, evse_id: int, chain: str) -> None:
        trust = self._context.trust
        try:
            contract = read_contract(chain, [*trust.roots(MO_ROOT), *trust.roots(V2G_ROOT)], self._context.now())
        except InvalidCertificate as error:
            self._refuse(evse_id, f"the contract certificate cannot be used: {error}")
            return
        problem = TOKEN_FORMAT_201.problem(contract.emaid, EMAID)
        if problem is not None:
            self._refuse(evse_id, f"the eMAID of the contract cannot be used: {problem}")
            return
        token = Token(contract.emaid, EMAID)  # C07.FR.02
        statuses: list[TokenInfo] = []

        async def check() -> TokenInfo:
            statuses.append(await self._check(contract, token))
            return statuses[-1]

        accepted = await self._context.shared.get(TokenHandler).present_contract(token, evse_id, check)
        self._remember(contract, accepted=accepted)
        if not accepted:
            self._refuse(evse_id, f"contract {contract.emaid}: {refusal_reason(next(iter(statuses), None))}")

    def _remember(self, contract: Contract, *, accepted: bool) -> None:
        """What CustomerInformation reports by contract certificate (N09.FR.05)."""
        presented = PresentedContract(contract.emaid, contract.hashes, self._context.now(), accepted)
        PresentedContracts(self._context.store).put(contract.fingerprint, presented)

    async def _check(self, contract: Contract, token: Token) -> TokenInfo:
        settings = ContractSettings(
            central=self._flag("CentralContractValidationAllowed"), offline=self._flag("ContractValidationOffline")
        )
        check = decide_contract(contract.validity, settings, online=self._context.csms.online)
        if check in (ContractCheck.BY_HASHES, ContractCheck.BY_CERTIFICATE):
            info = await self._ask(contract, check)
            if info is not None:
                return info
            check = decide_contract(contract.validity, settings, online=False)
        if check is ContractCheck.REFUSE:
            return refused(contract.problem or "offline, it cannot be validated")
        return self._context.shared.get(Authorizer).authorize_offline(token)  # C07.FR.09 to FR.12

    def _refuse(self, evse_id: int, reason: str) -> None:
        self._note(evse_id, reason)
        self._answer(evse_id, False)

    def _note(self, evse_id: int, problem: str | None) -> None:
        """Report why the EV cannot charge by its contract; None: no reason yet."""
        problems = self._context.shared.get(EvCommunications).contract_problems
        problems.pop(evse_id, None)
        if problem is not None:
            problems[evse_id] = problem
            self._context.lifecycle.iso15118_problem.notify(f"no plug and charge at EVSE {evse_id}: {problem}")

    def _answer(self, evse_id: int, accepted: bool) -> None:
        self._ports[evse_id].answer_authorization(accepted)

    def _flag(self, variable: str) -> bool:
        return self._context.device_model.boolean("ISO15118Ctrlr", variable, default=False)
