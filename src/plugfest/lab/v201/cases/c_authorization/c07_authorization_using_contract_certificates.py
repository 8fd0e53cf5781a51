"""C07 Authorization using Contract Certificates."""

from collections.abc import Callable

from plugfest.lab.case import Preparation, case
from plugfest.lab.checks.outage import offline
from plugfest.lab.v201.answers import authorize_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.e_transactions.configurations import reconnect_settings
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.memory.local_list import id_token_local_auth_list
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, stop_authorized
from plugfest.lab.v201.states.connector_status import connector_becomes
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.iso15118.authorized import (
    PLUG_AND_CHARGE,
    contract_accepted,
    contract_authorized,
    contract_chain,
    contract_ev_connected,
    contract_presented,
    contract_token,
    ev_prepared,
    hashes_of_contract,
    not_charging,
    roots_installed,
    v2g_certificates_installed,
)
from plugfest.lab.v201.states.offline import back_online, park_ev, queued_events
from plugfest.lab.v201.states.session_ended import ev_disconnected, parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import Event
from plugfest.lab.v201.states.transaction_points import start_points
from plugfest.ocpp.v201 import messages as m

CENTRAL = {**PLUG_AND_CHARGE, "ISO15118Ctrlr.CentralContractValidationAllowed": "true"}

TIME_OF_EV = 20
"""Seconds for an EV to begin its session, to be authorized and to charge."""


@case(
    "TC_C_50_CS",
    requirements=("C07.FR.01", "C07.FR.02"),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, contract_ev_connected),
    continues=True,
)
async def local_validation_accepted(bench: Bench) -> None:
    bench.step(1, "C07.FR.02")
    await contract_presented(bench, hashes=hashes_of_contract(bench))
    await contract_accepted(bench.step(3))
    await energy_transfer_started(bench.step(5))


def contract_not_accepted(certificate_status: str) -> Preparation[Bench]:
    """The CSMS of the lab accepts no token, because of this status of the certificate."""

    async def state(bench: Bench) -> None:
        bench.csms.answers.override(
            m.AuthorizeRequest, authorize_answer("Invalid", certificate_status=certificate_status)
        )

    return state


@case(
    "TC_C_51_CS",
    requirements=("C07.FR.01", "C07.FR.02", "C07.FR.13"),
    configuration=PLUG_AND_CHARGE,
    before=(roots_installed, contract_not_accepted("ContractCancelled"), contract_ev_connected),
    continues=True,
)
async def local_validation_rejected(bench: Bench) -> None:
    bench.step(1, "C07.FR.02")
    await contract_presented(bench, hashes=hashes_of_contract(bench))
    await not_charging(bench.step("post scenario", "C07.FR.13"))


@case(
    "TC_C_52_CS",
    requirements=("C07.FR.01", "C07.FR.02", "C07.FR.06"),
    configuration=CENTRAL,
    before=(v2g_certificates_installed, contract_ev_connected),
    continues=True,
)
async def central_validation_accepted(bench: Bench) -> None:
    bench.step(1, "C07.FR.06")
    await contract_presented(bench, certificate=contract_chain(bench))
    await contract_accepted(bench.step(3))
    await energy_transfer_started(bench.step(5))


@case(
    "TC_C_53_CS",
    requirements=("C07.FR.01", "C07.FR.02", "C07.FR.06", "C07.FR.16"),
    configuration=CENTRAL,
    before=(v2g_certificates_installed, contract_not_accepted("CertificateRevoked"), contract_ev_connected),
    continues=True,
)
async def central_validation_fails(bench: Bench) -> None:
    bench.step(1, "C07.FR.06")
    await contract_presented(bench, certificate=contract_chain(bench))
    await not_charging(bench.step("post scenario", "C07.FR.16"))


# Offline


def offline_validation(*, allowed: bool) -> Callable[[Bench], tuple[Need, ...]]:
    """The configuration of the cases offline. `allowed`: ContractValidationOffline, and for unknown ids."""

    def configuration(bench: Bench) -> tuple[Need, ...]:
        flag = str(allowed).lower()
        optional = {
            **AUTHORIZATION_ENABLED,
            "ISO15118Ctrlr.PnCEnabled": "true",
            "AuthCtrlr.OfflineTxForUnknownIdEnabled": flag,
            "AuthCtrlr.LocalAuthorizeOffline": "true",  # C07.FR.09
            "AuthCacheCtrlr.Enabled": "true",
            **reconnect_settings(bench, 2 * TIME_OF_EV),
        }
        required = needs({"ISO15118Ctrlr.ContractValidationOffline": flag}, if_implemented=False)
        return (*needs(optional), *required)

    return configuration


async def contract_known(bench: Bench) -> None:
    """IdTokenCached15118 and IdTokenLocalAuthList with the eMAID, each if the station implements it."""
    if bench.configuration.is_true("AuthCacheCtrlr.Available"):
        await contract_authorized(bench)
        await energy_transfer_started(bench)
        await stop_authorized(bench, how="remote")
        await ev_disconnected(bench, how="remote")
        await parking_bay_unoccupied(bench, how="remote")
    if bench.configuration.is_true("LocalAuthListCtrlr.Available"):
        await id_token_local_auth_list(bench, contract_token(bench))


async def _contract_ev_connected_offline(bench: Bench) -> list[Event]:
    """Steps 1 to 6: the EV is connected while the station is offline. Returns the events of that time."""
    await ev_prepared(bench)
    await offline(bench.step(1))
    await park_ev(bench)
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)
    await bench.wait(max(bench.settings.transaction_duration, TIME_OF_EV))
    outage = await back_online(bench.step(2))
    await connector_becomes(bench.step(3), "Occupied")
    if not start_points(bench) & {"ParkingBayOccupancy", "EVConnected"} and not bench.configuration.is_true(
        "ISO15118Ctrlr.ContractValidationOffline"
    ):
        return []
    bench.step(5)
    events = await queued_events(bench, outage)
    if start_points(bench) & {"ParkingBayOccupancy", "EVConnected"}:
        _check_event(bench, events, ("CablePluggedIn", "ChargingStateChanged"), "EVConnected")
    return events


def _check_event(
    bench: Bench, events: list[Event], trigger_reasons: tuple[str, ...], charging_state: str | None = None
) -> None:
    """One of the events of the time offline has one of these triggerReasons, and this chargingState."""
    found = [
        event for event in events if event.message.trigger_reason in trigger_reasons and event.message.offline is True
    ]
    states = [event.message.transaction_info.charging_state for event in found]
    wanted = f" and chargingState {charging_state}" if charging_state else ""
    bench.check(
        bool(found) and (charging_state is None or charging_state in states),
        f"a TransactionEventRequest with triggerReason {' or '.join(trigger_reasons)}{wanted} and offline true",
        ", ".join(f"{event.message.trigger_reason} {event.message.transaction_info.charging_state}" for event in events)
        or "none",
    )


@case(
    "TC_C_54_CS",
    requirements=("C07.FR.08", "C07.FR.09", "C07.FR.10", "C07.FR.11", "C07.FR.12"),
    configuration=offline_validation(allowed=True),
    before=(roots_installed, contract_known),
)
async def offline_validation_allowed(bench: Bench) -> None:
    events = await _contract_ev_connected_offline(bench)
    if start_points(bench) & {"ParkingBayOccupancy", "EVConnected", "Authorized"}:
        _check_event(bench.step(7, "C07.FR.08"), events, ("Authorized",))
    _check_event(bench.step(9), events, ("ChargingStateChanged",), "Charging")


@case(
    "TC_C_55_CS",
    requirements=("C07.FR.07",),
    configuration=offline_validation(allowed=False),
    before=(roots_installed, contract_known),
)
async def offline_validation_not_allowed(bench: Bench) -> None:
    events = await _contract_ev_connected_offline(bench)
    bench.step(7, "C07.FR.07")
    reasons = {event.message.trigger_reason for event in events}
    states = {event.message.transaction_info.charging_state for event in events}
    bench.check("Authorized" not in reasons, "no event with triggerReason Authorized", "sent")
    bench.check("Charging" not in states, "no event with chargingState Charging", "sent")
    await not_charging(bench.step("post scenario", "C07.FR.07"))
