"""Injects the fault of a mutant into the messages from a conforming station to the lab."""

import asyncio
from collections import Counter
from collections.abc import Iterable

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.recording.record import Direction, Frame
from plugfest.link.errors import LinkError
from plugfest.ocpp import codec, frames
from plugfest.ocpp.frames import Call, CallResult
from plugfest.ocpp.uuids import new_uuid
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant, Place, parsed_frame
from plugfest.rig.selftest.mutants.renumbering import Renumbering, call_text
from plugfest.rig.selftest.mutants.variations import with_variation

DELAY = 60.0
"""Seconds that a delayed message needs to the lab: longer than either end waits for an answer."""

CHARGING_STATE_CHANGED = {"eventType": "Updated", "triggerReason": "ChargingStateChanged"}
"""The fields of a TransactionEventRequest that is sent for a new charging state."""


class FaultInjector:
    """Changes, omits, repeats, delays or moves messages of the station on their way to the lab."""

    def __init__(self, csms: Csms) -> None:
        self._csms = csms
        csms.incoming = self._incoming
        csms.record.listeners.append(self._on_frame)
        self._mutant: Mutant | None = None
        self._unsolicited: str | None = None  # waits for a connection
        self._counts: Counter[tuple[str, bool]] = Counter()
        self._renumbering = Renumbering()
        self._held: str | bytes | None = None  # until the next message
        self._delayed: asyncio.TimerHandle | None = None
        self._actions: dict[str, str] = {}  # of the requests from the lab, by message id
        self._repeats: dict[str, str | bytes] = {}  # requests to deliver when the lab has answered this message id
        self._replies: set[asyncio.Task[None]] = set()
        self.applied = False  # whether the fault was injected

    def start(self, mutant: Mutant | None) -> None:
        """Restart the counts, and inject the fault of this mutant at its place; None: inject nothing."""
        self._mutant = mutant
        self._counts.clear()
        self._renumbering.clear()
        self._unsolicited = self._held = None
        if self._delayed is not None:
            self._delayed.cancel()
        self.applied = False
        if mutant is not None and mutant.fault is Fault.UNSOLICITED:
            self._send_unsolicited(frames.call(new_uuid(), mutant.place.action, msgspec.json.encode(mutant.payload)))

    def _send_unsolicited(self, text: str) -> None:
        """Deliver an unsolicited request at once, or after the first frame of the next connection."""
        if self._csms.connected:
            self.applied = True
            asyncio.get_running_loop().call_soon(self._csms.deliver, text)
        else:
            self._unsolicited = text

    def _on_frame(self, frame: Frame) -> None:
        if frame.direction is Direction.FROM_LAB:
            sent = parsed_frame(frame.text)
            if isinstance(sent, Call):
                self._actions[sent.message_id] = sent.action
            elif sent is not None and sent.message_id in self._repeats:
                asyncio.get_running_loop().call_soon(self._csms.deliver, self._repeats.pop(sent.message_id))

    def _incoming(self, text: str | bytes) -> Iterable[str | bytes]:
        frame = parsed_frame(text)
        if self._unsolicited is not None:
            unsolicited, self._unsolicited, self.applied = self._unsolicited, None, True
            return (text, unsolicited)
        if self._mutant is None or frame is None:
            return (text,)
        if isinstance(frame, Call) and self._renumbering.active:
            frame = self._renumbering.renumbered(frame)
            text = call_text(frame)
        if self._held is not None:
            return self._with_held_message(frame, text)
        if not self._is_place(frame):
            return (text,)
        self.applied = self._mutant.fault is not Fault.AFTER_NEXT
        return self._inject(self._mutant, frame, text)

    def _with_held_message(self, frame: Call | CallResult, text: str | bytes) -> Iterable[str | bytes]:
        """The held message after this one; after its answer, if both are requests."""
        held, self._held, self.applied = self._held, None, True
        if held is None:
            return (text,)
        if isinstance(frame, Call) and isinstance(parsed_frame(held), Call):
            self._repeats[frame.message_id] = held
            return (text,)
        return (text, held)

    def _is_place(self, frame: Call | CallResult) -> bool:
        is_answer = isinstance(frame, CallResult)
        action = self._actions.get(frame.message_id, "") if isinstance(frame, CallResult) else frame.action
        number = self._counts[action, is_answer]
        self._counts[action, is_answer] += 1
        mutant = self._mutant
        return (
            mutant is not None
            and mutant.fault is not Fault.UNSOLICITED
            and mutant.place == Place(action, is_answer, number)
        )

    def _inject(self, mutant: Mutant, frame: Call | CallResult, text: str | bytes) -> Iterable[str | bytes]:
        match mutant.fault:
            case Fault.CHANGED:
                return (_with_payload(frame, msgspec.json.encode(self._changed(mutant, frame))),)
            case Fault.UNANSWERED:
                return ()
            case Fault.ANSWERED_TWICE:
                return (text, text)
            case Fault.TWICE if isinstance(frame, Call):
                self._repeats[frame.message_id] = frames.call(new_uuid(), frame.action, bytes(frame.payload))
                return (text,)
            case Fault.CONTRADICTED if isinstance(frame, Call):
                self._repeats[frame.message_id] = self._contradiction(mutant, frame)
                return (text,)
            case Fault.DELAYED:
                self._delayed = asyncio.get_running_loop().call_later(DELAY, self._csms.deliver, text)
                return ()
            case Fault.AFTER_NEXT:
                self._held = text
            case Fault.NOT_SENT if isinstance(frame, Call):
                self._renumbering.shift(frame, -1)
        if isinstance(frame, Call):
            self._answer_omitted(frame)
        return ()

    def _contradiction(self, mutant: Mutant, call: Call) -> str:
        """A request that contradicts this one, the next of its transaction if it has one."""
        changed = self._changed(mutant, call)
        if isinstance(changed, dict) and mutant.key.startswith("transactionInfo.chargingState"):
            changed |= CHARGING_STATE_CHANGED
        payload = msgspec.Raw(msgspec.json.encode(changed))
        self._renumbering.shift(call, 1)
        return call_text(self._renumbering.renumbered(Call(new_uuid(), call.action, payload)))

    def _changed(self, mutant: Mutant, frame: Call | CallResult) -> object:
        """The message of this run with the change of the mutant; its whole payload if the message lacks the field."""
        request = self._csms.protocol.requests[mutant.place.action]
        message = codec.decode(request if isinstance(frame, Call) else request.response_type, frame.payload)
        payload = with_variation(message, mutant.key)
        return mutant.payload if payload is None else payload

    def _answer_omitted(self, call: Call) -> None:
        """Answer a request that the lab does not receive, so that the station continues."""
        request = codec.decode(self._csms.protocol.requests[call.action], call.payload)
        answer = frames.call_result(call.message_id, codec.encode(self._csms.answers.respond(request)))
        task = asyncio.ensure_future(self._reply(answer))
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    async def _reply(self, text: str) -> None:
        try:
            await self._csms.send_text(text)
        except LinkError:
            return


def _with_payload(frame: Call | CallResult, payload: bytes) -> str:
    if isinstance(frame, Call):
        return frames.call(frame.message_id, frame.action, payload)
    return frames.call_result(frame.message_id, payload)
