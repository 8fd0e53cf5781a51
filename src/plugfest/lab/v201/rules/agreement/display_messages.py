"""The display messages that a station reports: all that were requested, as the lab has set them, and no others."""

from collections.abc import Iterator
from datetime import timedelta

from plugfest.lab.recording.exchanges import Exchange
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Rule, Violation
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t

DISPLAY = "display"
"""The component that shows a message without a display; a station may report it (O01.FR.20)."""

_FIELDS = ("priority", "state", "start_date_time", "end_date_time", "transaction_id")
_CONTENT_FIELDS = ("format", "language", "content")


def display_messages() -> Rule:
    """The display messages of one campaign."""
    clauses = "O03.FR.01, O03.FR.02, O03.FR.06, O04.FR.01, O04.FR.02, O04.FR.03"
    return Rule("the requested display messages", clauses, _StoredMessages().judge)


class _Expected:
    """What the answer to one request has to contain, and what it may contain."""

    def __init__(self, certain: dict[int, t.MessageInfoType], possible: dict[int, t.MessageInfoType]) -> None:
        self.certain = certain
        self.possible = possible
        self.reported: set[int] = set()
        self.done = False


class _StoredMessages:
    """The messages that the station has stored, as far as the lab knows, through a campaign.

    A message is uncertain if its request was not answered, or if it has to be removed at about the present time.
    """

    def __init__(self) -> None:
        self._messages: dict[int, t.MessageInfoType] = {}
        self._uncertain: set[int] = set()
        self._others_possible = True  # the station may have messages from before the campaign
        self._requests: dict[int, _Expected] = {}
        self._ended: dict[str, float] = {}

    def judge(self, evidence: Evidence) -> Iterator[Violation]:
        """The statuses of the answers, then what was reported."""
        self._requests.clear()
        self._ended = {
            event.message.transaction_info.transaction_id: event.at
            for event in evidence.sent(m.TransactionEventRequest)
            if event.message.event_type == "Ended"
        }
        since = -1
        for exchange in evidence.exchanges:
            if evidence.commissioned(since, exchange):
                self._forget()
            since = exchange.frame
            yield from self._follow(evidence, exchange)
        for report in evidence.sent(m.NotifyDisplayMessagesRequest):
            expected = self._requests.get(report.message.request_id)
            if expected is not None:  # another rule judges the requestId
                yield from self._judge_part(report.message, expected, report.frame)

    def _forget(self) -> None:
        """A station that was commissioned again may have lost its messages."""
        self._uncertain.update(self._messages)

    def _follow(self, evidence: Evidence, exchange: Exchange) -> Iterator[Violation]:
        status = getattr(exchange.response, "status", None)
        match exchange.request:
            case m.SetDisplayMessageRequest() as request if status == "Accepted" or exchange.answered_at is None:
                self._set(request.message, certain=status == "Accepted")
            case m.ClearDisplayMessageRequest() as request:
                self._cleared(request.id, exchange)
            case m.GetDisplayMessagesRequest() as request:
                yield from self._requested(evidence, request, exchange)

    def _set(self, info: t.MessageInfoType, *, certain: bool) -> None:
        always = t.MessagePriorityEnumType.AlwaysFront
        if info.priority == always:  # O01.FR.16, O02.FR.18
            replaced = [id for id, each in self._messages.items() if each.priority == always and id != info.id]
            for id in replaced:
                if certain:
                    self._remove(id)
                else:
                    self._uncertain.add(id)
        self._remove(info.id)
        self._messages[info.id] = info
        if not certain:
            self._uncertain.add(info.id)

    def _remove(self, id: int) -> None:
        self._messages.pop(id, None)
        self._uncertain.discard(id)

    def _cleared(self, id: int, exchange: Exchange) -> None:
        if isinstance(exchange.response, m.ClearDisplayMessageResponse):
            self._remove(id)
        elif id in self._messages:
            self._uncertain.add(id)

    def _requested(
        self, evidence: Evidence, request: m.GetDisplayMessagesRequest, exchange: Exchange
    ) -> Iterator[Violation]:
        self._remove_ended(evidence, exchange)
        possible = {id: each for id, each in self._messages.items() if _is_requested(each, request)}
        certain = {
            id: each
            for id, each in possible.items()
            if id not in self._uncertain and not self._ends_now(evidence, exchange, each)
        }
        if not isinstance(exchange.response, m.GetDisplayMessagesResponse):
            return
        status = exchange.response.status
        self._requests[request.request_id] = _Expected(certain, possible)
        if certain and status != "Accepted":
            yield Violation(
                f"GetDisplayMessagesResponse.status Accepted, as the station has {_shown(certain)}",
                str(status),
                exchange.answered_in,
            )
        elif status == "Accepted" and not possible and not self._others_possible:
            yield Violation(
                "GetDisplayMessagesResponse.status Unknown, as no such message is configured",
                str(status),
                exchange.answered_in,
            )
        if status == "Unknown" and not _is_restricted(request):
            self._others_possible = False

    def _remove_ended(self, evidence: Evidence, exchange: Exchange) -> None:
        """Forget the messages whose time or transaction has ended for longer than the tolerance."""
        for id, info in list(self._messages.items()):
            left = self._seconds_left(exchange, info)
            if left is not None and left < -evidence.settings.time_tolerance:
                self._remove(id)

    def _ends_now(self, evidence: Evidence, exchange: Exchange, info: t.MessageInfoType) -> bool:
        left = self._seconds_left(exchange, info)
        return left is not None and left <= evidence.settings.time_tolerance

    def _seconds_left(self, exchange: Exchange, info: t.MessageInfoType) -> float | None:
        """Seconds from the request to the end of the message; None if it is not known that it ends."""
        ends, transaction_id = given(info.end_date_time), given(info.transaction_id)
        times = [] if ends is None else [(ends - exchange.time) / timedelta(seconds=1)]
        if transaction_id in self._ended:
            times.append(self._ended[transaction_id] - exchange.at)
        return min(times, default=None)

    # Reports

    def _judge_part(self, part: m.NotifyDisplayMessagesRequest, expected: _Expected, frame: int) -> Iterator[Violation]:
        """Each message once, as it was set, and after the last part all that were requested."""
        if expected.done:
            yield Violation(
                "no NotifyDisplayMessagesRequest after the last part", f"requestId {part.request_id}", frame
            )
        for info in given(part.message_info) or ():
            yield from self._judge_message(info, expected, frame)
        if not given(part.tbc) and not expected.done:
            expected.done = True
            missing = {id: info for id, info in expected.certain.items() if id not in expected.reported}
            if missing:
                yield Violation(f"{_shown(missing)} in NotifyDisplayMessagesRequest", "not reported", frame)

    def _judge_message(self, info: t.MessageInfoType, expected: _Expected, frame: int) -> Iterator[Violation]:
        configured = expected.possible.get(info.id)
        if configured is None:
            if not self._others_possible:
                yield Violation("only display messages that are configured and requested", f"message {info.id}", frame)
            return
        if info.id in expected.reported:
            yield Violation(f"message {info.id} once", "twice", frame)
        expected.reported.add(info.id)
        for name in _differing(info, configured):
            yield Violation(f"messageInfo of message {info.id} as configured", f"another {name}", frame)


def _is_requested(info: t.MessageInfoType, request: m.GetDisplayMessagesRequest) -> bool:
    ids, priority, state = given(request.id), given(request.priority), given(request.state)
    return (
        (ids is None or info.id in ids)
        and priority in (None, info.priority)
        and (state is None or state == given(info.state))
    )


def _is_restricted(request: m.GetDisplayMessagesRequest) -> bool:
    return any(given(each) is not None for each in (request.id, request.priority, request.state))


def _differing(reported: t.MessageInfoType, configured: t.MessageInfoType) -> Iterator[str]:
    """The fields that are not as configured, except customData."""
    yield from (name for name in _FIELDS if getattr(reported, name) != getattr(configured, name))
    if _display(reported) not in ({_display(configured)} if given(configured.display) else {None, DISPLAY}):
        yield "display"
    content, expected = reported.message, configured.message
    yield from (name for name in _CONTENT_FIELDS if getattr(content, name) != getattr(expected, name))


def _display(info: t.MessageInfoType) -> str | None:
    display = given(info.display)
    return None if display is None else display.name.lower()


def _shown(messages: dict[int, t.MessageInfoType]) -> str:
    return "message " + ", ".join(str(id) for id in sorted(messages))
