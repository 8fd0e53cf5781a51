"""Generates the changes of a scenario from its messages and their schemas."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from plugfest.lab.recording.record import Frame
from plugfest.ocpp import codec
from plugfest.ocpp.versions import Protocol
from plugfest.rig.selftest.mutants.generate import SentMessage, sent_messages
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant
from plugfest.rig.selftest.mutants.variations import variations
from plugfest.rig.selftest.specification.change import KINDS_OF_MESSAGE, Change, Kind, field_of, kind_of, value_of

REQUEST_FAULTS = (Fault.NOT_SENT, Fault.TWICE, Fault.DELAYED, Fault.AFTER_NEXT)
ANSWER_FAULTS = (Fault.UNANSWERED, Fault.ANSWERED_TWICE, Fault.DELAYED, Fault.AFTER_NEXT)

STATES = {
    "StatusNotificationRequest": ("connectorStatus", "status"),
    "TransactionEventRequest": ("eventType", "transactionInfo.chargingState"),
    "FirmwareStatusNotificationRequest": ("status",),
    "SignedFirmwareStatusNotificationRequest": ("status",),
    "DiagnosticsStatusNotificationRequest": ("status",),
    "LogStatusNotificationRequest": ("status",),
}
"""The fields with a state, by their messages. A message with another state after it contradicts it."""


def changes(case_id: str, protocol: Protocol, frames: Sequence[Frame], scenario: int) -> Iterator[Change]:
    """Every change of every message that the station sent from the frame `scenario` on."""
    for sent in sent_messages(frames, scenario):
        request = protocol.requests.get(sent.place.action)
        if request is None:
            continue
        message = codec.decode(request.response_type if sent.place.is_answer else request, sent.payload)
        for variation in variations(message):
            mutant = Mutant(
                case=case_id,
                place=sent.place,
                fault=Fault.CHANGED,
                change=variation.change,
                key=variation.key,
                payload=variation.payload,
            )
            field, value = field_of(variation), value_of(variation)
            yield Change(mutant=mutant, kind=kind_of(variation), field=field, value=value)
            if field in STATES.get(sent.place.message, ()) and kind_of(variation) is not Kind.LEFT_OUT:
                contradiction = Mutant(
                    case=case_id,
                    place=sent.place,
                    fault=Fault.CONTRADICTED,
                    change=variation.change,
                    key=variation.key,
                    payload=variation.payload,
                )
                yield Change(mutant=contradiction, kind=Kind.CONTRADICTED, field=field, value=value)
        yield from _of_message(case_id, sent)


def _of_message(case_id: str, sent: SentMessage) -> Iterator[Change]:
    for fault in ANSWER_FAULTS if sent.place.is_answer else REQUEST_FAULTS:
        yield Change(mutant=Mutant(case=case_id, place=sent.place, fault=fault), kind=KINDS_OF_MESSAGE[fault])


def sample(every: Sequence[Change], size: int, seed: str) -> list[Change]:
    """At most `size` of the changes: each field and kind of change once, in the order of the seed, then again."""
    chance = random.Random(seed)
    groups: dict[tuple[str, Kind], list[Change]] = defaultdict(list)
    for change in every:
        groups[change.target, change.kind].append(change)
    turns = list(groups.values())
    chance.shuffle(turns)
    for group in turns:
        chance.shuffle(group)
    longest = max(map(len, turns), default=0)
    return [group[number] for number in range(longest) for group in turns if number < len(group)][:size]
