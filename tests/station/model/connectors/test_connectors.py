"""The status of connectors, and what the CSMS switches."""

import pytest

from plugfest.station.model.connectors.availability import STATION, Availability, Place
from plugfest.station.model.connectors.connector_status import (
    ConnectorConditions,
    ConnectorStatus,
    evse_summary,
    station_summary,
    status_of,
)
from plugfest.station.storage.store import Store

AVAILABLE, OCCUPIED = ConnectorStatus.AVAILABLE, ConnectorStatus.OCCUPIED
RESERVED, UNAVAILABLE, FAULTED = ConnectorStatus.RESERVED, ConnectorStatus.UNAVAILABLE, ConnectorStatus.FAULTED


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (ConnectorConditions(), AVAILABLE),
        (ConnectorConditions(occupied=True), OCCUPIED),  # G01.FR.03
        (ConnectorConditions(reserved=True), RESERVED),
        (ConnectorConditions(reserved=True, occupied=True), RESERVED),  # G03.FR.09
        (ConnectorConditions(operative=False), UNAVAILABLE),
        (ConnectorConditions(operative=False, occupied=True), UNAVAILABLE),
        (ConnectorConditions(operative=False, reserved=True), UNAVAILABLE),
        (ConnectorConditions(faulted=True, operative=False, occupied=True), FAULTED),
    ],
)
def test_status_follows_from_the_facts(facts: ConnectorConditions, status: ConnectorStatus) -> None:
    assert status_of(facts) is status


def test_evse_is_what_its_connectors_say_most() -> None:
    assert evse_summary([AVAILABLE, OCCUPIED]) is OCCUPIED
    assert evse_summary([FAULTED, AVAILABLE]) is AVAILABLE
    assert evse_summary([FAULTED, UNAVAILABLE]) is UNAVAILABLE


def test_station_is_available_while_one_evse_is() -> None:
    assert station_summary([OCCUPIED, AVAILABLE]) is AVAILABLE
    assert station_summary([OCCUPIED, FAULTED]) is OCCUPIED


CONNECTOR, OTHER = Place(1, 1), Place(2, 1)


def test_each_level_has_a_state_of_its_own() -> None:
    availability = Availability(Store(), lambda evse_id: False)
    availability.set_operative(CONNECTOR, operative=False)
    availability.set_operative(Place(1), operative=False)
    availability.set_operative(Place(1), operative=True)
    assert not availability.operative(CONNECTOR)  # G03 note 1
    availability.set_operative(CONNECTOR, operative=True)
    assert availability.operative(CONNECTOR)


def test_station_switches_everything() -> None:
    availability = Availability(Store(), lambda evse_id: False)
    availability.set_operative(STATION, operative=False)
    assert not availability.operative(CONNECTOR)
    assert not availability.operative(OTHER)  # G04.FR.07


def test_transaction_keeps_its_evse_operative() -> None:
    busy = {1}
    availability = Availability(Store(), lambda evse_id: evse_id in busy)
    availability.set_operative(STATION, operative=False)
    assert availability.operative(CONNECTOR)  # G04.FR.06
    assert not availability.operative(OTHER)
    busy.clear()
    assert not availability.operative(CONNECTOR)


def test_what_the_csms_switched_survives_and_what_a_reset_closed_does_not() -> None:
    store = Store()
    first = Availability(store, lambda evse_id: False)
    first.set_operative(Place(1), operative=False)
    first.close(Place(2))
    assert not first.operative(OTHER)
    second = Availability(store, lambda evse_id: False)
    assert not second.operative(CONNECTOR)  # G03.FR.08
    assert second.operative(OTHER)
