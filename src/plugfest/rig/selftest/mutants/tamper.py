"""Puts a mutant's fault on the wire, between an honest station and the lab."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from uuid import uuid4

import msgspec

from plugfest.lab.csms.csms import Csms
from plugfest.lab.recording.record import Direction, Frame
from plugfest.link.errors import LinkError
from plugfest.ocpp import codec, frames
from plugfest.ocpp.frames import Call, CallResult
from plugfest.rig.selftest.mutants.mutant import Fault, Mutant, Place
from plugfest.rig.selftest.mutants.variations import varied
from plugfest.rig.selftest.mutants.wire import parsed_frame


class Tamper:
    """What happens to the frames of the station on their way to the lab. Without a mutant, nothing does."""

    def __init__(self, csms: Csms) -> None:
        self._csms = csms
        csms.incoming = self._incoming
        csms.record.listeners.append(self._note_request)
        self._mutant: Mutant | None = None
        self._unasked: str | None = None  # until the station has a line
        self._seen: Counter[tuple[str, bool]] = Counter()
        self._asked: dict[str, str] = {}  # actions of the lab's requests by message id
        self._again: dict[str, str] = {}  # what comes once more, when the lab has answered this message id
        self._replies: set[asyncio.Task[None]] = set()
        self.struck = False  # whether the fault came about

    def begin(self, mutant: Mutant | None) -> None:
        """From here on count anew, and put this mutant's fault on the wire when its place comes."""
        self._mutant = mutant
        self._seen.clear()
        self._unasked = None
        self.struck = False
        if mutant is not None and mutant.fault is Fault.UNASKED:
            self._ask(frames.call(str(uuid4()), mutant.place.action, msgspec.json.encode(mutant.payload)))

    def _ask(self, text: str) -> None:
        """What nobody asked for comes at the beginning, or if there is no line with the first frame after it."""
        if self._csms.connected:
            self.struck = True
            asyncio.get_running_loop().call_soon(self._csms.deliver, text)
        else:
            self._unasked = text

    def _note_request(self, frame: Frame) -> None:
        if frame.direction is Direction.FROM_LAB:
            sent = parsed_frame(frame.text)
            if isinstance(sent, Call):
                self._asked[sent.message_id] = sent.action
            elif sent is not None and sent.message_id in self._again:
                asyncio.get_running_loop().call_soon(self._csms.deliver, self._again.pop(sent.message_id))

    def _incoming(self, text: str | bytes) -> Iterable[str | bytes]:
        frame = parsed_frame(text)
        if self._unasked is not None:
            unasked, self._unasked, self.struck = self._unasked, None, True
            return (text, unasked)
        if self._mutant is None or frame is None or not self._is_place(frame):
            return (text,)
        self.struck = True
        return self._strike(self._mutant, frame, text)

    def _is_place(self, frame: Call | CallResult) -> bool:
        is_answer = isinstance(frame, CallResult)
        action = self._asked.get(frame.message_id, "") if isinstance(frame, CallResult) else frame.action
        number = self._seen[action, is_answer]
        self._seen[action, is_answer] += 1
        mutant = self._mutant
        return (
            mutant is not None
            and mutant.fault is not Fault.UNASKED
            and mutant.place == Place(action, is_answer, number)
        )

    def _strike(self, mutant: Mutant, frame: Call | CallResult, text: str | bytes) -> Iterable[str | bytes]:
        match mutant.fault:
            case Fault.CHANGED:
                return (_with_payload(frame, msgspec.json.encode(self._changed(mutant, frame))),)
            case Fault.UNANSWERED:
                return ()
            case Fault.ANSWERED_TWICE:
                return (text, text)
            case Fault.TWICE if isinstance(frame, Call):
                self._again[frame.message_id] = frames.call(str(uuid4()), frame.action, bytes(frame.payload))
                return (text,)
            case _ if isinstance(frame, Call):
                self._answer_unseen(frame)
        return ()

    def _changed(self, mutant: Mutant, frame: Call | CallResult) -> object:
        """The message of this run with the change, and nothing else of another run; if it has such a place."""
        request = self._csms.protocol.requests[mutant.place.action]
        message = codec.decode(request if isinstance(frame, Call) else request.response_type, frame.payload)
        payload = varied(message, mutant.key)
        return mutant.payload if payload is None else payload

    def _answer_unseen(self, call: Call) -> None:
        """The lab never sees this request, and the station, which did send it, goes on as if it had been answered."""
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
