"""A cable in one connector of an EVSE is no news of the other ones."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind, OperatorAction
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.lab.verdict import Level
from plugfest.ocpp.v201 import messages as m

BY_THE_CABLE = frozenset({"Occupied", "Unavailable"})
"""What a station may think that the cable made of them."""


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for action in evidence.done(ActionKind.PLUG_IN):
        for told in evidence.told(m.StatusNotificationRequest):
            soon = told.frame >= action.frame and told.at <= action.ended + evidence.settings.time_tolerance
            if soon and _is_sibling(told.message, action) and told.message.connector_status in BY_THE_CABLE:
                yield Breach(
                    f"no StatusNotificationRequest of connector {told.message.connector_id} for a cable in"
                    f" connector {action.connector_id}",
                    told.message.connector_status,
                    told.frame,
                )


def _is_sibling(message: m.StatusNotificationRequest, action: OperatorAction) -> bool:
    return message.evse_id == action.evse_id and message.connector_id != action.connector_id


OTHER_CONNECTORS = Rule("silence of the other connectors of an EVSE", "G01.FR.08", _judge, Level.SHOULD)
