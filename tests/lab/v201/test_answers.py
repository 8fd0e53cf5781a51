"""The default answers of the lab's CSMS, and the overrides of a case."""

from datetime import UTC, datetime

import pytest

from plugfest.lab.csms.answers import Answers
from plugfest.link.peer import Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201.types import ClearCacheStatusEnumType

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ACCEPTED = m.ClearCacheResponse(status=ClearCacheStatusEnumType.Accepted)
REJECTED = m.ClearCacheResponse(status=ClearCacheStatusEnumType.Rejected)


def test_a_request_with_an_empty_response_gets_it() -> None:
    report = m.NotifyReportRequest(request_id=1, generated_at=NOON, seq_no=0)
    assert Answers({}).respond(report) == m.NotifyReportResponse()


def test_an_action_that_only_stations_answer_is_not_supported() -> None:
    with pytest.raises(Refusal) as caught:
        Answers({}).respond(m.ClearCacheRequest())
    assert caught.value.code is ErrorCode.NotSupported


def test_an_override_applies_as_often_as_requested() -> None:
    answers = Answers({m.ClearCacheRequest: lambda _: ACCEPTED})
    answers.override(m.ClearCacheRequest, lambda _: REJECTED, times=2)
    responses = [answers.respond(m.ClearCacheRequest()) for _ in range(3)]
    assert responses == [REJECTED, REJECTED, ACCEPTED]
