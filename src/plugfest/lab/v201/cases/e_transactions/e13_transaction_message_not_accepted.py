"""E13 Transaction-related message not accepted by CSMS."""

import asyncio
from collections.abc import Callable

from plugfest.lab.case import case
from plugfest.lab.v201.answers import transaction_event_answer
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.ledger import EventSeen
from plugfest.lab.v201.metering import attempt_interval
from plugfest.lab.v201.states.authorized import authorized
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.link.peer import NoAnswer, Refusal
from plugfest.ocpp.errors import ErrorCode
from plugfest.ocpp.v201 import messages as m

RETRIES = ("E13.FR.01", "E13.FR.02", "E13.FR.03")
MESSAGE_TIMEOUT = "OCPPCommCtrlr.MessageTimeout[Default]"


def _attempts(bench: Bench) -> tuple[Need, ...]:
    return needs(
        {
            "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": str(bench.settings.message_attempts),
            "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": str(attempt_interval(bench)),
        }
    )


class _Trouble:
    """The answers of a CSMS that has trouble with one event: the first that says Charging (step 5 of Part 6)."""

    def __init__(self, bench: Bench, failure: Callable[[], Exception], accepted: int | None) -> None:
        self._usual = transaction_event_answer("Accepted", bench.known_state.token)
        self._failure = failure
        self._accepted = accepted  # the number of the attempt that is answered
        self._attempts = 0
        self.event: m.TransactionEventRequest | None = None
        self.begun = asyncio.Event()

    def answer(self, request: m.TransactionEventRequest) -> m.TransactionEventResponse:
        if self.event is None and request.transaction_info.charging_state == "Charging":
            self.event = request
            self.begun.set()
        if not self.concerns(request):
            return self._usual(request)
        self._attempts += 1
        if self._attempts == self._accepted:
            return self._usual(request)
        raise self._failure()

    def concerns(self, request: m.TransactionEventRequest) -> bool:
        """Whether this is the event, or one more attempt to send it."""
        return self.event is not None and (
            (request.transaction_info.transaction_id, request.seq_no)
            == (self.event.transaction_info.transaction_id, self.event.seq_no)
        )


def _silent() -> Exception:
    return NoAnswer()


def _internal_error() -> Exception:
    return Refusal(ErrorCode.InternalError, "the lab does not accept this event")


@case("TC_E_41_CS", requirements=(*RETRIES, "E13.FR.04"), configuration=_attempts, before=authorized)
async def never_answered(bench: Bench) -> None:
    await _retried(bench, _silent, pause=_message_timeout(bench))


@case("TC_E_42_CS", requirements=RETRIES, configuration=_attempts, before=authorized)
async def answered_at_the_second_attempt(bench: Bench) -> None:
    await _retried(bench, _silent, pause=_message_timeout(bench), accepted=2)


@case("TC_E_50_CS", requirements=(*RETRIES, "E13.FR.04"), configuration=_attempts, before=authorized)
async def always_an_error(bench: Bench) -> None:
    await _retried(bench, _internal_error, pause=0)


@case("TC_E_51_CS", requirements=RETRIES, configuration=_attempts, before=authorized)
async def accepted_at_the_second_attempt(bench: Bench) -> None:
    # Part 6 adds the message timeout here too, but an error comes at once: E13.FR.03 counts from the failure.
    await _retried(bench, _internal_error, pause=0, accepted=2)


async def _retried(
    bench: Bench, failure: Callable[[], Exception], *, pause: float, accepted: int | None = None
) -> None:
    """Plug in, fail the event that tells of charging, and judge when the station sends it again, and how often.

    `pause` is how long the station takes to find out that an attempt failed, in seconds.
    """
    trouble = _Trouble(bench, failure, accepted)
    bench.csms.answers.use(m.TransactionEventRequest, trouble.answer)
    await ev_connected_pre_session(bench)  # its event may tell of charging already, so the trouble begins before
    bench.step(5)
    await _begun(bench, trouble)
    expected = accepted or bench.settings.message_attempts
    gaps = [pause + attempt_interval(bench) * preceding for preceding in range(1, expected + 1)]
    await bench.wait(sum(gaps) + bench.settings.time_tolerance * len(gaps))  # one gap more than retries
    _judge(bench, _transmissions(bench, trouble), expected, gaps)
    while await bench.expect_optional(m.TransactionEventRequest, within=0) is not None:
        pass


async def _begun(bench: Bench, trouble: _Trouble) -> None:
    try:
        async with asyncio.timeout(bench.settings.function_timeout):
            await trouble.begun.wait()
    except TimeoutError:
        bench.judge.missing("TransactionEventRequest", "chargingState Charging", "none")


def _transmissions(bench: Bench, trouble: _Trouble) -> list[EventSeen]:
    every = (event for seen in bench.ledger.transactions.values() for event in seen.events)
    return [event for event in every if trouble.concerns(event.message)]


def _judge(bench: Bench, sent: list[EventSeen], expected: int, gaps: list[float]) -> None:
    bench.check(len(sent) == expected, f"the same event {expected} times", len(sent), frame=sent[-1].frame)
    at = [bench.csms.record.frames[event.frame].at for event in sent]
    for earlier, later, gap, event in zip(at, at[1:], gaps, sent[1:], strict=False):
        waited = later - earlier
        bench.check(
            abs(waited - gap) <= bench.settings.time_tolerance,
            f"the next attempt after {gap:g} s",
            f"after {waited:.1f} s",
            frame=event.frame,
        )


def _message_timeout(bench: Bench) -> float:
    return float(bench.configuration.value(MESSAGE_TIMEOUT) or bench.settings.response_timeout)
