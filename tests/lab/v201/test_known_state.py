"""TxStartPoint and TxStopPoint as rules about conditions."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.lab.v201.known_state import Conditions, starts, stops

POINTS = ("ParkingBayOccupancy", "EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer", "DataSigned")
points = st.frozensets(st.sampled_from(POINTS))
facts = st.builds(Conditions, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@pytest.mark.parametrize(
    ("point", "moment"),
    [
        ("ParkingBayOccupancy", Conditions(bay_occupied=True)),
        ("EVConnected", Conditions(ev_connected=True)),
        ("Authorized", Conditions(authorized=True)),
        ("PowerPathClosed", Conditions(ev_connected=True, authorized=True)),
        ("EnergyTransfer", Conditions(energy_transfer=True)),
    ],
)
def test_a_transaction_starts_when_a_configured_point_is_reached(point: str, moment: Conditions) -> None:
    assert starts({point}, Conditions(), moment)
    assert not starts({point}, moment, Conditions())


@given(points, facts)
def test_unchanged_conditions_start_nothing(configured: frozenset[str], moment: Conditions) -> None:
    assert not starts(configured, moment, moment)


@pytest.mark.parametrize("point", ["ParkingBayOccupancy", "EVConnected"])
def test_an_authorization_starts_anew_where_the_ev_has_stayed(point: str) -> None:
    stayed = Conditions(bay_occupied=True, ev_connected=True)
    assert starts({point}, stayed, msgspec.structs.replace(stayed, authorized=True))


@given(points, points, facts, facts)
def test_more_start_points_never_start_later(
    some: frozenset[str], more: frozenset[str], before: Conditions, after: Conditions
) -> None:
    either = starts(some, before, after) or starts(more, before, after)
    assert starts(some | more, before, after) == either


@given(points, facts)
def test_unchanged_conditions_stop_nothing(configured: frozenset[str], moment: Conditions) -> None:
    assert not stops(configured, moment, moment)


@given(points, facts)
def test_leaving_everything_stops_what_any_held_point_kept(configured: frozenset[str], moment: Conditions) -> None:
    assert stops(configured, moment, Conditions()) == any(moment.holds(point) for point in configured)


def test_a_point_that_was_never_reached_cannot_be_left() -> None:
    assert not stops({"Authorized"}, Conditions(ev_connected=True), Conditions())
