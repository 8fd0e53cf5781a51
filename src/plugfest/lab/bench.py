"""What a case can do: send as the CSMS, request actions of the operator, wait for messages of the station, check.

A case uses nothing else, so that it works with any station at the far end of a cable. `BaseBench` is common to all OCPP
versions; each version has its own `Bench`.
"""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, cast

import msgspec

from plugfest.lab import events
from plugfest.lab.commissioning import Commissioner
from plugfest.lab.csms.alternatives import Alternative, Alternatives, ComparedRequest
from plugfest.lab.csms.csms import Csms, SecondConnection
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
from plugfest.lab.csms.last_requests import LastRequests
from plugfest.lab.expectations import described, differences
from plugfest.lab.files.file_servers import LabFiles
from plugfest.lab.files.manufacturer import Manufacturer
from plugfest.lab.judge import Judge
from plugfest.lab.operator.operator import Operator
from plugfest.lab.ports import Clauses, Configuration
from plugfest.lab.recording.ledger import BaseLedger
from plugfest.lab.restore.certificates import CertificateRestorer
from plugfest.lab.restore.commands import RestoreList
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseFailed
from plugfest.link.peer import CallErrorReceived, CallTimeout, ConnectionLost, InvalidResult
from plugfest.ocpp.message import Request, Response
from plugfest.products import Product

R = TypeVar("R", bound=Response)
Q = TypeVar("Q", bound=Request[Any])
C = TypeVar("C", bound=Configuration)
L = TypeVar("L", bound=BaseLedger[Any, Any, Any])
S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """The parts of a bench that do not depend on the OCPP version."""

    product: Product
    settings: LabSettings
    csms: Csms
    commissioner: Commissioner
    operator: Operator
    judge: Judge
    certificates: CertificateRestorer
    files: LabFiles
    manufacturer: Manufacturer
    restore_list: RestoreList
    any_order: frozenset[str]
    last_requests: LastRequests
    clauses: Clauses
    on_step: Callable[[], None]
    emit: Callable[[events.Event], None]


class BaseBench(Generic[C, L, S]):
    """The bench of the running case, with the configuration, the ledger and the known state of an OCPP version."""

    def __init__(self, equipment: Equipment, *, configuration: C, ledger: L, known_state: S) -> None:
        self.product = equipment.product
        self.settings = equipment.settings
        self.tokens = equipment.settings.tokens
        self.csms = equipment.csms
        self.commissioner = equipment.commissioner
        self.operator = equipment.operator
        self.judge = equipment.judge
        self.certificates = equipment.certificates
        self.files = equipment.files
        self.manufacturer = equipment.manufacturer
        self.configuration = configuration
        self.ledger = ledger
        self.known_state = known_state
        self._equipment = equipment
        self._others: dict[int, Any] = {self.settings.evse_id: self}

    def at(self, evse_id: int) -> Self:
        """The same bench with another EVSE under test, which has its own known state and its own valid token."""
        if evse_id not in self._others:
            other = copy(self)
            other.known_state = type(self.known_state)()
            other.tokens = msgspec.structs.replace(self.tokens, valid=self.tokens.second, second=self.tokens.valid)
            other.settings = msgspec.structs.replace(self.settings, evse_id=evse_id, tokens=other.tokens)
            self._others[evse_id] = other
        return cast(Self, self._others[evse_id])

    def step(self, number: int | str, requirement: str | None = None) -> Self:
        """Begin a step of the scenario in Part 6. Later findings have its number and requirement."""
        self.judge.begin_step(f"step {number}", requirement)
        self._equipment.on_step()
        return self

    # Messages of the lab

    async def call(self, request: Request[R], **checks: object) -> R:
        """Send a request and check the response.

        Raises:
            CaseFailed: the response does not meet the checks, is a CALLERROR, or does not come in time.
        """
        return self._checked(await self._answer(request), checks)

    async def call_and_compare(self, request: Request[R], checks_of: Callable[[R], dict[str, object]]) -> R:
        """Send a request, and check the response by what `checks_of` derives from it: a list may be in any order.

        Raises:
            CaseFailed: as `call`.
        """
        response = await self._answer(request)
        return self._checked(response, checks_of(response))

    async def call_or_error(self, request: Request[R], *codes: str, **checks: object) -> R | None:
        """Send a request that the station may refuse: the response meets the checks, or is one of these CALLERRORs.

        Without codes any CALLERROR is accepted. Returns None for a CALLERROR.

        Raises:
            CaseFailed: the response is another one, or does not come in time.
        """
        try:
            response = await self._sent(request)
        except CallErrorReceived as error:
            expected = "CALLERROR " + (" or ".join(codes) or "of any code")
            self.judge.check(not codes or error.code in codes, expected, error.code, frame=self.csms.answer_frame)
            return None
        return self._checked(response, checks)

    def _checked(self, response: R, checks: dict[str, object]) -> R:
        name = type(response).__name__
        self.judge.check_comparison(differences(response, checks), frame=self.csms.answer_frame, what=name)
        self.judge.record_checked(response, checks)
        return response

    async def ask(self, request: Request[R]) -> R:
        """Send a request and return the response. The only check is that it comes in time and is not a CALLERROR."""
        response = await self._answer(request)
        self.judge.record_checked(response, {})
        return response

    async def _answer(self, request: Request[R]) -> R:
        try:
            return await self._sent(request)
        except CallErrorReceived as error:
            self._no_answer(request, self._callerror(error))
        raise AssertionError("unreachable")

    def _callerror(self, error: CallErrorReceived) -> str:
        code = self.csms.protocol.errors.to_wire(error.code)
        return f"CALLERROR {code}: {error.description}" if error.description else f"CALLERROR {code}"

    async def _sent(self, request: Request[R]) -> R:
        """Send a request and return the response, with any content. Raises CallErrorReceived."""
        try:
            if isinstance(request, self.certificates.changes):
                await self.certificates.remember()
            with self._waiting(request.response_type.__name__, self.settings.response_timeout):
                response = await self.csms.call(request, timeout=self.settings.response_timeout)
        except SecondConnection:
            self._equipment.restore_list.note(request, None)
            raise
        except asyncio.CancelledError:
            self._equipment.restore_list.note(request, None)
            raise
        except (CallTimeout, InvalidResult, ConnectionLost) as error:
            self._equipment.restore_list.note(request, None)
            self._no_answer(request, self._failure_text(error))
        else:
            self.judge.checks += 1
            self._equipment.restore_list.note(request, response)
            return response
        raise AssertionError("unreachable")

    def _failure_text(self, error: CallTimeout | InvalidResult | ConnectionLost) -> str:
        match error:
            case CallTimeout():
                return f"no response within {self.settings.response_timeout:g} s"
            case InvalidResult():
                return f"a response that violates the schema: {error}"
            case _:
                return f"the station disconnected{self.csms.why_ended}"

    def _no_answer(self, request: Request[Any], actual: str) -> None:
        self.judge.fail_missing(request.response_type.__name__, "", actual, frame=self.csms.answer_frame)

    async def call_error(self, request: Request[Any], *codes: str, may_disconnect: bool = False) -> None:
        """Send a request that the station has to refuse with one of these CALLERROR codes. Raises CaseFailed.

        `may_disconnect`: the station may close the connection instead of an answer.
        """
        expected = "CALLERROR " + " or ".join(codes)
        try:
            response = await self.csms.call(request, timeout=self.settings.response_timeout)
        except CallErrorReceived as error:
            self.judge.check(error.code in codes, expected, error.code, frame=self.csms.answer_frame)
        except (CallTimeout, ConnectionLost, InvalidResult) as error:
            if not (may_disconnect and isinstance(error, ConnectionLost)):
                self.judge.fail_missing(expected, "", str(error) or type(error).__name__)
        else:
            self.judge.fail_missing(expected, "", type(response).__name__, frame=self.csms.answer_frame)

    # Messages of the station

    async def expect(self, kind: type[Q], *, within: float | None = None, **checks: object) -> ReceivedRequest[Q]:
        """Wait for a request of the station that meets the checks, and consume it.

        The requests since the mark of the inbox are compared in order of arrival. Those that do not match stay there.
        If none matches in time, the findings are the fields in which the most similar one differs.

        Args:
            within: seconds, `function_timeout` of the settings if None.

        Raises:
            CaseFailed: no request matches in time.
        """
        return await self.expect_any((kind, checks), within=within)  # type: ignore[return-value]  # the only type

    async def expect_optional(self, kind: type[Q], *, within: float, **checks: object) -> ReceivedRequest[Q] | None:
        """Consume a request that is optional in the scenario, if it comes within so many seconds."""
        with self._waiting(f"{_described(kind, checks)}, which is optional", within):
            return await self.csms.inbox.wait_for(  # type: ignore[return-value]  # the predicate accepts only this type
                lambda one: isinstance(one.message, kind) and differences(one.message, checks).matches, within=within
            )

    async def expect_any(self, *alternatives: Alternative, within: float | None = None) -> AnyReceived:
        """Wait for a request that matches one of several alternatives, as long as one of them can come.

        Findings are about the request after which none can come, or else the most similar one.
        """
        seconds = self.settings.function_timeout if within is None else within
        accepted = Alternatives(alternatives, self._equipment.last_requests)
        grace = self.settings.time_tolerance
        with self._waiting(" or ".join(_described(*one) for one in alternatives), seconds):
            seen = await self.csms.inbox.wait_for(
                accepted.match, within=seconds, closes=accepted.closed_by, grace=grace
            )
        if seen is None:
            self._missed(alternatives[0], accepted.nearest(since=self.csms.inbox.mark), seconds)
            raise CaseFailed(alternatives[0][0].__name__)
        matched = accepted.matched(seen)
        self.judge.checks += 1 + matched.comparison.compared
        self.judge.record_checked(seen.message, matched.checks, seen.frame.index)
        self._judge_order(seen)
        return seen

    async def silence(self, kind: type[Q], *, seconds: float, **checks: object) -> None:
        """The station sends no request of this type (that meets the checks) for so many seconds.

        A request that has come since the mark of the inbox breaks the rule too.
        """
        expected = f"no {_described(kind, checks)}"
        with self._waiting(expected, seconds):
            seen = await self.csms.inbox.wait_for(
                lambda one: isinstance(one.message, kind) and differences(one.message, checks).matches, within=seconds
            )
        self.judge.check(seen is None, expected, "sent", frame=seen.frame.index if seen else None)

    async def until(self, holds: Callable[[], bool], *, within: float) -> bool:
        """Wait until a message of the station makes this true; False if none does within so many seconds."""
        with self._waiting("a message of the station", within), contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not holds():
                    await self.csms.inbox.wait_for_next()
        return holds()

    async def wait(self, seconds: float) -> None:
        """Wait for so many seconds, where the scenario requires it."""
        with self._waiting("the end of a wait that the scenario requires", seconds):
            await asyncio.sleep(seconds)

    async def settle(self) -> None:
        """Wait until the station has processed the last answer, where no message shows that it has."""
        await asyncio.sleep(SETTLED)

    def check(self, holds: bool, expected: str, actual: object, *, frame: int | None = None) -> None:
        """A check that is not about the fields of one message.

        Raises:
            CaseFailed: it does not hold.
        """
        self.judge.check(holds, expected, actual, frame=frame)

    def every_check(self) -> AbstractContextManager[None]:
        """Make every check of a block before the case fails: several may find something in one message."""
        return self.judge.every_check()

    def recommend(self, holds: bool, expected: str, actual: object, *, frame: int | None = None) -> None:
        """A recommendation (SHOULD) that is not followed is a finding, but no reason to fail."""
        self.judge.recommend(holds, expected, actual, frame=frame)

    def _waiting(self, awaited: str, within: float) -> AbstractContextManager[None]:
        return events.waiting(self._equipment.emit, awaited, within)

    # Findings about missing messages and their order

    def _missed(self, alternative: Alternative, nearest: ComparedRequest | None, seconds: float) -> None:
        if nearest is None:
            kind, checks = alternative
            others = sorted(
                {type(one.message).__name__ for one in self.csms.inbox.unconsumed(since=self.csms.inbox.mark)}
            )
            actual = f"none within {seconds:g} s" + (f"; sent instead: {', '.join(others)}" if others else "")
            actual += "" if self.csms.connected else f"; the station is not connected{self.csms.why_ended}"
            self.judge.fail_missing(kind.__name__, described(checks), actual)
            return
        nearest.request.consumed = True
        self.judge.check_comparison(
            nearest.comparison, frame=nearest.request.frame.index, what=type(nearest.request.message).__name__
        )

    def _judge_order(self, seen: AnyReceived) -> None:
        """Messages come in the order of the scenario, except those that may come in any order (Part 6 section 2.1)."""
        if type(seen.message).__name__ in self._equipment.any_order:
            return
        self.judge.checks += 1
        later = self.csms.inbox.consumed_after(seen, ignoring=self._equipment.any_order)
        if later is not None:
            self.judge.add_finding(
                f"{type(seen.message).__name__} after {type(later.message).__name__}",
                "before it",
                frame=seen.frame.index,
                requirement=self._equipment.clauses.idle,
            )


def _described(kind: type[Request[Any]], checks: dict[str, object]) -> str:
    return kind.__name__ + (f" with {described(checks)}" if checks else "")


SETTLED = 1.0
"""Seconds in which the station receives and processes an answer."""


AnyBench = BaseBench[Any, Any, Any]
"""The bench of a station of any version."""
