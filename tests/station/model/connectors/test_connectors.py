"""Connector status, and the operational status that the CSMS sets."""

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
    ("conditions", "status"),
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
def test_status_follows_from_the_conditions(conditions: ConnectorConditions, status: ConnectorStatus) -> None:
    assert status_of(conditions) is status


def test_status_of_an_evse_follows_from_its_connectors() -> None:
    assert evse_summary([AVAILABLE, OCCUPIED]) is OCCUPIED
    assert evse_summary([FAULTED, AVAILABLE]) is AVAILABLE
    assert evse_summary([FAULTED, UNAVAILABLE]) is UNAVAILABLE


def test_station_is_available_while_one_evse_is() -> None:
    assert station_summary([OCCUPIED, AVAILABLE]) is AVAILABLE
    assert station_summary([OCCUPIED, FAULTED]) is OCCUPIED


CONNECTOR, OTHER = Place(1, 1), Place(2, 1)


def test_station_evse_and_connector_each_have_their_own_status() -> None:
    availability = Availability(Store(), lambda evse_id: False)
    availability.set_operative(CONNECTOR, operative=False)
    availability.set_operative(Place(1), operative=False)
    availability.set_operative(Place(1), operative=True)
    assert not availability.operative(CONNECTOR)  # G03 note 1
    availability.set_operative(CONNECTOR, operative=True)
    assert availability.operative(CONNECTOR)


def test_inoperative_station_makes_every_connector_inoperative() -> None:
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


def test_operational_status_survives_a_restart_but_a_scheduled_reset_does_not() -> None:
    store = Store()
    first = Availability(store, lambda evse_id: False)
    first.set_operative(Place(1), operative=False)
    first.close(Place(2))
    assert not first.operative(OTHER)
    second = Availability(store, lambda evse_id: False)
    assert not second.operative(CONNECTOR)  # G03.FR.08
    assert second.operative(OTHER)
