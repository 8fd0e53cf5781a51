"""When transactions start and end, for each combination of start and stop points."""

from itertools import combinations

import pytest

from plugfest.station.model.transactions.points import (
    Point,
    Points,
    SessionState,
    ends,
    ends_by_deauthorization,
    ends_with_authorization,
    ends_without_cable,
    points_of,
    starts,
)

BAY, CABLE, TOKEN = Point.PARKING_BAY_OCCUPANCY, Point.EV_CONNECTED, Point.AUTHORIZED
SIGNED, PATH, ENERGY = Point.DATA_SIGNED, Point.POWER_PATH_CLOSED, Point.ENERGY_TRANSFER

# The states of a charging session, step by step.
CABLE_FIRST = (
    SessionState(),
    SessionState(bay_occupied=True),
    SessionState(bay_occupied=True, connected=True),
    SessionState(bay_occupied=True, connected=True, authorized=True),
    SessionState(bay_occupied=True, connected=True, authorized=True, signed=True),
    SessionState(bay_occupied=True, connected=True, authorized=True, signed=True, energy_flows=True),
)
TOKEN_FIRST = (
    SessionState(),
    SessionState(bay_occupied=True),
    SessionState(bay_occupied=True, authorized=True),
    SessionState(bay_occupied=True, authorized=True, connected=True),
    SessionState(bay_occupied=True, connected=True, authorized=True, signed=True),
    SessionState(bay_occupied=True, connected=True, authorized=True, signed=True, energy_flows=True),
)

EVERY_COMBINATION = [frozenset(each) for size in range(1, 7) for each in combinations(Point, size)]

STEP_OF = {  # the step at which each point begins to hold
    "cable first": {BAY: 1, CABLE: 2, TOKEN: 3, PATH: 3, SIGNED: 4, ENERGY: 5},
    "token first": {BAY: 1, TOKEN: 2, CABLE: 3, PATH: 3, SIGNED: 4, ENERGY: 5},
}


def first_start(states: tuple[SessionState, ...], start: Points) -> int | None:
    held = [points_of(state) for state in states]
    return next((step for step in range(1, len(held)) if starts(held[step - 1], held[step], start)), None)


@pytest.mark.parametrize(("order", "states"), [("cable first", CABLE_FIRST), ("token first", TOKEN_FIRST)])
def test_transaction_starts_at_the_first_of_its_start_points(order: str, states: tuple[SessionState, ...]) -> None:
    for start in EVERY_COMBINATION:
        assert first_start(states, start) == min(STEP_OF[order][point] for point in start), sorted(start)


def test_transaction_ends_at_the_first_of_its_stop_points() -> None:
    held = [points_of(state) for state in reversed(CABLE_FIRST)]
    # In reverse: energy, signature, token, cable, bay. PowerPathClosed ends with the first of token and cable.
    step_of = {ENERGY: 1, TOKEN: 3, PATH: 3, CABLE: 4, BAY: 5}
    for stop in EVERY_COMBINATION:
        expected = min((step_of[point] for point in stop if point is not SIGNED), default=None)
        actual = next((step for step in range(1, len(held)) if ends(held[step - 1], held[step], stop)), None)
        assert actual == expected, sorted(stop)


def test_a_stop_point_that_never_held_ends_nothing() -> None:
    connected = points_of(SessionState(connected=True))
    assert not ends(connected, connected, frozenset({TOKEN}))


def test_power_path_ends_with_the_cable_also_without_an_authorization() -> None:
    assert ends(
        points_of(SessionState(connected=True)), points_of(SessionState()), frozenset({PATH})
    )  # part 2, 2.6.6.2


def test_new_authorization_counts_points_that_held_before() -> None:
    before, now = points_of(SessionState(connected=True)), points_of(SessionState(connected=True, authorized=True))
    assert starts(before, now, frozenset({CABLE}))
    assert not starts(before, before, frozenset({CABLE}))


@pytest.mark.parametrize(
    ("stop", "with_authorization", "by_invalid_token", "without_cable"),
    [
        ({TOKEN}, True, True, True),
        ({PATH}, True, True, True),
        ({ENERGY}, False, True, True),
        ({CABLE}, False, False, True),
        ({BAY}, False, False, False),
        ({BAY, TOKEN}, True, True, True),
    ],
)
def test_stop_points_determine_what_else_ends_a_transaction(
    stop: set[Point], with_authorization: bool, by_invalid_token: bool, without_cable: bool
) -> None:
    points = frozenset(stop)
    assert ends_with_authorization(points) is with_authorization  # E06.FR.03
    assert ends_by_deauthorization(points) is by_invalid_token  # E05.FR.10
    assert ends_without_cable(points) is without_cable  # E03.FR.05, E03.FR.15
