"""Status of uploads and firmware updates of OCPP 2.0.1."""

from collections.abc import Callable

import pytest
from tests.lab.rules.cases import breaches, broken_at
from tests.lab.v201.rules.talk import Talk

from plugfest.lab.rules.rule import Rule
from plugfest.lab.v201.rules.logs_and_firmware import LOG_FAILURE_ONCE, firmware_request_id, log_request_id

UPDATE = {"firmware": {"location": "http://x/y", "retrieveDateTime": "2026-01-01T00:00:00Z"}}


LOG = {"logType": "SecurityLog", "log": {"remoteLocation": "http://x"}}


def updating(at: float, request_id: int, status: str = "Accepted", talk: Talk | None = None) -> Talk:
    talk = talk or Talk()
    talk.asked(at, "UpdateFirmware", status=status, requestId=request_id, **UPDATE)
    return talk


def uploading(at: float, request_id: int, status: str = "Accepted", talk: Talk | None = None) -> Talk:
    talk = talk or Talk()
    talk.asked(at, "GetLog", status=status, requestId=request_id, **LOG)
    return talk


def told(talk: Talk, at: float, action: str, status: str, request_id: int | None) -> None:
    talk.said(at, action, {"status": status} | ({} if request_id is None else {"requestId": request_id}), {})


KINDS = [
    pytest.param(firmware_request_id, updating, "FirmwareStatusNotification", "Downloading", id="firmware"),
    pytest.param(log_request_id, uploading, "LogStatusNotification", "Uploading", id="log"),
]


@pytest.mark.parametrize(("rule", "begin", "action", "status"), KINDS)
class TestBoth:
    def test_the_id_of_the_request_is_right(
        self, rule: Callable[[], Rule], begin: Callable[..., Talk], action: str, status: str
    ) -> None:
        talk = begin(1, 5)
        told(talk, 2, action, status, 5)
        assert broken_at(rule(), talk) == []

    @pytest.mark.parametrize("request_id", [6, None])
    def test_another_id_and_none_are_found(
        self, rule: Callable[[], Rule], begin: Callable[..., Talk], action: str, status: str, request_id: int | None
    ) -> None:
        talk = begin(1, 5)
        told(talk, 2, action, status, request_id)
        assert broken_at(rule(), talk) == [2]

    def test_an_idle_station_names_none(
        self, rule: Callable[[], Rule], begin: Callable[..., Talk], action: str, status: str
    ) -> None:
        talk = begin(1, 5)
        told(talk, 2, action, "Idle", None)
        assert broken_at(rule(), talk) == []

    def test_a_request_of_an_earlier_case_is_known(
        self, rule: Callable[[], Rule], begin: Callable[..., Talk], action: str, status: str
    ) -> None:
        judge, later = rule(), Talk()
        told(later, 9, action, status, 5)
        assert broken_at(judge, begin(1, 5)) == []
        assert broken_at(judge, later) == []

    def test_a_request_that_was_rejected_begins_nothing(
        self, rule: Callable[[], Rule], begin: Callable[..., Talk], action: str, status: str
    ) -> None:
        talk = begin(1, 5, "Rejected")
        told(talk, 2, action, status, 5)
        assert broken_at(rule(), talk) == [2]

    def test_the_older_request_is_over_once_the_newer_was_told_of(
        self, rule: Callable[[], Rule], begin: Callable[..., Talk], action: str, status: str
    ) -> None:
        talk = begin(2, 6, talk=begin(1, 5))
        told(talk, 3, action, status, 5)
        told(talk, 4, action, status, 6)
        assert broken_at(rule(), talk) == []
        told(talk, 5, action, status, 5)
        assert broken_at(rule(), talk) == [8]


def test_an_upload_may_be_said_to_be_cancelled_after_the_next_one_has_begun() -> None:
    talk = uploading(2, 6, "AcceptedCanceled", uploading(1, 5))
    told(talk, 3, "LogStatusNotification", "AcceptedCanceled", 5)
    told(talk, 4, "LogStatusNotification", "Uploading", 6)
    assert broken_at(log_request_id(), talk) == []


# Uploads


def test_an_upload_that_has_failed_is_over() -> None:
    talk = Talk()
    for at, status in enumerate(("Uploading", "UploadFailure", "Uploading", "Uploaded")):
        talk.said(at, "LogStatusNotification", {"status": status, "requestId": 1}, {})
    (breach,) = breaches(LOG_FAILURE_ONCE, talk)
    assert (breach.frame, breach.actual) == (4, "Uploading")
