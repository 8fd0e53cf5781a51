"""What a case can do: speak as the CSMS, ask the operator for hands, wait for the station, check.

A case has nothing else. Whatever is here can be had by a lab at the far end of a cable. `BaseBench` is what all OCPP
versions share; `Bench` is the one of OCPP 2.0.1.
"""

import asyncio
import contextlib
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, cast

import msgspec

from plugfest.lab.commissioning import Commissioner
from plugfest.lab.csms.csms import Csms
from plugfest.lab.csms.inbox import AnyReceived, ReceivedRequest
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
    """What stands on every bench, whatever the OCPP version."""

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
    clauses: Clauses
    on_step: Callable[[], None]


class BaseBench(Generic[C, L, S]):
    """The bench that the running case works at, with a version's configuration, ledger and view of the situation."""

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
        """The same bench with another EVSE under test: its own situation, and a token of its own."""
        if evse_id not in self._others:
            other = copy(self)
            other.known_state = type(self.known_state)()
            other.tokens = msgspec.structs.replace(self.tokens, valid=self.tokens.second, second=self.tokens.valid)
            other.settings = msgspec.structs.replace(self.settings, evse_id=evse_id, tokens=other.tokens)
            self._others[evse_id] = other
        return cast(Self, self._others[evse_id])

    def step(self, number: int | str, requirement: str | None = None) -> Self:
        """Begin a step of Part 6's scenario; what is found from here on carries its number and requirement."""
        self.judge.begin_step(f"step {number}", requirement)
        self._equipment.on_step()
        return self

    # What the lab says

    async def call(self, request: Request[R], **checks: object) -> R:
        """Send a request and hold the answer against checks.

        Raises:
            CaseFailed: the station answered otherwise, with a CALLERROR, or not in time.
        """
        return self._meets(await self._answer(request), checks)

    async def call_or_error(self, request: Request[R], *codes: str, **checks: object) -> R | None:
        """Send a request that the station may refuse: its answer meets the checks, or is one of these CALLERRORs.

        Any CALLERROR will do if no code is named. None if there was one.

        Raises:
            CaseFailed: the station answered otherwise, or not in time.
        """
        try:
            response = await self._sent(request)
        except CallErrorReceived as error:
            expected = "CALLERROR " + (" or ".join(codes) or "of any code")
            self.judge.check(not codes or error.code in codes, expected, error.code, frame=self.csms.last_frame)
            return None
        return self._meets(response, checks)

    def _meets(self, response: R, checks: dict[str, object]) -> R:
        name = type(response).__name__
        self.judge.check_comparison(differences(response, checks), frame=self.csms.last_frame, what=name)
        self.judge.record_checked(response, checks)
        return response

    async def ask(self, request: Request[R]) -> R:
        """Send a request and return its answer unjudged, but for being an answer in time."""
        response = await self._answer(request)
        self.judge.record_checked(response, {})
        return response

    async def _answer(self, request: Request[R]) -> R:
        try:
            return await self._sent(request)
        except CallErrorReceived as error:
            self._no_answer(request, f"CALLERROR {error.code}: {error.description}")
        raise AssertionError("unreachable")

    async def _sent(self, request: Request[R]) -> R:
        """The answer, whatever it says. Raises CallErrorReceived."""
        try:
            if isinstance(request, self.certificates.changes):
                await self.certificates.remember()
            response = await self.csms.call(request, timeout=self.settings.response_timeout)
        except (CallTimeout, InvalidResult, ConnectionLost) as error:
            self._equipment.restore_list.note(request, None)
            self._no_answer(request, self._why(error))
        else:
            self.judge.checks += 1
            self._equipment.restore_list.note(request, response)
            return response
        raise AssertionError("unreachable")

    def _why(self, error: CallTimeout | InvalidResult | ConnectionLost) -> str:
        match error:
            case CallTimeout():
                return f"no answer within {self.settings.response_timeout:g} s"
            case InvalidResult():
                return f"an answer that breaks the schema: {error}"
            case _:
                return "the station hung up"

    def _no_answer(self, request: Request[Any], actual: str) -> None:
        self.judge.fail_missing(request.response_type.__name__, "", actual, frame=self.csms.last_frame)

    async def call_error(self, request: Request[Any], *codes: str) -> None:
        """Send a request that the station has to refuse with one of these CALLERROR codes."""
        expected = "CALLERROR " + " or ".join(codes)
        try:
            response = await self.csms.call(request, timeout=self.settings.response_timeout)
        except CallErrorReceived as error:
            self.judge.check(error.code in codes, expected, error.code, frame=self.csms.last_frame)
        except (CallTimeout, ConnectionLost, InvalidResult) as error:
            self.judge.fail_missing(expected, "", str(error) or type(error).__name__)
        else:
            self.judge.fail_missing(expected, "", type(response).__name__, frame=self.csms.last_frame)

    # What the station says

    async def expect(self, kind: type[Q], *, within: float | None = None, **checks: object) -> ReceivedRequest[Q]:
        """Wait for a request of the station that meets the checks, and take it.

        Requests since the operator's last act are looked at in order; those that do not fit stay where they are.
        If none fits in time, the finding names every field in which the nearest one differs.

        Raises:
            CaseFailed: none came within so many seconds (`function_timeout` of the settings if None).
        """
        seconds = self.settings.function_timeout if within is None else within
        seen = await self.csms.inbox.wait_for(
            lambda one: isinstance(one.message, kind) and differences(one.message, checks).matches, within=seconds
        )
        if seen is None:
            self._missed(kind, checks, seconds)
            raise CaseFailed(kind.__name__)
        self.judge.checks += 1 + differences(seen.message, checks).compared
        self.judge.record_checked(seen.message, checks, seen.frame.index)
        self._judge_order(seen)
        return seen  # type: ignore[return-value]  # the predicate let only this kind through

    async def expect_optional(self, kind: type[Q], *, within: float, **checks: object) -> ReceivedRequest[Q] | None:
        """Take a request that the scenario calls optional, if it comes within so many seconds."""
        return await self.csms.inbox.wait_for(  # type: ignore[return-value]  # the predicate lets only this kind through
            lambda one: isinstance(one.message, kind) and differences(one.message, checks).matches, within=within
        )

    async def expect_any(
        self, *alternatives: tuple[type[Request[Any]], dict[str, object]], within: float | None = None
    ) -> AnyReceived:
        """Wait for a request that meets one of several forms; the first form is the one that findings speak of."""
        seconds = self.settings.function_timeout if within is None else within

        def fits(one: AnyReceived) -> bool:
            return any(
                isinstance(one.message, kind) and differences(one.message, checks).matches
                for kind, checks in alternatives
            )

        seen = await self.csms.inbox.wait_for(fits, within=seconds)
        if seen is None:
            self._missed(*alternatives[0], seconds)
            raise CaseFailed(alternatives[0][0].__name__)
        matched = next(
            c for k, c in alternatives if isinstance(seen.message, k) and differences(seen.message, c).matches
        )
        self.judge.checks += 1 + differences(seen.message, matched).compared
        self.judge.record_checked(seen.message, matched, seen.frame.index)
        self._judge_order(seen)
        return seen

    async def silence(self, kind: type[Q], *, seconds: float, **checks: object) -> None:
        """The station sends no request of this kind (with these fields) for so many seconds.

        Counts from the operator's last act: one that came already breaks the rule too.
        """
        seen = await self.csms.inbox.wait_for(
            lambda one: isinstance(one.message, kind) and differences(one.message, checks).matches, within=seconds
        )
        expected = f"no {kind.__name__}" + (f" with {described(checks)}" if checks else "")
        self.judge.check(seen is None, expected, "sent", frame=seen.frame.index if seen else None)

    async def until(self, holds: Callable[[], bool], *, within: float) -> bool:
        """Wait until something that the station says makes this true; False if nothing does in so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not holds():
                    await self.csms.inbox.wait_for_next()
        return holds()

    async def wait(self, seconds: float) -> None:
        """Let time pass, as the scenario says."""
        await asyncio.sleep(seconds)

    async def settle(self) -> None:
        """Let the last answer reach the station, and the station act on it, where no message tells when it has."""
        await asyncio.sleep(SETTLED)

    def check(self, holds: bool, expected: str, actual: object, *, frame: int | None = None) -> None:
        """A check that is not about the fields of one message.

        Raises:
            CaseFailed: it does not hold.
        """
        self.judge.check(holds, expected, actual, frame=frame)

    def recommend(self, holds: bool, expected: str, actual: object, *, frame: int | None = None) -> None:
        """A recommendation (SHOULD) that is not followed is a finding, but no reason to fail."""
        self.judge.recommend(holds, expected, actual, frame=frame)

    # Finding the right words when something is missing

    def _missed(self, kind: type[Request[Any]], checks: dict[str, object], seconds: float) -> None:
        same = [one for one in self.csms.inbox.unconsumed(since=self.csms.inbox.mark) if isinstance(one.message, kind)]
        if not same:
            others = sorted(
                {type(one.message).__name__ for one in self.csms.inbox.unconsumed(since=self.csms.inbox.mark)}
            )
            heard = f"none within {seconds:g} s" + (f"; sent instead: {', '.join(others)}" if others else "")
            heard += "" if self.csms.connected else "; the station is not connected"
            self.judge.fail_missing(kind.__name__, described(checks), heard)
        nearest = min(same, key=lambda one: len(differences(one.message, checks).differences))
        nearest.consumed = True
        self.judge.check_comparison(differences(nearest.message, checks), frame=nearest.frame.index, what=kind.__name__)

    def _judge_order(self, seen: AnyReceived) -> None:
        """Messages come in the order of the scenario, but for those that Part 6 section 2.1 lets come in any order."""
        if type(seen.message).__name__ in self._equipment.any_order:
            return
        self.judge.checks += 1
        later = self.csms.inbox.consumed_after(seen, but=self._equipment.any_order)
        if later is not None:
            self.judge.add_finding(
                f"{type(seen.message).__name__} after {type(later.message).__name__}",
                "before it",
                frame=seen.frame.index,
                requirement=self._equipment.clauses.idle,
            )


SETTLED = 1.0
"""Seconds in which an answer reaches the station and does its work there."""


AnyBench = BaseBench[Any, Any, Any]
"""The bench of a station of any version."""
