"""E13 Transaction-related message not accepted by CSMS."""

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec

from plugfest.lab.case import case
from plugfest.lab.v201.answers import transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.ledger import ReceivedEvent
from plugfest.lab.v201.metering import attempt_interval
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.link.peer import NoAnswer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import messages as m

RETRIES = ("E13.FR.01", "E13.FR.02", "E13.FR.03")
TIMER_RESOLUTION = 1.0
"""Seconds by which a timer may be early."""

MESSAGE_TIMEOUT = "OCPPCommCtrlr.MessageTimeout[Default]"


def _retry_settings(bench: Bench) -> tuple[Need, ...]:
    return needs(
        {
            "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": str(bench.settings.message_attempts),
            "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": str(attempt_interval(bench)),
        }
    )


class _FailingCsms:
    """A CSMS that does not accept one event: the first with chargingState Charging (step 5 of Part 6)."""

    def __init__(self, bench: Bench, failure: Callable[[], Exception], accepted: int | None) -> None:
        self._accept = transaction_event_answer("Accepted", bench.known_state.token)
        self._failure = failure
        self._accepted = accepted  # the number of the attempt that is accepted; None: none
        self._attempts = 0
        self.event: m.TransactionEventRequest | None = None
        self.event_received = asyncio.Event()

    def answer(self, request: m.TransactionEventRequest) -> m.TransactionEventResponse:
        if self.event is None and request.transaction_info.charging_state == "Charging":
            self.event = request
            self.event_received.set()
        if not self.is_attempt(request):
            return self._accept(request)
        self._attempts += 1
        if self._attempts == self._accepted:
            return self._accept(request)
        raise self._failure()

    def is_attempt(self, request: m.TransactionEventRequest) -> bool:
        """Whether this is an attempt to send the event."""
        return self.event is not None and (
            (request.transaction_info.transaction_id, request.seq_no)
            == (self.event.transaction_info.transaction_id, self.event.seq_no)
        )


def _no_answer() -> Exception:
    return NoAnswer()


def _internal_error() -> Exception:
    return Refusal(ErrorCode.InternalError, "the lab does not accept this event")


@case("TC_E_41_CS", requirements=(*RETRIES, "E13.FR.04"), configuration=_retry_settings, before=authorized)
async def never_answered(bench: Bench) -> None:
    await _check_retries(bench, _no_answer, pause=_message_timeout(bench))


@case("TC_E_42_CS", requirements=RETRIES, configuration=_retry_settings, before=authorized)
async def answered_at_the_second_attempt(bench: Bench) -> None:
    await _check_retries(bench, _no_answer, pause=_message_timeout(bench), accepted=2)


@case("TC_E_50_CS", requirements=(*RETRIES, "E13.FR.04"), configuration=_retry_settings, before=authorized)
async def always_an_error(bench: Bench) -> None:
    await _check_retries(bench, _internal_error, pause=0)


@case("TC_E_51_CS", requirements=RETRIES, configuration=_retry_settings, before=authorized)
async def accepted_at_the_second_attempt(bench: Bench) -> None:
    # Part 6 adds the message timeout here too, but a CALLERROR comes at once: E13.FR.03 counts from the failure.
    await _check_retries(bench, _internal_error, pause=0, accepted=2)


async def _check_retries(
    bench: Bench, failure: Callable[[], Exception], *, pause: float, accepted: int | None = None
) -> None:
    """Plug in, fail the event with chargingState Charging, and check when and how often the station sends it again.

    `pause`: seconds until the station knows that an attempt has failed.
    """
    csms = _FailingCsms(bench, failure, accepted)
    bench.csms.answers.override(m.TransactionEventRequest, csms.answer)
    await ev_connected_pre_session(bench)  # its event may already report Charging
    bench.step(5)
    await _event_received(bench, csms)
    expected = accepted or bench.settings.message_attempts
    gaps = [pause + attempt_interval(bench) * preceding for preceding in range(1, expected + 1)]
    await _watch_attempts(bench, csms, gaps)
    # E13.FR.03 sets a minimum, which is exact where the lab knows when the attempt failed: it sent the CALLERROR.
    early = bench.settings.time_tolerance if pause else TIMER_RESOLUTION
    _check_attempts(bench, _attempts_seen(bench, csms), expected, gaps, early)
    while await bench.expect_optional(m.TransactionEventRequest, within=0) is not None:
        pass


async def _event_received(bench: Bench, csms: _FailingCsms) -> None:
    try:
        async with asyncio.timeout(bench.settings.function_timeout):
            await csms.event_received.wait()
    except TimeoutError:
        bench.judge.fail_missing("TransactionEventRequest", "chargingState Charging", "none")


async def _watch_attempts(bench: Bench, csms: _FailingCsms, gaps: list[float]) -> None:
    """Wait for the attempts, and as long after the last one for one too many; no longer if one is overdue."""
    for number, gap in enumerate(gaps, start=2):
        last = bench.csms.record.frames[_attempts_seen(bench, csms)[-1].frame].at
        within = last + gap + bench.settings.time_tolerance - asyncio.get_running_loop().time()
        if not await bench.until(partial(_has_attempts, bench, csms, number), within=within):
            return


def _has_attempts(bench: Bench, csms: _FailingCsms, number: int) -> bool:
    return len(_attempts_seen(bench, csms)) >= number


def _attempts_seen(bench: Bench, csms: _FailingCsms) -> list[ReceivedEvent]:
    id = None if csms.event is None else csms.event.transaction_info.transaction_id
    transaction = None if id is None else bench.ledger.transactions.get(id)
    return [event for event in transaction.events if csms.is_attempt(event.message)] if transaction else []


def _check_attempts(bench: Bench, sent: list[ReceivedEvent], expected: int, gaps: list[float], early: float) -> None:
    bench.check(len(sent) == expected, f"the event sent {expected} times", f"{len(sent)} times", frame=sent[-1].frame)
    messages = [msgspec.structs.replace(event.message, offline=UNSET) for event in sent]  # E11.FR.07 may change offline
    for event, message in zip(sent, messages, strict=True):
        same = message == messages[0]
        bench.check(same, f"the same TransactionEventRequest as in frame {sent[0].frame}", "another", frame=event.frame)
    at = [bench.csms.record.frames[event.frame].at for event in sent]
    for earlier, later, gap, event in zip(at, at[1:], gaps, sent[1:], strict=False):
        waited = later - earlier
        bench.check(
            -early <= waited - gap <= bench.settings.time_tolerance,
            f"the next attempt after {gap:g} s",
            f"after {waited:.1f} s",
            frame=event.frame,
        )


def _message_timeout(bench: Bench) -> float:
    return float(bench.configuration.value(MESSAGE_TIMEOUT) or bench.settings.response_timeout)
