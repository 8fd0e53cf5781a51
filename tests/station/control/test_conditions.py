"""States to wait for."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.control.conditions import Condition
from plugfest.station.control.states import ConnectorState, EvseState, StationState, TransactionState


def connector(**changes: object) -> ConnectorState:
    state = ConnectorState(
        id=1,
        status="Available",
        cable_in_socket=False,
        cable_in_ev=False,
        pilot="A",
        locked=False,
        contactor_closed=False,
        faulted=False,
    )
    return msgspec.structs.replace(state, **changes)


def evse(number: int, *connectors: ConnectorState, **changes: object) -> EvseState:
    state = EvseState(
        id=number,
        connectors=list(connectors or (connector(),)),
        power=0.0,
        offered=0.0,
        energy_import=100.0,
        state_of_charge=None,
        ev_state_of_charge=None,
        temperature=None,
        parking_bay_occupied=None,
        contract_problem=None,
    )
    return msgspec.structs.replace(state, **changes)


def transaction(at: int | None, **changes: object) -> TransactionState:
    state = TransactionState(
        id="t1", evse_id=at, authorized=True, charging_state="Charging", next_seq_no=2, charging_priority=0
    )
    return msgspec.structs.replace(state, **changes)


def station(*evses: EvseState, transactions: tuple[TransactionState, ...] = (), **changes: object) -> StationState:
    state = StationState(
        product="p",
        powered=True,
        connected=True,
        connection_problem="",
        accepted=True,
        seconds_to_attempt=None,
        display="Welcome, driver",
        unavailable_data=[],
        firmware=None,
        local_list=None,
        evses=list(evses or (evse(1),)),
        transactions=list(transactions),
        reservations=[],
    )
    return msgspec.structs.replace(state, **changes)


CHARGING = station(
    evse(1),
    evse(2, connector(status="Occupied", contactor_closed=True), power=11_000.0),
    transactions=(transaction(2),),
)


@pytest.mark.parametrize(
    "condition",
    [
        Condition(charging_state="Charging"),
        Condition(charging_state="Charging", evse_id=2, connector_status="Occupied", power=11_000.0),
        Condition(connector_status="Available", evse_id=1),
        Condition(transaction=True),
        Condition(transaction=False, evse_id=1),
        Condition(max_power=0.0, evse_id=1),
        Condition(display="driver"),
        Condition(connected=True, accepted=True, reservations=0),
        Condition(energy_import=99.5),
    ],
    ids=str,
)
def test_what_holds_is_met(condition: Condition) -> None:
    assert condition.unmet(CHARGING) == ""


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Condition(charging_state="Charging", evse_id=1), "EVSE 1: no transaction is ongoing"),
        (Condition(charging_state="EVConnected"), "EVSE 1: no transaction is ongoing"),
        (Condition(charging_state="EVConnected", evse_id=2), "EVSE 2: charging_state is Charging"),
        (Condition(transaction=False), "transaction t1 is ongoing"),
        (Condition(power=12_000.0, evse_id=2), "EVSE 2: power is 11000"),
        (Condition(max_power=10_000.0, evse_id=2), "EVSE 2: power is 11000"),
        (Condition(state_of_charge=10.0, evse_id=1), "EVSE 1: state_of_charge is not known"),
        (Condition(connector_id=7, evse_id=1), "EVSE 1: there is no connector 7"),
        (Condition(evse_id=9), "there is no EVSE 9"),
        (Condition(powered=False), "powered is true"),
        (Condition(firmware="Installed"), "firmware update is not known"),
        (Condition(display="Goodbye"), "display is Welcome, driver"),
    ],
    ids=str,
)
def test_what_does_not_hold_is_named(condition: Condition, reason: str) -> None:
    assert condition.unmet(CHARGING) == reason


def test_all_fields_hold_at_one_and_the_same_evse() -> None:
    """One EVSE charges, the connector of another is Available: that is not an Available connector that charges."""
    assert Condition(charging_state="Charging", connector_status="Available").unmet(CHARGING)


def test_a_transaction_without_an_evse_is_ongoing_at_the_station() -> None:
    state = station(transactions=(transaction(None),))
    assert Condition(transaction=False).unmet(state) == "transaction t1 is ongoing"


FIELDS: dict[str, Callable[[StationState], object]] = {
    "powered": lambda state: state.powered,
    "connected": lambda state: state.connected,
    "accepted": lambda state: state.accepted,
    "connector_status": lambda state: state.evses[0].connectors[0].status,
    "locked": lambda state: state.evses[0].connectors[0].locked,
}


@given(st.data(), st.booleans(), st.booleans(), st.sampled_from(["Available", "Occupied"]), st.booleans())
def test_a_condition_holds_exactly_if_each_of_its_fields_does(
    data: st.DataObject, powered: bool, connected: bool, status: str, locked: bool
) -> None:
    state = station(
        evse(1, connector(status=status, locked=locked)), powered=powered, connected=connected, accepted=connected
    )
    values = {"connector_status": st.sampled_from(["Available", "Occupied"])}
    wanted = data.draw(st.fixed_dictionaries({}, optional={name: values.get(name, st.booleans()) for name in FIELDS}))
    holds = all(FIELDS[name](state) == value for name, value in wanted.items())
    assert (Condition(**wanted).unmet(state) == "") is holds


def test_what_is_empty_is_known() -> None:
    assert Condition(evse_id=1).is_empty
    assert not Condition(evse_id=1, transaction=False).is_empty
