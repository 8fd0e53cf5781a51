"""In which cases a variant has an effect, and which scenarios of two products are equal."""

from datetime import UTC, datetime

import pytest

from plugfest.lab.recording.record import Direction, Frame
from plugfest.ocpp import frames
from plugfest.ocpp.message import Request, Response
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.ocpp.versions import V201
from plugfest.products import load_product
from plugfest.rig.selftest.behaviours.behaviour import Patch
from plugfest.rig.selftest.behaviours.builders import always
from plugfest.rig.selftest.variants.changes import changing
from plugfest.rig.selftest.variants.message_filter import MessageFilter
from plugfest.rig.selftest.variants.scenarios import Scenario, Scenarios, has_effect, new_cases
from plugfest.rig.selftest.variants.variant import Variant, permitted_v201
from plugfest.station.model.authorization.token_cache import TokenCache

NOW = datetime(2026, 1, 1, tzinfo=UTC)

HEARTBEAT_AND_UNLOCK = Scenario(
    frames=(
        Frame(0, 0.0, NOW, Direction.FROM_STATION, frames.call("1", "Heartbeat", b"{}")),
        Frame(1, 0.0, NOW, Direction.FROM_LAB, frames.call("2", "UnlockConnector", b'{"evseId":1,"connectorId":1}')),
        Frame(2, 0.0, NOW, Direction.FROM_STATION, frames.call_result("2", b'{"status":"Unlocked"}')),
    ),
    called=frozenset({"TokenCache.lookup"}),
    digest="",
)


def with_filter(applied: MessageFilter) -> Variant:
    return permitted_v201("a variant", "E01", "a reason", filter=applied)


def replaced(message: Request[m.HeartbeatResponse] | Response) -> MessageFilter:
    """Replaces the messages of this type by this one."""
    return changing(type(message), lambda _: message)


OTHER_ANSWER = m.UnlockConnectorResponse(status=t.UnlockStatusEnumType.UnlockFailed)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (with_filter(MessageFilter(delay=1)), True),
        (with_filter(replaced(m.ClearCacheResponse(status=t.ClearCacheStatusEnumType.Accepted))), False),
        (with_filter(replaced(OTHER_ANSWER)), True),
        (permitted_v201("a variant", "E01", "a reason", Patch(TokenCache, "lookup", always(None))), True),
        (permitted_v201("a variant", "E01", "a reason", Patch(TokenCache, "update", always(None))), False),
        (permitted_v201("a variant", "E01", "a reason", product=lambda product: product), True),
    ],
)
def test_a_variant_has_an_effect_if_it_changes_a_message_or_a_function_that_is_called(
    variant: Variant, expected: bool
) -> None:
    assert has_effect(variant, HEARTBEAT_AND_UNLOCK, V201) is expected


def test_a_delay_of_answers_has_an_effect_without_a_request_of_the_station() -> None:
    answered = Scenario(HEARTBEAT_AND_UNLOCK.frames[1:], frozenset(), "")
    assert has_effect(with_filter(MessageFilter(delay=1)), answered, V201)
    assert not has_effect(with_filter(MessageFilter(delay=1, answers_at_once=True)), answered, V201)


def test_scenarios_of_products_that_differ_elsewhere_are_equal() -> None:
    eu, us, ac = (
        Scenarios(load_product(name)).of(["TC_P_01_CS"])["TC_P_01_CS"]
        for name in ("alpitronic-hyc-200-eu", "alpitronic-hyc-200-us", "reference-ac")
    )
    assert eu.digest == us.digest
    assert eu.frames != us.frames
    assert {"DataTransfer"} <= {action(frame) for frame in ac.frames}


def action(frame: Frame) -> str:
    parsed = frames.parse(frame.text, 100_000)
    return parsed.action if isinstance(parsed, frames.Call) else ""


def test_a_case_is_run_once_for_equal_scenarios_and_not_without_an_effect() -> None:
    variant = with_filter(MessageFilter(delay=1))
    case = ["TC_P_01_CS"]
    assert new_cases(variant, "alpitronic-hyc-200-eu", case, {}) == case
    assert new_cases(variant, "alpitronic-hyc-200-us", case, {"alpitronic-hyc-200-eu": case}) == []
    assert new_cases(variant, "alpitronic-hyc-200-us", case, {"alpitronic-hyc-200-eu": []}) == case
    assert new_cases(with_filter(replaced(m.HeartbeatRequest())), "alpitronic-hyc-200-us", case, {}) == []
