"""A finding about an answer shows the frame of this answer, whatever the station sends in the same moment."""

import msgspec
from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, Script, ScriptedStation
from tests.lab.wrong_stations.two_cases import VERSION, never_answers

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import CaseFailed
from plugfest.ocpp.v201 import messages as m

HEARTBEAT = '[2,"unrelated","Heartbeat",{}]'


def _frame_of_finding(script: Script) -> tuple[object, ...]:
    """The frame of the finding of a case that expects version 1 of the local list."""
    shown: list[str] = []

    @case("TC_X_01_CS")
    async def version_is_one(bench: Bench) -> None:
        try:
            await bench.call(m.GetLocalListVersionRequest(), version_number=1)
        except CaseFailed:
            (finding,) = bench.judge.findings
            assert finding.frame is not None
            shown.append(bench.csms.record.frames[finding.frame].text)
            raise

    def prepare(station: ScriptedStation) -> None:
        station.scripts[m.GetLocalListVersionRequest] = script

    campaign(version_is_one, prepare=prepare)
    return tuple(msgspec.json.decode(shown[0]))


async def _answers_and_sends_a_request(called: Called) -> None:
    await called.answer(VERSION)
    await called.send_text(HEARTBEAT)


def test_the_frame_of_a_wrong_answer_is_the_answer() -> None:
    assert _frame_of_finding(_answers_and_sends_a_request)[2] == {"versionNumber": 0}


async def _refuses_and_sends_a_request(called: Called) -> None:
    await called.send_text(f'[4,"{called.message_id}","NotSupported","",{{}}]')
    await called.send_text(HEARTBEAT)


def test_the_frame_of_a_refusal_is_the_call_error() -> None:
    assert _frame_of_finding(_refuses_and_sends_a_request)[2] == "NotSupported"


def test_the_frame_of_a_missing_answer_is_the_request() -> None:
    assert _frame_of_finding(never_answers)[2] == "GetLocalListVersion"
