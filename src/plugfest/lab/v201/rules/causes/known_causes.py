"""What the lab knows of the causes of transaction events: acts of the operator, requests, and earlier events."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.v201.rules.energy import STATES_WITH_OFFER
from plugfest.lab.v201.rules.metering.signed_values import signed_values
from plugfest.lab.v201.rules.transactions import Transaction, seen_transactions
from plugfest.lab.v201.states.transaction_points import has_bay_sensor
from plugfest.ocpp.message import Request, given
from plugfest.ocpp.v201 import messages as m

Causes = Callable[[Evidence, Transaction], Iterator[int]]
"""The causes of a kind for a transaction: the frames at which they began."""


def acts(*kinds: ActionKind) -> Causes:
    """The acts of the operator of these kinds."""
    return lambda evidence, transaction: (action.frame for action in evidence.actions_of(*kinds))


def requests(*kinds: type[Request[Any]]) -> Causes:
    """The requests of the lab of these types, unless the station has refused them."""

    def causes(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
        return (each.frame for each in evidence.lab_requests if isinstance(each.request, kinds) and not _refused(each))

    return causes


def _refused(exchange: Exchange) -> bool:
    """Whether the station has refused a request. Without an answer it may have accepted it."""
    status = getattr(exchange.response, "status", None)
    return exchange.answered_at is not None and (status is None or status == "Rejected")


def stop_requests(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The requests of the lab to stop the transaction."""
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.RequestStopTransactionRequest) and request.transaction_id == transaction.id:
            yield exchange.frame


def trigger_messages(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The requests of the lab for an event or meter values."""
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.TriggerMessageRequest) and request.requested_message in (
            "TransactionEvent",
            "MeterValues",
        ):
            yield exchange.frame


def refusals_of_tokens(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The responses of the lab with a status of the idToken other than Accepted."""
    for exchange in evidence.station_requests:
        response = exchange.response
        info = getattr(response, "id_token_info", None)
        status = getattr(info, "status", None)
        if status is not None and status != "Accepted" and exchange.answered_in is not None:
            yield exchange.answered_in


def own_events(*triggers: str) -> Causes:
    """The events of the transaction itself with these trigger reasons."""

    def causes(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
        return (each.frame for each in transaction.received if each.message.trigger_reason in triggers)

    return causes


def other_transactions(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The events of transactions at other EVSEs, with which the station shares its power (K04.FR.05)."""
    for other in seen_transactions(evidence):
        if other.evse_id != transaction.evse_id:
            yield from (each.frame for each in other.received)


def energy_offered(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The events that report that the EVSE offers energy to the EV."""
    return (
        each.frame
        for each in transaction.received
        if given(each.message.transaction_info.charging_state) in STATES_WITH_OFFER
    )


def _half_inserted_plugs(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    return (action.frame for action in evidence.actions_of(ActionKind.PLUG_IN) if not action.seated)


def arrivals(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The arrivals of an EV: in the bay if a sensor detects it there, else also at the plug."""
    at_plug = () if has_bay_sensor(evidence.product) else (ActionKind.PLUG_IN,)
    return acts(ActionKind.PARK, *at_plug)(evidence, transaction)


def boots(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The starts of the station."""
    return (each.frame for each in evidence.sent(m.BootNotificationRequest))


def master_passes(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The presentations of tokens in the group of the master pass."""
    group = evidence.settings.tokens.master_pass.group
    presented = evidence.actions_of(ActionKind.PRESENT_TOKEN)
    return (action.frame for action in presented if action.token is not None and action.token.group == group)


def signed_data(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The signed meter values of the transaction. A station that claims DataSigned may receive them unsent."""
    if evidence.product.supports(DATA_SIGNED):
        yield 0
    for event in transaction.received:
        if any(signed_values(event.message)):
            yield event.frame


def _starts_with_profile(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.RequestStartTransactionRequest) and given(request.charging_profile) is not None:
            yield exchange.frame


def _limits_on_invalid_id(evidence: Evidence, transaction: Transaction) -> Iterator[int]:
    """The settings of the energy that a transaction may use after its idToken was refused (C15.FR.03)."""
    for exchange in evidence.lab_requests:
        request = exchange.request
        if isinstance(request, m.SetVariablesRequest) and any(
            each.variable.name == "MaxEnergyOnInvalidId" for each in request.set_variable_data
        ):
            yield exchange.frame


def any_of(*several: Causes) -> Causes:
    """The causes of several kinds together."""
    return lambda evidence, transaction: chain.from_iterable(each(evidence, transaction) for each in several)


DATA_SIGNED = "C-09.3"
"""The feature of a product whose transactions may start with signed data: DataSigned as TxStartPoint."""

PRESENTED = acts(ActionKind.PRESENT_TOKEN)
PLUGGED_IN = acts(ActionKind.PLUG_IN)
DISCONNECTED = acts(ActionKind.UNPLUG, ActionKind.LEAVE, ActionKind.FAULT, ActionKind.POWER_OFF)
POWER = acts(ActionKind.POWER_OFF)
FAULTS = any_of(acts(ActionKind.FAULT, ActionKind.CLEAR_FAULT, ActionKind.JAM_LOCK), _half_inserted_plugs)
REMOTE_STARTS = requests(m.RequestStartTransactionRequest)
RESETS = requests(m.ResetRequest)
PROFILES = any_of(requests(m.SetChargingProfileRequest), _starts_with_profile)
ENERGY_LIMITS = any_of(PROFILES, _limits_on_invalid_id, refusals_of_tokens)
