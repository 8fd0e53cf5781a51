"""Watches every frame of a campaign for a CALL that a CSMS must not send at that moment."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf
from typing import NamedTuple

import msgspec

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.composition import Lab
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.recording.exchanges import OPPOSITE, parsed
from plugfest.lab.recording.record import Direction, Frame
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.frames import Call, CallError, CallResult
from plugfest.products import load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab

BOOT = "BootNotification"


QUEUE_QUESTION = ("GetTransactionStatus", "TransactionEvent")
"""The lab asks for the queue while it owes this answer: a message is queued until it is answered (E14.FR.04, FR.07)."""


class SentCall(msgspec.Struct):
    """A CALL on one connection with its answer. Frames are indexes into the record, `at` is loop time in seconds."""

    direction: Direction
    action: str
    payload: bytes
    message_id: str
    frame: int
    at: float
    answered_in: float = inf
    status: str = ""

    def __str__(self) -> str:
        return f"{self.action} (frame {self.frame})"


class Fault(NamedTuple):
    """A CALL that the lab must not have sent, and its frame."""

    reason: str
    frame: int


class ConductWatch:
    """Notes on which connection each frame of the campaign was sent."""

    def __init__(self, lab: Lab) -> None:
        self._csms = lab.csms
        self._timeout = lab.settings.response_timeout
        self._connections: dict[int, list[SentCall]] = {}
        lab.record.listeners.append(self._add)

    def _add(self, frame: Frame) -> None:
        calls = self._connections.setdefault(self._csms.connection_count, [])
        message = parsed(frame.text)
        if isinstance(message, Call):
            payload = bytes(message.payload)
            calls.append(SentCall(frame.direction, message.action, payload, message.message_id, frame.index, frame.at))
        elif message is not None:
            asked = OPPOSITE[frame.direction], message.message_id
            call = next((one for one in reversed(calls) if (one.direction, one.message_id) == asked), None)
            if call is not None:
                call.answered_in = frame.index
                call.status = _status(message)

    def faults(self) -> Iterator[Fault]:
        """Each CALL that the lab must not have sent, with the reason."""
        for calls in self._connections.values():
            from_lab = [one for one in calls if one.direction is Direction.FROM_LAB]
            from_station = [one for one in calls if one.direction is Direction.FROM_STATION]
            yield from _with_answer_owed(from_lab, from_station)
            yield from _with_call_open(from_lab, self._timeout)
            yield from _before_boot(from_lab, from_station)

    @property
    def calls(self) -> int:
        """How many CALLs the lab has sent."""
        every = [one for calls in self._connections.values() for one in calls]
        return sum(one.direction is Direction.FROM_LAB for one in every)


def _status(answer: CallResult | CallError) -> str:
    return _Status.of(answer.payload) if isinstance(answer, CallResult) else ""


class _Status(msgspec.Struct):
    status: object = ""

    @classmethod
    def of(cls, payload: bytes) -> str:
        return str(msgspec.json.decode(payload, type=cls).status)


def _with_answer_owed(from_lab: list[SentCall], from_station: list[SentCall]) -> Iterator[Fault]:
    """A request that the lab never answers is left unanswered on purpose."""
    for one in from_lab:
        for owed in from_station:
            if (one.action, owed.action) != QUEUE_QUESTION and owed.frame < one.frame < owed.answered_in < inf:
                yield Fault(f"{one} while the answer to {owed} is owed", one.frame)


def _with_call_open(from_lab: list[SentCall], timeout: float) -> Iterator[Fault]:
    for earlier, later in pairwise(from_lab):
        if later.frame < earlier.answered_in and later.at < earlier.at + timeout:
            yield Fault(f"{later} while {earlier} is not answered", later.frame)


def _before_boot(from_lab: list[SentCall], from_station: list[SentCall]) -> Iterator[Fault]:
    """Nothing before the answer to BootNotification, nor after Rejected; Pending allows requests (B02.FR.01)."""
    triggered = next((one.frame for one in from_lab if BOOT.encode() in one.payload), inf)
    boots = [one for one in from_station if one.action == BOOT and one.frame < triggered]
    if not boots:
        return
    closed = [(-1.0, boots[0].answered_in)]
    closed += [(one.answered_in, two.answered_in) for one, two in pairwise(boots) if one.status == "Rejected"]
    if boots[-1].status == "Rejected":
        closed.append((boots[-1].answered_in, inf))
    for one in from_lab:
        if any(begin < one.frame < end for begin, end in closed):
            yield Fault(f"{one} before the station is accepted", one.frame)


def watched_campaign(
    product_name: str, chosen: list[CampaignCase], settings: LabSettings | None = None
) -> tuple[CampaignOutcome, ConductWatch]:
    """Run cases on one station in one run, and watch what the lab sends."""
    return clock.run_simulated(_watched(product_name, chosen, settings or LabSettings()))


async def _watched(
    product_name: str, chosen: list[CampaignCase], settings: LabSettings
) -> tuple[CampaignOutcome, ConductWatch]:
    product = load_product(product_name)
    lab = virtual_lab(product, settings)
    watch = ConductWatch(lab)
    async with virtual_bench(lab, product) as operator:
        return await Engine(lab).run(chosen, operator), watch
