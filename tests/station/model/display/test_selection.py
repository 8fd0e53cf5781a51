"""Which display messages are shown at a moment."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugfest.hardware.ports import FormattedText
from plugfest.station.model.connectors.connector_status import ConnectorStatus
from plugfest.station.model.display.selection import (
    DisplayMessage,
    DisplayState,
    MessagePriority,
    display_state,
    in_turn,
    next_in_turn,
    replaced_by,
)
from plugfest.station.model.transactions.events import ChargingState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = st.none() | st.integers(-100, 100).map(lambda seconds: NOW + timedelta(seconds=seconds))
STATES = st.sampled_from(DisplayState)
MESSAGES = st.lists(
    st.builds(
        DisplayMessage,
        id=st.integers(0, 50),
        priority=st.sampled_from(MessagePriority),
        content=st.just(FormattedText("text")),
        state=st.none() | STATES,
        starts_at=TIMES,
        ends_at=TIMES,
    ),
    unique_by=lambda message: message.id,
)


@given(MESSAGES, STATES)
def test_only_due_messages_of_the_highest_priority_are_shown(
    messages: list[DisplayMessage], state: DisplayState
) -> None:
    turn = in_turn(messages, NOW, state)
    due = [message for message in messages if message.is_due(NOW, state)]
    order = list(MessagePriority)
    assert bool(turn) == bool(due)
    assert {message.priority for message in turn} <= {min((each.priority for each in due), key=order.index, default="")}
    assert all(message in turn for message in due if message.priority is (turn[0].priority if turn else None))
    for message in turn:
        assert message.starts_at is None or message.starts_at <= NOW  # O01.FR.06
        assert message.ends_at is None or message.ends_at > NOW  # O01.FR.07
        assert message.state in (None, state)


@given(MESSAGES)
def test_every_message_of_a_turn_is_shown_before_one_is_shown_again(messages: list[DisplayMessage]) -> None:
    seen: list[DisplayMessage] = []
    shown = None
    for _ in messages:
        shown = next_in_turn(messages, shown)
        assert shown is not None
        seen.append(shown)
    assert sorted(each.id for each in seen) == sorted(each.id for each in messages)  # O01.FR.14


@given(MESSAGES, st.integers(0, 50), st.sampled_from(MessagePriority))
def test_a_message_replaces_its_id_and_the_one_that_is_always_in_front(
    messages: list[DisplayMessage], id: int, priority: MessagePriority
) -> None:
    new = DisplayMessage(id=id, priority=priority, content=FormattedText("new"))
    replaced = replaced_by(new, messages)
    always = {each.id for each in messages if each.priority is MessagePriority.ALWAYS_FRONT}
    same = {each.id for each in messages if each.id == id}
    assert set(replaced) == (same | always if priority is MessagePriority.ALWAYS_FRONT else same)
    assert len(replaced) == len(set(replaced))


@given(st.sampled_from(ConnectorStatus), st.lists(st.none() | st.sampled_from(ChargingState)))
def test_the_station_has_one_state_for_its_display(
    status: ConnectorStatus, charging: list[ChargingState | None]
) -> None:
    state = display_state(status, charging)
    assert (state is DisplayState.FAULTED) == (status is ConnectorStatus.FAULTED)
    assert (state is DisplayState.UNAVAILABLE) == (status is ConnectorStatus.UNAVAILABLE)
    assert state is not DisplayState.CHARGING or ChargingState.CHARGING in charging
    assert state is not DisplayState.IDLE or ChargingState.CHARGING not in charging
