"""Evidence of invented cases, for the tests of the rules."""

from datetime import timedelta
from typing import Any

import msgspec
from tests.lab.conversations import START, Conversation

from plugfest.lab.csms.csms import ConnectionPeriod
from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.recording.exchanges import exchanges
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.versions import by_name
from plugfest.products import load_product

CONNECTED = (ConnectionPeriod(0.0),)
"""From the beginning of the record on."""

DEFAULT_SETTINGS = LabSettings()


def evidence(
    record: Conversation,
    *actions: OperatorAction,
    connection_periods: tuple[ConnectionPeriod, ...] = CONNECTED,
    known_transactions: frozenset[object] = frozenset(),
    earlier: int = 0,
    clock_steps: tuple[float, ...] = (),
    product: str = "alpitronic-hyc-200-eu",
    settings: LabSettings = DEFAULT_SETTINGS,
) -> Evidence:
    """The evidence of a case with the frames of this record; so many exchanges are before the case."""
    tested = load_product(product)
    recorded = tuple(exchanges(record.frames, by_name(tested.ocpp_version)))
    return Evidence(
        product=tested,
        settings=settings,
        exchanges=recorded[earlier:],
        earlier=recorded[:earlier],
        actions=actions,
        connection_periods=tuple(_numbered(period, record) for period in connection_periods),
        known_transactions=known_transactions,
        clock_steps=clock_steps,
    )


def _numbered(period: ConnectionPeriod, record: Conversation) -> ConnectionPeriod:
    """With its first frame in the record, unless the test sets one."""
    first = next((frame.index for frame in record.frames if frame.at >= period.began), len(record.frames))
    return period if period.first_frame else msgspec.structs.replace(period, first_frame=first)


def violations(rule: Rule, record: Conversation, *actions: OperatorAction, **circumstances: Any) -> list[Violation]:
    """The violations of a rule in a record."""
    return list(rule.judge(evidence(record, *actions, **circumstances)))


def violating_frames(
    rule: Rule, record: Conversation, *actions: OperatorAction, **circumstances: Any
) -> list[int | None]:
    """The frames that violate a rule."""
    return [violation.frame for violation in violations(rule, record, *actions, **circumstances)]


def action(kind: ActionKind, at: float, frame: int = 0, **details: Any) -> OperatorAction:
    """An operator action at the connector under test, without duration unless `until` is given."""
    address = {"evse_id": 1, "connector_id": 1} | details
    return OperatorAction(kind=kind, began=at, ended=address.pop("until", at), frame=frame, **address)


def stamp(at: float) -> str:
    """A moment of the record as a timestamp."""
    return (START + timedelta(seconds=at)).isoformat().replace("+00:00", "Z")
