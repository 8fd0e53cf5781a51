"""The default answers of OCPP 1.6: status of the tokens and ids of the transactions."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plugfest.lab.csms.answers import Answers
from plugfest.lab.settings import LabSettings
from plugfest.lab.v16.answers import default_answers
from plugfest.ocpp.v16 import messages as m

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def answers() -> Answers:
    return Answers(default_answers(LabSettings(), lambda: NOW))


def start(id_tag: str = "10000001", at: datetime = NOW) -> m.StartTransactionRequest:
    return m.StartTransactionRequest(connector_id=1, id_tag=id_tag, meter_start=0, timestamp=at)


def started(answers: Answers, request: m.StartTransactionRequest) -> Any:
    return answers.respond(request)


def test_every_transaction_has_an_id_of_its_own(answers: Answers) -> None:
    first, second = started(answers, start()), started(answers, start(at=NOW.replace(hour=1)))
    assert first.transaction_id != second.transaction_id


def test_a_repeated_start_is_the_same_transaction(answers: Answers) -> None:
    assert started(answers, start()) == started(answers, start())


@pytest.mark.parametrize(
    ("id_tag", "status"),
    [("10000001", "Accepted"), ("20000002", "Blocked"), ("20000004", "Invalid"), ("unknown", "Invalid")],
)
def test_an_id_tag_has_the_status_of_its_token(answers: Answers, id_tag: str, status: str) -> None:
    """OCPP 1.6 has no Unknown."""
    response: Any = answers.respond(m.AuthorizeRequest(id_tag=id_tag))
    assert response.id_tag_info.status == status


def test_the_parent_of_an_id_tag_is_its_group(answers: Answers) -> None:
    response: Any = answers.respond(m.AuthorizeRequest(id_tag="10000003"))
    assert response.id_tag_info.parent_id_tag == "FLEET-A"


def test_a_stop_without_id_tag_is_answered_without_one(answers: Answers) -> None:
    stop = m.StopTransactionRequest(meter_stop=0, timestamp=NOW, transaction_id=1)
    assert answers.respond(stop) == m.StopTransactionResponse()
