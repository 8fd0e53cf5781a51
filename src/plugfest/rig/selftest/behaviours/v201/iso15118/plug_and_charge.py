"""Blocks C, E, K and N: contract certificates, the end by the EV, charging needs, data of customers."""

from typing import Any

import msgspec

from plugfest.hardware.communication import PowerLimit, Schedule
from plugfest.hardware.virtual.communication import VirtualCommunication
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, changed, later, later_changed, with_fields
from plugfest.station.blocks.c_authorization import contracts
from plugfest.station.blocks.c_authorization import v201 as authorization
from plugfest.station.blocks.c_authorization.rules import ContractCheck
from plugfest.station.blocks.e_transactions import v201 as transactions
from plugfest.station.blocks.k_smart_charging import ev_schedules
from plugfest.station.blocks.k_smart_charging import ev_schedules_v201 as needs
from plugfest.station.blocks.k_smart_charging.ev_schedules import EvSchedules
from plugfest.station.blocks.n_diagnostics.v201 import customers
from plugfest.station.model.authorization.authorizer import INVALID, Authorizer
from plugfest.station.model.authorization.tokens import TokenInfo
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.power_path import PowerPath
from plugfest.station.model.ev_communication import EvCommunications
from plugfest.station.model.transactions.events import StopReason
from plugfest.station.storage.contracts import PresentedContracts


def _offline_flag(original: Function) -> Function:
    return lambda self, variable: variable == "ContractValidationOffline" or original(self, variable)


def _never_offline(original: Function) -> Function:
    def decide(validity: Any, settings: Any, *, online: bool) -> ContractCheck:
        return original(validity, settings, online=True) if online else ContractCheck.REFUSE

    return decide


def _by_hashes(check: ContractCheck) -> ContractCheck:
    return ContractCheck.BY_HASHES if check is ContractCheck.BY_CERTIFICATE else check


def _leaf_last(original: Function) -> Function:
    end = "-----END CERTIFICATE-----\n"

    async def ask(context: Any, cache: Any, contract: Any, check: Any) -> Any:
        parts = [part + end for part in contract.chain.split(end) if part.strip()]
        return await original(context, cache, msgspec.structs.replace(contract, chain="".join(reversed(parts))), check)

    return ask


def _as_local_stop(original: Function) -> Function:
    def end(self: Any, session: Any, trigger: Any, reason: Any, token: Any = None) -> None:
        original(self, session, trigger, StopReason.LOCAL if reason is StopReason.STOPPED_BY_EV else reason, token)

    return end


def _keeps_charging(original: Function) -> Function:
    return lambda self, event: None if type(event).__name__ == "SessionStopped" else original(self, event)


def _keeps_contract_data(original: Function) -> Function:
    def information(context: Any, request: Any) -> str:
        kept = not isinstance(request.customer_certificate, msgspec.UnsetType)
        return "contract" if kept else original(context, request)

    return information


def _without_limits(original: Function) -> Function:
    def schedule(number: int, composite: Any, duration: float, **needs: Any) -> Schedule:
        return Schedule(number, (PowerLimit(0.0, 44_000.0),), duration)

    return schedule


def _as_much_as_it_can(original: Function) -> Function:
    """An EV that plans more than it is offered."""
    return lambda self, schedule: tuple(PowerLimit(each.start, 22_080.0) for each in schedule.limits)


def _only_with_a_profile(original: Function) -> Function:
    async def negotiate(self: Any, evse_id: int, needs: Any) -> None:
        if self._context.csms.online and await self._report_needs(evse_id, needs):
            self._offer(evse_id, needs)

    return negotiate


def _only_first_needs(original: Function) -> Function:
    def sent(self: Any, request: Any) -> None:
        again = request.evse_id in self._offered
        original(self, msgspec.structs.replace(request, requested=True) if again else request)

    return sent


def _never_lower(original: Function) -> Function:
    highest: dict[object, float] = {}

    def limit(self: Any, watts: float, phases: int) -> Any:
        highest[self] = max(watts, highest.get(self, watts))
        return original(self, highest[self], phases)

    return limit


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "authorizes a contract without asking the CSMS",
        "C07.FR.01",
        "TC_C_50 TC_C_51 TC_C_52 TC_C_53",
        Patch(contracts.ContractAuthorization, "_check", later(TokenInfo())),
    ),
    wrong_v201(
        "asks about a contract without data for OCSP",
        "C07.FR.02",
        "TC_C_50 TC_C_51",
        Patch(contracts, "read_contract", with_fields(ocsp=())),
    ),
    wrong_v201(
        "asks about a contract without the data of its sub-CAs",
        "C07.FR.02",
        "TC_C_50 TC_C_51",
        Patch(contracts, "read_contract", with_fields(ocsp=lambda contract: contract.ocsp[:1])),
    ),
    wrong_v201(
        "charges although the CSMS has refused the contract",
        "C07.FR.13, C07.FR.16",
        "TC_C_51 TC_C_53",
        Patch(authorization, "_ask_about_contract", later_changed(lambda info: TokenInfo())),
    ),
    wrong_v201(
        "does not charge although the CSMS has accepted the contract",
        "C07.FR.14",
        "TC_C_50 TC_C_52 TC_M_26 TC_M_28",
        Patch(authorization, "_ask_about_contract", later_changed(lambda info: INVALID)),
    ),
    wrong_v201(
        "does not send a contract certificate that it cannot validate",
        "C07.FR.06",
        "TC_C_52 TC_C_53",
        Patch(contracts, "decide_contract", changed(_by_hashes)),
    ),
    wrong_v201(
        "sends the chain of a contract with the leaf last",
        "C07.FR.06",
        "TC_C_52 TC_C_53",
        Patch(authorization, "_ask_about_contract", _leaf_last),
    ),
    wrong_v201(
        "does not validate contracts offline",
        "C07.FR.08",
        "TC_C_54",
        Patch(contracts, "decide_contract", _never_offline),
    ),
    wrong_v201(
        "does not find the eMAID offline",
        "C07.FR.09",
        "TC_C_54",
        Patch(Authorizer, "authorize_offline", always(INVALID)),
    ),
    wrong_v201(
        "charges offline although it must not validate contracts offline",
        "C07.FR.07",
        "TC_C_55",
        Patch(contracts.ContractAuthorization, "_flag", _offline_flag),
    ),
    wrong_v201(
        "does not end the authorization when the EV ends the session",
        "E15.FR.04",
        "TC_E_46",
        Patch(EvCommunications, "handle", _keeps_charging),
    ),
    wrong_v201(
        "reports the end by the EV as Local",
        "E15.FR.04",
        "TC_E_46",
        Patch(Charging, "end_authorization", _as_local_stop),
    ),
    wrong_v201(
        "does not report the end by the EV",
        "E15.FR.04",
        "TC_E_46",
        Patch(transactions, "_stopped_by_ev", NOTHING),
    ),
    wrong_v201(
        "keeps data about a contract after clearing it",
        "N10.FR.03",
        "TC_N_63",
        Patch(customers, "_information", _keeps_contract_data),
    ),
    wrong_v201(
        "does not clear the contract of a customer",
        "N10.FR.03",
        "TC_N_63",
        Patch(PresentedContracts, "delete_of_emaid", NOTHING),
    ),
    wrong_v201(
        "does not report the charging needs of an EV",
        "K15.FR.01",
        "TC_K_54",
        Patch(needs, "_report_needs", later(False)),
    ),
    wrong_v201(
        "offers an EV more than its charging profiles allow",
        "K15.FR.07, K15.FR.15",
        "TC_K_53 TC_K_56",
        Patch(ev_schedules, "schedule_for_ev", _without_limits),
    ),
    wrong_v201(
        "does not verify the plan of an EV that exceeds its schedule",
        "K15.FR.09",
        "TC_K_53",
        Patch(ev_schedules, "is_within", always(True)),
        Patch(VirtualCommunication, "_profile", _as_much_as_it_can),
    ),
    wrong_v201(
        "offers an EV nothing if the CSMS sends no charging profile",
        "K15.FR.15, K17.FR.04",
        "TC_K_54 TC_K_56",
        Patch(EvSchedules, "_negotiate", _only_with_a_profile),
    ),
    wrong_v201(
        "does not report the needs of an EV that renegotiates",
        "K17.FR.01",
        "TC_K_57",
        Patch(EvSchedules, "_needs_sent", _only_first_needs),
    ),
    wrong_v201(
        "does not limit an EV to its new charging profile",
        "K16.FR.11",
        "TC_K_58",
        Patch(PowerPath, "limit", _never_lower),
        Patch(VirtualCommunication, "_profile", always(())),
    ),
)
