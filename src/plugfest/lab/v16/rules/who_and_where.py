"""A transaction begins for who was there, at the connector that he plugged in to."""

from collections.abc import Iterator

from plugfest.lab.operator.actions import ActionKind
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.v16 import messages as m


def _who(evidence: Evidence) -> Iterator[Breach]:
    presented = [
        (action.began, action.token.id_token)
        for action in evidence.done(ActionKind.PRESENT_TOKEN)
        if action.token is not None
    ]
    remote = [
        (one.at, one.request.id_tag)
        for one in evidence.asked
        if isinstance(one.request, m.RemoteStartTransactionRequest)
    ]
    came = sorted([*presented, *remote])
    for start in evidence.told(m.StartTransactionRequest):
        id_tags = [id_tag for at, id_tag in came if at <= start.at]
        if id_tags and start.message.id_tag.lower() not in {id_tag.lower() for id_tag in id_tags}:
            yield Breach(
                f"StartTransactionRequest.idTag {' or '.join(dict.fromkeys(id_tags))}",
                start.message.id_tag,
                start.frame,
            )


def _where(evidence: Evidence) -> Iterator[Breach]:
    cables = list(evidence.done(ActionKind.PLUG_IN))
    for start in evidence.told(m.StartTransactionRequest):
        connectors = sorted({str(action.evse_id) for action in cables if action.began <= start.at})
        if connectors and str(start.message.connector_id) not in connectors:
            yield Breach(
                f"StartTransactionRequest.connectorId {' or '.join(connectors)}, where a cable is",
                str(start.message.connector_id),
                start.frame,
            )


ID_TAG = Rule("the idTag that was presented", "section 6.45", _who)  # it is CaseInsensitive: 7.28
CONNECTOR = Rule("the connector that was plugged in to", "section 6.45", _where)
