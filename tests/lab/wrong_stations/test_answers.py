"""Wrong answers and invalid frames: the case fails and the campaign goes on."""

import asyncio

import pytest
from tests.lab.scripted_station import Called, Script
from tests.lab.wrong_stations.two_cases import VERSION, found, never_answers, run

from plugfest.lab.verdict import Verdict
from plugfest.ocpp.v201 import messages as m


def test_no_answer_fails_and_the_campaign_goes_on() -> None:
    first, second = run(never_answers)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert found(first) == "GetLocalListVersionResponse: no response within 30 s"


async def answers_late(called: Called) -> None:
    await asyncio.sleep(30.5)
    await called.answer(VERSION)


def test_an_answer_after_the_timeout_fails_and_is_reported_when_it_arrives() -> None:
    first, second = run(answers_late)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "no response within 30 s" in found(first)
    assert "answer to a CALL that had timed out" in found(first)


@pytest.mark.parametrize("pause", [0, 0.2, 0.7])
def test_a_second_answer_fails_even_after_the_end_of_the_case(pause: float) -> None:
    async def answers_twice(called: Called) -> None:
        await called.answer(VERSION)
        await asyncio.sleep(pause)
        await called.answer(VERSION)

    first, second = run(answers_twice)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "answered already" in found(first)


async def with_unknown_id(called: Called) -> None:
    await called.answer(VERSION, message_id="unknown-id")


def test_an_answer_with_another_message_id_fails_and_is_reported() -> None:
    first, second = run(with_unknown_id)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "answer to a CALL that was not sent or is answered already" in found(first)
    assert "no response within 30 s" in found(first)


async def with_wrong_type(called: Called) -> None:
    await called.send_text(f'[3,"{called.message_id}",{{"versionNumber":"many"}}]')


async def with_answer_to_another_action(called: Called) -> None:
    await called.answer(m.ClearCacheResponse(status="Accepted"))  # type: ignore[arg-type]


@pytest.mark.parametrize("script", [with_wrong_type, with_answer_to_another_action])
def test_an_answer_that_violates_the_schema_fails(script: Script) -> None:
    first, second = run(script)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert "a response that violates the schema" in found(first)


@pytest.mark.parametrize(
    "raw",
    ["", "nonsense", "null", "[]", '[3,"x"]', '[2,["x"],"Heartbeat",{}]', '[2,"x",{},{}]', '[9,"x",{}]', "[" * 9999],
)
def test_anything_but_a_valid_frame_fails(raw: str) -> None:
    async def answers_then_sends_raw(called: Called) -> None:
        await called.answer(VERSION)
        await called.send_text(raw)

    first, second = run(answers_then_sends_raw)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS), found(first)


@pytest.mark.parametrize("transaction_info", ["[]", "7", '{"transactionId":[]}', '{"transactionId":7}', "null"])
def test_an_event_with_another_structure_fails(transaction_info: str) -> None:
    async def answers_then_sends_event(called: Called) -> None:
        await called.answer(VERSION)
        for number in range(2):
            await called.send_text(
                f'[2,"{number}","TransactionEvent",{{"seqNo":{{}},"transactionInfo":{transaction_info},"eventType":1}}]'
            )

    first, second = run(answers_then_sends_event)
    assert (first.verdict, second.verdict) == (Verdict.FAIL, Verdict.PASS), found(first)
