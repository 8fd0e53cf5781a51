"""Runs a campaign: one station, many cases, one after the other, in a single uninterrupted run."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.bench import Equipment, Workbench
from plugfest.lab.bounds import Bounds, Endless
from plugfest.lab.case import Case
from plugfest.lab.commissioning import Commissioner, NotCommissioned
from plugfest.lab.configuration import NotConfigurable
from plugfest.lab.csms.answers import Answers
from plugfest.lab.csms.csms import BadFrame, Csms
from plugfest.lab.dialect import Dialect
from plugfest.lab.dialects import DIALECTS
from plugfest.lab.exchanges import exchanges
from plugfest.lab.files import LabFiles
from plugfest.lab.firmware import Manufacturer
from plugfest.lab.hands import Hands
from plugfest.lab.judge import Judge, Judged
from plugfest.lab.operator import Operator
from plugfest.lab.record import Direction, Frame, Record
from plugfest.lab.restore import Restorer
from plugfest.lab.rules import unexpected
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import judge_every
from plugfest.lab.rules.schema import SchemaJudge
from plugfest.lab.settings import LabSettings, at_readers
from plugfest.lab.undo import UndoList
from plugfest.lab.verdict import (
    CaseFailed,
    CaseResult,
    Finding,
    HandsFailed,
    LabError,
    NotEquipped,
    StepTaken,
    Verdict,
)
from plugfest.link.errors import LinkError
from plugfest.ocpp.message import Request
from plugfest.products import Product
from plugfest.security.pki import TestPki
from plugfest.transfer.server import WITH_TLS

AFTERWARDS = 0.5
"""Seconds after a scenario in which the station may still say what it must not."""

MOST_BAD_FRAMES = 20
"""Findings of one case about frames that break OCPP-J or the schema: whoever sends more says the same again."""


AnyBench = Workbench[Any, Any, Any]

_log = logging.getLogger(__name__)


class CampaignImpossible(LabError):
    """The campaign could not begin: no station connected, or it does not say what it has."""


class Chosen(msgspec.Struct, frozen=True):
    """A case of the test plan that the campaign has to run, with its code if somebody has written it."""

    id: str
    name: str
    profile: str
    case: Case | None


class Engine:
    """One campaign of one product at one lab."""

    def __init__(
        self,
        product: Product,
        settings: LabSettings,
        listeners: Sequence[events.Listener] = (),
        pki: TestPki | None = None,
    ) -> None:
        self.product = product
        self.settings = settings = at_readers(settings, product)
        self._listeners = list(listeners)
        self._loop = asyncio.get_running_loop()
        self.record = Record(self._loop.time, clock.utc_now)
        self.record.listeners.append(self._seen)
        kind = DIALECTS[product.ocpp_version]
        answers = Answers(kind.usual_answers(settings, clock.utc_now))
        self.csms = Csms(kind.protocol, settings, self.record, answers)
        self._dialect: Dialect = kind(self.csms, product, settings)
        self.csms.on_answer.append(self._dialect.ledger.answered)
        self.csms.on_request.append(self._heard)
        self.csms.on_bad_frame.append(self._bad_frame)
        self._bounds = Bounds(hang_up=self.csms.go_offline)
        self.csms.on_attempt.append(self._bounds.count)
        self.commissioner = Commissioner(product, settings, self.csms, self._dialect, pki)
        self._manufacturer = Manufacturer(product.vendor, settings.firmware)
        self._undo = UndoList(kind.undo)
        self._rules = self._dialect.rules()
        self._schema_judge = SchemaJudge(kind.protocol.name, kind.clauses.schema)
        self._refused: dict[int, Finding] = {}  # by frame: what our structs refused since the last look
        self._looked_at = 0
        self._evidence: tuple[Judged, ...] = ()
        self._scenario: int | None = None
        self._steps: list[StepTaken] = []

    def _emit(self, event: events.Event) -> None:
        for listener in self._listeners:
            listener(event)

    def _seen(self, frame: Frame) -> None:
        self._emit(events.FrameSeen(frame))
        if frame.direction is Direction.FROM_STATION:
            self._bounds.count()

    def _heard(self, message: Request[Any], frame: int) -> None:
        self._dialect.ledger.hear(message, frame)

    def _bad_frame(self, bad: BadFrame, frame: int) -> None:
        self._refused[frame] = unexpected.judge_frame(bad, frame, self._dialect.clauses)

    # The campaign

    async def run(self, chosen: Iterable[Chosen], operator: Operator) -> tuple[CaseResult, ...]:
        """Run the chosen cases in their order. The CSMS is listening already, the station on its way.

        Raises:
            CampaignImpossible: the station did not connect, or reports no inventory.
        """
        plan = list(chosen)
        self._emit(events.CampaignStarted(self.product.slug, len(plan)))
        hands = Hands(operator, self.csms.inbox, self.record, patience=self.settings.operator_timeout)
        restorer = self._restorer(hands)
        await self._begin(restorer)
        results = [await self._run_one(number, one, hands, restorer) for number, one in enumerate(plan, 1)]
        self._emit(events.CampaignFinished(tuple(results)))
        return tuple(results)

    def _restorer(self, hands: Hands) -> Restorer:
        return Restorer(
            csms=self.csms,
            hands=hands,
            dialect=self._dialect,
            undo=self._undo,
            commissioner=self.commissioner,
            settings=self.settings,
        )

    async def _begin(self, restorer: Restorer) -> None:
        try:
            async with self._bounds.kept():
                await self._meet(restorer)
        except Endless as error:
            raise CampaignImpossible(f"the station does not let the campaign begin: {error}") from error

    async def _meet(self, restorer: Restorer) -> None:
        if not await self.csms.wait_connected(within=self.settings.boot_timeout):
            raise CampaignImpossible(
                f"no station connected to {self.csms.main.url}/{self.settings.identity}"
                f" within {self.settings.boot_timeout:g} s: {self.csms.main.last_refusal()}"
            )
        await self.commissioner.wait_booted()
        try:
            await self._dialect.configuration.begin()
            await restorer.restore()
        except (LabError, LinkError) as error:
            raise CampaignImpossible(f"the station cannot be brought into its idle state: {error}") from error

    # One case

    async def _run_one(self, number: int, one: Chosen, hands: Hands, restorer: Restorer) -> CaseResult:
        self._emit(events.CaseStarted(one.id, one.name, number))
        self._evidence, self._scenario, self._steps = (), None, []
        if one.case is None:
            result = CaseResult(id=one.id, name=one.name, profile=one.profile, verdict=Verdict.NOT_IMPLEMENTED)
        else:
            try:
                result = await self._judged(one, one.case, hands, restorer)
            except Exception as error:
                _log.exception("%s could not be judged", one.id)
                result = _our_mistake(one, error)
        self._emit(events.CaseFinished(result, self._evidence))
        return result

    async def _judged(self, one: Chosen, case: Case, hands: Hands, restorer: Restorer) -> CaseResult:
        judge = Judge(case.requirements, lambda finding: self._emit(events.FindingMade(one.id, finding)))
        began, first_frame = self._loop.time(), len(self.record)
        transactions_before = self._dialect.ledger.known()
        bench = self._bench(one, judge, hands)
        try:
            verdict = await self._attempt(case, bench)
        finally:
            await bench.files.close()
        if verdict is not Verdict.ERROR:
            broken = self._standing_rules(judge, self._seen_since(first_frame, hands, transactions_before))
            verdict = Verdict.FAIL if broken or (verdict is Verdict.PASS and judge.failed) else verdict
        if verdict is Verdict.PASS and not judge.checks:
            judge.found("a lab without mistakes", "the scenario checked nothing")
            verdict = Verdict.ERROR
        duration, last_frame = self._loop.time() - began, len(self.record)
        self._evidence = tuple(judge.judged)
        result = CaseResult(
            id=one.id,
            name=one.name,
            profile=one.profile,
            verdict=verdict,
            checks=judge.checks,
            duration_s=round(duration, 3),
            findings=tuple(judge.findings),
            frames=(first_frame, last_frame),
            steps=tuple(_with_checks(self._steps, judge.checks)),
            scenario=self._scenario,
        )
        return self._frames_judged(await self._restored(result, restorer))

    def _bench(self, one: Chosen, judge: Judge, hands: Hands) -> AnyBench:
        equipment = Equipment(
            product=self.product,
            settings=self.settings,
            csms=self.csms,
            commissioner=self.commissioner,
            operator=hands,
            judge=judge,
            certificates=self._dialect.certificates,
            files=self._files(),
            manufacturer=self._manufacturer,
            undo=self._undo,
            any_order=self._dialect.any_order,
            clauses=self._dialect.clauses,
            on_step=lambda: self._step_began(one, judge),
        )
        return self._dialect.bench(equipment)

    def _step_began(self, one: Chosen, judge: Judge) -> None:
        begun = StepTaken(step=judge.step, requirement=judge.requirement, frame=len(self.record), checks=judge.checks)
        self._steps.append(begun)
        self._emit(events.StepStarted(one.id, judge.step))

    def _files(self) -> LabFiles:
        protocols = tuple(self._dialect.file_protocols())
        if not self.settings.root_installed:  # whoever does not trust the lab cannot fetch from it over TLS
            protocols = tuple(name for name in protocols if name not in WITH_TLS)
        return LabFiles(protocols, self.csms.address, self.commissioner.tls_for_files)

    async def _attempt(self, case: Case, bench: AnyBench) -> Verdict:
        """The preparation, then the scenario; what stops either decides the verdict."""
        try:
            if not await self._prepared(case, bench):
                return Verdict.INCONCLUSIVE
            self.csms.inbox.clear()
            self._scenario = len(self.record)
            self._emit(events.ScenarioStarted(case.id))
            async with self._bounds.kept():
                await case.body(bench)
                await asyncio.sleep(AFTERWARDS)
        except CaseFailed:
            return Verdict.FAIL
        except (HandsFailed, NotConfigurable, NotEquipped) as error:
            bench.judge.found("the hands and the configuration that the scenario needs", str(error))
            return Verdict.INCONCLUSIVE
        except (LinkError, Endless) as error:
            bench.judge.found("a station that stays in the scenario", str(error) or type(error).__name__)
            return Verdict.FAIL
        except Exception as error:  # a case of ours that breaks must not end the campaign
            bench.judge.found("a lab without mistakes", f"{type(error).__name__}: {error}")
            return Verdict.ERROR
        return Verdict.PASS

    async def _prepared(self, case: Case, bench: AnyBench) -> bool:
        """Configuration and states to start from. False where the station does not get there."""
        bench.judge.at("preparation", None)
        try:
            async with self._bounds.kept():
                await self._prepare(case, bench)
        except CaseFailed:
            return False
        except (NotConfigurable, NotCommissioned, NotEquipped, LinkError, Endless) as error:
            bench.judge.found("the configuration that the case starts from", str(error) or type(error).__name__)
            return False
        bench.judge.at("", None)
        return True

    async def _prepare(self, case: Case, bench: AnyBench) -> None:
        if not self.csms.connected:
            bench.judge.missing("a connected station", "", "not connected")
        await self.commissioner.bring(bench.operator, case.connected)
        await self._dialect.configuration.establish(case.needs(bench))
        for state in case.before:
            await state(bench)

    def _seen_since(self, first_frame: int, hands: Hands, transactions_before: frozenset[object]) -> Evidence:
        return Evidence(
            product=self.product,
            settings=self.settings,
            exchanges=tuple(exchanges(self.record.since(first_frame), self._dialect.protocol)),
            acts=tuple(act for act in hands.acts if act.frame >= first_frame),
            spans=tuple(self.csms.spans),
            known=transactions_before,
        )

    def _standing_rules(self, judge: Judge, evidence: Evidence) -> bool:
        """What holds in every case: the rules of the version, and no frames but those that were waited for.

        Returns whether a station has broken one of them: no matter what the case is about, it does not pass.
        """
        broken = list(judge_every(self._rules, evidence))
        judge.note(*broken)
        if not judge.failed:
            clause = self._dialect.clauses.scenario
            judge.note(*unexpected.judge(self.csms.inbox.untaken(), self._dialect.by_itself, clause))
        return any(finding.fails for finding in broken)

    async def _restored(self, result: CaseResult, restorer: Restorer) -> CaseResult:
        """Clean the bench. A station that cannot be cleaned up after is a finding of the case that left it so."""
        try:
            async with self._bounds.kept():
                await restorer.restore()
        except (LabError, LinkError) as error:
            finding = Finding(
                requirement=self._dialect.clauses.idle,
                expected="the station is idle again after the case",
                actual=str(error) or type(error).__name__,
                step="restore",
            )
            self._emit(events.FindingMade(result.id, finding))
            verdict = Verdict.INCONCLUSIVE if result.verdict is Verdict.PASS else result.verdict
            result = msgspec.structs.replace(result, verdict=verdict, findings=(*result.findings, finding))
        return result

    def _frames_judged(self, result: CaseResult) -> CaseResult:
        """A station that breaks the schema fails the case, whatever it is about and wherever it had come to.

        Every frame is looked at once: those of the case, and those that came before it and while it was restored.
        """
        breaches = list(self._refused.values())
        breaches += self._schema_judge.judge(self.record.since(self._looked_at), but=self._refused)
        self._refused, self._looked_at = {}, len(self.record)
        if not breaches:
            return result
        del breaches[MOST_BAD_FRAMES:]
        for finding in breaches:
            self._emit(events.FindingMade(result.id, finding))
        verdict = result.verdict if result.verdict is Verdict.ERROR else Verdict.FAIL
        return msgspec.structs.replace(result, verdict=verdict, findings=(*result.findings, *breaches))


def _with_checks(begun: Sequence[StepTaken], all_checks: int) -> Iterator[StepTaken]:
    """Each step with the checks made in it, from how many had been made when it began."""
    ends = [*(one.checks for one in begun[1:]), all_checks]
    for one, end in zip(begun, ends, strict=False):
        yield msgspec.structs.replace(one, checks=end - one.checks)


def _our_mistake(one: Chosen, error: Exception) -> CaseResult:
    """A lab that breaks outside the scenario must not end the campaign either."""
    finding = Finding(requirement="", expected="a lab without mistakes", actual=f"{type(error).__name__}: {error}")
    return CaseResult(id=one.id, name=one.name, profile=one.profile, verdict=Verdict.ERROR, findings=(finding,))
