"""Whether a ReserveNow is accepted: the rules alone."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugfest.clock import utc_now
from plugfest.station.blocks.h_reservation.rules import (
    Decision,
    ReserveNowStatus,
    Support,
    Target,
    decide,
    decide_by_status,
)
from plugfest.station.model.connectors.connector_status import ConnectorStatus

NOW = utc_now()
TYPES = {1: frozenset({"cCCS2"}), 2: frozenset({"cCCS2", "cG105"})}
EVERYTHING = Support(enabled=True, any_evse=True, connector_type=True)

STATUSES = st.dictionaries(st.integers(1, 4), st.sampled_from(ConnectorStatus), min_size=1)
TARGETS = st.builds(
    Target,
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from(["cCCS2", "cG105", "sType2"]),
    st.sampled_from([NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)]),
)


@given(STATUSES)
def test_a_reservation_is_accepted_if_and_only_if_an_evse_is_available(statuses: dict[int, ConnectorStatus]) -> None:
    accepted = decide_by_status(statuses).status is ReserveNowStatus.ACCEPTED
    assert accepted == (ConnectorStatus.AVAILABLE in statuses.values())


@given(STATUSES)
def test_a_refusal_names_a_status_that_an_evse_has(statuses: dict[int, ConnectorStatus]) -> None:
    names = {str(status) for status in statuses.values()}
    names |= {"Occupied"} if "Reserved" in names else set()  # H01.FR.11
    names |= {"Accepted"} if "Available" in names else set()
    assert str(decide_by_status(statuses).status) in names


@given(TARGETS, st.builds(Support, st.booleans(), st.booleans(), st.booleans()))
def test_only_existing_evses_with_the_type_are_targeted(target: Target, support: Support) -> None:
    targeted = decide(target, support, NOW, TYPES)
    if isinstance(targeted, Decision):
        assert targeted.status is ReserveNowStatus.REJECTED
        assert targeted.reason
        return
    assert support.enabled
    assert target.expires_at > NOW
    assert support.any_evse or target.evse_id is not None  # H01.FR.19
    assert support.connector_type or target.connector_type is None
    assert all(target.evse_id in (None, each) for each in targeted)
    assert all(target.connector_type in (None, *TYPES[each]) for each in targeted)


def test_every_rejection_has_its_reason_code() -> None:
    later = NOW + timedelta(hours=1)
    for target, support, reason in (
        (Target(1, None, later), EVERYTHING._replace(enabled=False), "NotEnabled"),
        (Target(None, None, later), EVERYTHING._replace(any_evse=False), "MissingParam"),
        (Target(None, "cCCS2", later), EVERYTHING._replace(any_evse=False), "MissingParam"),
        (Target(1, "cCCS2", later), EVERYTHING._replace(connector_type=False), "UnsupportedParam"),
        (Target(1, None, NOW), EVERYTHING, "InvalidValue"),
        (Target(7, None, later), EVERYTHING, "UnknownEvse"),
        (Target(1, "cG105", later), EVERYTHING, "UnknownConnectorType"),
    ):
        assert decide(target, support, NOW, TYPES) == Decision(ReserveNowStatus.REJECTED, reason)


def test_a_connector_type_targets_the_evses_that_have_it() -> None:
    later = NOW + timedelta(hours=1)
    assert decide(Target(None, "cCCS2", later), EVERYTHING, NOW, TYPES) == {1, 2}
    assert decide(Target(None, "cG105", later), EVERYTHING, NOW, TYPES) == {2}
