"""A request is compared when it arrives; the most similar one is kept for the findings."""

from datetime import UTC, datetime

from plugfest.lab.csms.alternatives import Alternatives
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.expectations import meets
from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp.message import Request
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

FRAME = Frame(0, 0.0, datetime(2026, 1, 1, tzinfo=UTC), Direction.FROM_STATION, "")


def _received(message: Request[m.DataTransferResponse], number: int) -> AnyReceived:
    return ReceivedRequest(message, FRAME, number)


def _data_transfer(vendor: str, message_id: str) -> m.DataTransferRequest:
    return m.DataTransferRequest(vendor_id=vendor, message_id=message_id)


def test_the_nearest_request_has_the_fewest_differences() -> None:
    accepted = Alternatives(((m.DataTransferRequest, {"vendor_id": "A", "message_id": "1"}),), {})
    far, near = _received(_data_transfer("B", "2"), 0), _received(_data_transfer("A", "2"), 1)
    assert not accepted.match(far)
    assert not accepted.match(near)
    nearest = accepted.nearest(since=0)
    assert nearest is not None
    assert nearest.request is near
    assert [one.path for one in nearest.comparison.differences] == ["message_id"]


def test_a_request_of_any_alternative_can_be_the_nearest() -> None:
    accepted = Alternatives(((m.HeartbeatRequest, {}), (m.DataTransferRequest, {"vendor_id": "A"})), {})
    accepted.match(_received(_data_transfer("B", "2"), 0))
    nearest = accepted.nearest(since=0)
    assert nearest is not None
    assert nearest.checks == {"vendor_id": "A"}


def test_requests_before_the_mark_and_consumed_ones_are_not_the_nearest() -> None:
    accepted = Alternatives(((m.DataTransferRequest, {"vendor_id": "A"}),), {})
    early, consumed = _received(_data_transfer("B", "1"), 0), _received(_data_transfer("B", "2"), 1)
    accepted.match(early)
    accepted.match(consumed)
    consumed.consumed = True
    assert accepted.nearest(since=1) is None


def test_a_check_that_depends_on_the_time_is_made_at_arrival() -> None:
    elapsed = 0
    checks: dict[str, object] = {
        "vendor_id": meets("recent", lambda _: elapsed == 0),
        "message_id": t.DataTransferStatusEnumType.Accepted,
    }
    accepted = Alternatives(((m.DataTransferRequest, checks),), {})
    accepted.match(_received(_data_transfer("A", "1"), 0))
    elapsed = 30
    nearest = accepted.nearest(since=0)
    assert nearest is not None
    assert [one.path for one in nearest.comparison.differences] == ["message_id"]
