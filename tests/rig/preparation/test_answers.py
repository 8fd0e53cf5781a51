"""Whatever a station answers while the lab prepares, the campaign runs its cases and reports what was not possible."""

from collections.abc import Iterable

import pytest
from tests.rig.preparation.changed_frames import Change, Message, campaign

from plugfest.lab.engine import BEGIN, CampaignOutcome
from plugfest.lab.verdict import Level, Verdict
from plugfest.ocpp.frames import CALL, CALLERROR

V16, V201 = "reference-16-ac", "reference-ac"
CASES = {V16: ["TC_004_1", "TC_019"], V201: ["TC_B_06", "TC_E_03"]}


def refused(message: Message) -> Iterable[Message]:
    yield message if message[0] == CALL else [CALLERROR, message[1], "NotSupported", "", {}]


def lost(message: Message) -> Iterable[Message]:
    return ()


def with_payload(**fields: object) -> Change:
    """The last element of the frame, its payload, has these fields."""

    def change(message: Message) -> Iterable[Message]:
        yield [*message[:-1], message[-1] | fields]

    return change


def only(payload: dict[str, object]) -> Change:
    def change(message: Message) -> Iterable[Message]:
        yield [*message[:-1], payload]

    return change


def long_value(message: Message) -> Iterable[Message]:
    keys = [
        one | {"value": "x" * 501} if one["key"] == "MeterValuesSampledData" else one
        for one in message[-1].get("configurationKey", ())
    ]
    yield [*message[:-1], message[-1] | ({"configurationKey": keys} if keys else {})]


def another_id(message: Message) -> Iterable[Message]:
    yield [*message[:-1], message[-1] | {"requestId": 4711}]


def repeated_for_ever(message: Message) -> Iterable[Message]:
    parts = 30
    for number in range(parts):
        yield [message[0], f"{message[1][:30]}-{number}", *message[2:-1], message[-1] | {"tbc": True}]


def refused_variable(message: Message) -> Iterable[Message]:
    results = [one | {"attributeStatus": "Rejected"} for one in message[-1]["setVariableResult"]]
    yield [*message[:-1], {"setVariableResult": results}]


def fewer_results(message: Message) -> Iterable[Message]:
    yield [*message[:-1], {"setVariableResult": message[-1]["setVariableResult"][:1]}]


ANSWERS = [
    (V16, "GetConfiguration", long_value, "5.8", "invalid CALLRESULT: "),
    (V16, "GetConfiguration", refused, "5.8", "the answer to GetConfiguration is CALLERROR NotSupported"),
    (V16, "GetConfiguration", only({"configurationKey": "none"}), "5.8", "Expected `array"),
    (V16, "GetConfiguration", only({}), "5.8", "GetConfiguration without keys returns no key"),
    (V16, "GetConfiguration", lost, "5.8", "no answer to GetConfiguration in time"),
    (V16, "ChangeConfiguration", refused, "", "the answer to ChangeConfiguration is CALLERROR NotSupported"),
    (V16, "ChangeConfiguration", only({"status": "Rejected"}), "", "ConnectionTimeOut = '20': Rejected"),
    (V16, "ChangeConfiguration", lost, "", "no answer to ChangeConfiguration in time"),
    (V201, "GetBaseReport", refused, "B07.FR.01", "the answer to GetBaseReport is CALLERROR NotSupported"),
    (V201, "GetBaseReport", lost, "B07.FR.01", "no answer to GetBaseReport in time"),
    (V201, "GetBaseReport", only({"status": 1}), "B07.FR.01", "invalid CALLRESULT: "),
    (V201, "GetBaseReport", only({"status": "Rejected"}), "", "GetBaseReport FullInventory: Rejected"),
    (V201, "GetBaseReport", only({"status": "NotSupported"}), "B07.FR.12", "FullInventory: NotSupported"),
    (V201, "GetBaseReport", only({"status": "EmptyResultSet"}), "B07.FR.08", "FullInventory: EmptyResultSet"),
    (V201, "NotifyReport", another_id, "B07.FR.04", "NotifyReport came with 4711"),
    (V201, "NotifyReport", lost, "B07.FR.03", "the inventory is incomplete: 0 parts"),
    (V201, "NotifyReport", with_payload(seqNo="0"), "B07.FR.03", "the inventory is incomplete: 0 parts"),
    (V201, "NotifyReport", repeated_for_ever, "B07.FR.03", "the inventory does not end"),
    (V201, "SetVariables", refused, "", "the answer to SetVariables is CALLERROR NotSupported"),
    (V201, "SetVariables", refused_variable, "", "TxCtrlr.EVConnectionTimeOut = '20': Rejected"),
    (V201, "SetVariables", lost, "", "no answer to SetVariables in time"),
]


def preparation(outcome: CampaignOutcome) -> list[tuple[str, str]]:
    return [(one.requirement, one.actual) for one in outcome.findings if one.step == BEGIN]


@pytest.mark.parametrize(("product", "action", "change", "requirement", "actual"), ANSWERS)
def test_a_wrong_answer_before_the_first_case_is_a_finding_and_the_cases_run(
    product: str, action: str, change: Change, requirement: str, actual: str
) -> None:
    outcome = campaign(product, CASES[product], {action: change})
    assert any(one == requirement and actual in text for one, text in preparation(outcome)), preparation(outcome)
    assert len(outcome.results) == 2
    assert {one.verdict for one in outcome.results} == {Verdict.PASS}, outcome.results


def test_what_is_not_known_of_the_configuration_is_not_assumed() -> None:
    """TC_B_06 needs a value of OfflineThreshold, if the station has it."""
    outcome = campaign(V201, ["TC_B_06", "TC_P_01"], {"GetBaseReport": refused, "GetVariables": refused}, always=True)
    assert [one for one, _ in preparation(outcome)] == ["B07.FR.01", "B06.FR.01"]
    needs_variable, needs_nothing = sorted(outcome.results, key=lambda one: one.id)
    assert (needs_variable.verdict, needs_nothing.verdict) == (Verdict.INCONCLUSIVE, Verdict.PASS)
    assert needs_variable.findings[0].actual.startswith("OCPPCommCtrlr.OfflineThreshold cannot be read: the answer to")


@pytest.mark.parametrize(
    ("product", "actions", "verdicts"),
    [
        (V16, {"GetConfiguration": long_value}, [Verdict.PASS, Verdict.FAIL]),
        (V16, {"GetConfiguration": refused}, [Verdict.INCONCLUSIVE, Verdict.FAIL]),
        (V16, {"GetConfiguration": lost}, [Verdict.INCONCLUSIVE, Verdict.FAIL]),
        (V16, {"ClearCache": lost}, [Verdict.PASS, Verdict.PASS]),
        (V201, {"GetBaseReport": refused}, [Verdict.PASS, Verdict.PASS]),
        (V201, {"NotifyReport": another_id}, [Verdict.PASS, Verdict.PASS]),
        (V201, {"NotifyReport": lost}, [Verdict.PASS, Verdict.PASS]),
        (V201, {"GetVariables": refused}, [Verdict.FAIL, Verdict.PASS]),
        (V201, {"ClearCache": refused}, [Verdict.PASS, Verdict.PASS]),
        (V201, {"ClearCache": lost}, [Verdict.PASS, Verdict.PASS]),
    ],
)
def test_a_station_that_always_answers_wrongly_fails_only_the_case_about_it(
    product: str, actions: dict[str, Change], verdicts: list[Verdict]
) -> None:
    outcome = campaign(product, CASES[product], actions, always=True)
    assert [one.verdict for one in outcome.results] == verdicts, outcome.results


def test_values_that_cannot_be_set_leave_the_cases_that_need_them_inconclusive() -> None:
    outcome = campaign(V201, ["TC_B_30", "TC_E_09"], {"SetVariables": refused_variable}, always=True)
    needs_nothing, needs_points = outcome.results
    assert needs_points.verdict is Verdict.INCONCLUSIVE
    assert needs_nothing.verdict is Verdict.PASS


def test_a_data_type_that_is_only_recommended_does_not_fail_a_case() -> None:
    """Section 2.2 has only ASCII for `info`, OCPP-J 4.1.2 other characters in natural language too."""
    (result,) = campaign(
        V16, ["TC_004_1"], {"StatusNotification": with_payload(info="Stecker verschweißt")}, always=True
    ).results
    assert result.verdict is Verdict.PASS
    assert {(one.requirement, one.level) for one in result.findings} == {("section 2.2", Level.SHOULD)}
