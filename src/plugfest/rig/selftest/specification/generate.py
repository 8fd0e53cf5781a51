"""Generates the changes of a scenario from its messages and their schemas."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import msgspec

from plugfest.lab.recording.record import Frame
from plugfest.ocpp import codec
from plugfest.ocpp.message import OcppStruct
from plugfest.ocpp.versions import Protocol
from plugfest.rig.selftest.mutants.generate import SentMessage, sent_messages
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant
from plugfest.rig.selftest.mutants.variations import variations
from plugfest.rig.selftest.specification.change import (
    KINDS_OF_MESSAGE,
    Change,
    ChangeKind,
    field_of,
    kind_of,
    old_value_of,
    value_of,
)

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
    every = sent_messages(frames, scenario)
    for sent, following in zip_longest(every, every[1:]):
        request = protocol.requests.get(sent.place.action)
        if request is not None:
            yield from _of_fields(case_id, sent, request.response_type if sent.place.is_answer else request)
            yield from _of_message(case_id, sent, following)


def _of_fields(case_id: str, sent: SentMessage, kind: type[OcppStruct]) -> Iterator[Change]:
    payload = msgspec.json.decode(sent.payload)
    for variation in variations(codec.decode(kind, sent.payload)):
        change = Change(
            mutant=Mutant(
                case=case_id,
                place=sent.place,
                fault=Fault.CHANGED,
                change=variation.change,
                key=variation.key,
                payload=variation.payload,
            ),
            kind=kind_of(variation),
            field=field_of(variation),
            old=old_value_of(variation, payload),
            value=value_of(variation),
        )
        yield change
        if change.kind is ChangeKind.OTHER_VALUE and change.field in STATES.get(sent.place.message, ()):
            yield _contradiction(change)


def _contradiction(change: Change) -> Change:
    """The original message, and after it one with the change."""
    mutant = msgspec.structs.replace(change.mutant, fault=Fault.CONTRADICTED)
    return msgspec.structs.replace(change, mutant=mutant, kind=ChangeKind.CONTRADICTED)


def _of_message(case_id: str, sent: SentMessage, following: SentMessage | None) -> Iterator[Change]:
    for fault in ANSWER_FAULTS if sent.place.is_answer else REQUEST_FAULTS:
        mutant = Mutant(case=case_id, place=sent.place, fault=fault)
        if fault is not Fault.AFTER_NEXT:
            yield Change(mutant=mutant, kind=KINDS_OF_MESSAGE[fault])
        elif following is not None:
            yield Change(mutant=mutant, kind=ChangeKind.AFTER_NEXT, value=following.place.message)


def sample(every: Sequence[Change], size: int, seed: str) -> list[Change]:
    """At most `size` of the changes: each field and kind of change once, in the order of the seed, then again."""
    chance = random.Random(seed)
    groups: dict[tuple[str, ChangeKind], list[Change]] = defaultdict(list)
    for change in every:
        groups[change.target, change.kind].append(change)
    turns = list(groups.values())
    chance.shuffle(turns)
    for group in turns:
        chance.shuffle(group)
    longest = max(map(len, turns), default=0)
    return [group[number] for number in range(longest) for group in turns if number < len(group)][:size]
