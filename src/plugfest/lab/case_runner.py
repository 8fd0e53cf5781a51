"""Runs one case: preparation, scenario, the rules of every case, and the station restored."""

import asyncio
import logging
from collections.abc import Iterator, Sequence

import msgspec

from plugfest.lab import events
from plugfest.lab.bench import AnyBench, Equipment
from plugfest.lab.case import CampaignCase, Case
from plugfest.lab.commissioning import NotCommissioned
from plugfest.lab.composition import Lab
from plugfest.lab.csms.runaway_limit import RunawayStation
from plugfest.lab.files.file_servers import LabFiles
from plugfest.lab.judge import CheckedMessage, Judge
from plugfest.lab.operator.operator import Operator
from plugfest.lab.recording.exchanges import exchanges
from plugfest.lab.restore.restorer import Restorer
from plugfest.lab.rules import unsolicited_requests
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import apply_rules
from plugfest.lab.verdict import (
    CaseFailed,
    CaseResult,
    Finding,
    LabError,
    NotConfigurable,
    NotEquipped,
    OperatorFailed,
    StepTaken,
    Verdict,
)
from plugfest.link.errors import LinkError
from plugfest.transfer.server import WITH_TLS

OBSERVATION_TIME = 0.5
"""Seconds after a scenario in which the station may still say what it must not."""

_log = logging.getLogger(__name__)


class CaseRunner:
    """Runs the cases of one campaign, one at a time."""

    def __init__(self, lab: Lab, operator: Operator, restorer: Restorer) -> None:
        self._lab = lab
        self._csms = lab.csms
        self._version = lab.version
        self._operator = operator
        self._restorer = restorer
        self._rules = lab.version.rules()
        self._loop = asyncio.get_running_loop()
        self._evidence: tuple[CheckedMessage, ...] = ()
        self._scenario: int | None = None
        self._steps: list[StepTaken] = []

    async def run(self, number: int, one: CampaignCase) -> CaseResult:
        """Run a case, the `number`-th of the campaign. A lab that breaks ends the case with ERROR, not the campaign."""
        self._lab.emit(events.CaseStarted(one.id, one.name, number))
        self._evidence, self._scenario, self._steps = (), None, []
        if one.case is None:
            result = CaseResult(id=one.id, name=one.name, profile=one.profile, verdict=Verdict.NOT_IMPLEMENTED)
        else:
            try:
                result = await self._judged(one, one.case)
            except Exception as error:
                _log.exception("%s could not be judged", one.id)
                result = _lab_error(one, error)
        self._lab.emit(events.CaseFinished(result, self._evidence))
        return result

    async def _judged(self, one: CampaignCase, case: Case) -> CaseResult:
        judge = Judge(case.requirements, lambda finding: self._lab.emit(events.FindingMade(one.id, finding)))
        began, first_frame = self._loop.time(), len(self._lab.record)
        transactions_before = self._version.ledger.transaction_ids()
        bench = self._bench(one, judge)
        try:
            verdict = await self._attempt(case, bench)
        finally:
            await bench.files.close()
        if verdict is not Verdict.ERROR:
            broken = self._standing_rules(judge, self._seen_since(first_frame, transactions_before))
            verdict = Verdict.FAIL if broken or (verdict is Verdict.PASS and judge.failed) else verdict
        if verdict is Verdict.PASS and not judge.checks:
            judge.add_finding("a lab without mistakes", "the scenario checked nothing")
            verdict = Verdict.ERROR
        duration, last_frame = self._loop.time() - began, len(self._lab.record)
        self._evidence = tuple(judge.checked_messages)
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
        return self._frames_judged(await self._restored(result))

    def _bench(self, one: CampaignCase, judge: Judge) -> AnyBench:
        lab = self._lab
        equipment = Equipment(
            product=lab.product,
            settings=lab.settings,
            csms=lab.csms,
            commissioner=lab.commissioner,
            operator=self._operator,
            judge=judge,
            certificates=lab.version.certificates,
            files=self._files(),
            manufacturer=lab.manufacturer,
            restore_list=lab.restore_list,
            any_order=lab.version.any_order,
            clauses=lab.version.clauses,
            on_step=lambda: self._step_began(one, judge),
        )
        return lab.version.bench(equipment)

    def _step_began(self, one: CampaignCase, judge: Judge) -> None:
        frame = len(self._lab.record)
        begun = StepTaken(step=judge.step, requirement=judge.requirement, frame=frame, checks=judge.checks)
        self._steps.append(begun)
        self._lab.emit(events.StepStarted(one.id, judge.step))

    def _files(self) -> LabFiles:
        protocols = tuple(self._version.file_protocols())
        if not self._lab.settings.root_installed:  # whoever does not trust the lab cannot fetch from it over TLS
            protocols = tuple(name for name in protocols if name not in WITH_TLS)
        return LabFiles(protocols, self._csms.address, self._lab.commissioner.tls_for_files)

    # Preparation and scenario

    async def _attempt(self, case: Case, bench: AnyBench) -> Verdict:
        """The preparation, then the scenario; what stops either decides the verdict."""
        try:
            if not await self._prepared(case, bench):
                return Verdict.INCONCLUSIVE
            self._csms.inbox.clear()
            self._scenario = len(self._lab.record)
            self._lab.emit(events.ScenarioStarted(case.id))
            async with self._lab.runaway_limit.enforced():
                await case.body(bench)
                await asyncio.sleep(OBSERVATION_TIME)
        except CaseFailed:
            return Verdict.FAIL
        except (OperatorFailed, NotConfigurable, NotEquipped) as error:
            bench.judge.add_finding("the hands and the configuration that the scenario needs", str(error))
            return Verdict.INCONCLUSIVE
        except (LinkError, RunawayStation) as error:
            bench.judge.add_finding("a station that stays in the scenario", str(error) or type(error).__name__)
            return Verdict.FAIL
        except Exception as error:  # a case of ours that breaks must not end the campaign
            bench.judge.add_finding("a lab without mistakes", f"{type(error).__name__}: {error}")
            return Verdict.ERROR
        return Verdict.PASS

    async def _prepared(self, case: Case, bench: AnyBench) -> bool:
        """Configuration and states to start from. False where the station does not get there."""
        bench.judge.begin_step("preparation", None)
        try:
            async with self._lab.runaway_limit.enforced():
                await self._prepare(case, bench)
        except CaseFailed:
            return False
        except (NotConfigurable, NotCommissioned, NotEquipped, LinkError, RunawayStation) as error:
            bench.judge.add_finding("the configuration that the case starts from", str(error) or type(error).__name__)
            return False
        bench.judge.begin_step("", None)
        return True

    async def _prepare(self, case: Case, bench: AnyBench) -> None:
        if not self._csms.connected:
            bench.judge.fail_missing("a connected station", "", "not connected")
        await self._lab.commissioner.ensure_connection(bench.operator, case.connected)
        await self._version.configuration.establish(case.needs(bench))
        for state in case.before:
            await state(bench)

    # What holds in every case

    def _seen_since(self, first_frame: int, transactions_before: frozenset[object]) -> Evidence:
        return Evidence(
            product=self._lab.product,
            settings=self._lab.settings,
            exchanges=tuple(exchanges(self._lab.record.since(first_frame), self._version.protocol)),
            actions=tuple(action for action in self._operator.actions if action.frame >= first_frame),
            connection_periods=tuple(self._csms.connection_periods),
            known_transactions=transactions_before,
        )

    def _standing_rules(self, judge: Judge, evidence: Evidence) -> bool:
        """What holds in every case: the rules of the version, and no frames but those that were waited for.

        Returns whether a station has broken one of them: no matter what the case is about, it does not pass.
        """
        broken = list(apply_rules(self._rules, evidence))
        judge.add_findings(*broken)
        if not judge.failed:
            clause = self._version.clauses.scenario
            judge.add_findings(
                *unsolicited_requests.judge(self._csms.inbox.unconsumed(), self._version.unsolicited, clause)
            )
        return any(finding.fails for finding in broken)

    async def _restored(self, result: CaseResult) -> CaseResult:
        """Restore the station. One that cannot be restored is a finding of the case that left it so."""
        try:
            async with self._lab.runaway_limit.enforced():
                await self._restorer.restore()
        except (LabError, LinkError) as error:
            finding = Finding(
                requirement=self._version.clauses.idle,
                expected="the station is idle again after the case",
                actual=str(error) or type(error).__name__,
                step="restore",
            )
            self._lab.emit(events.FindingMade(result.id, finding))
            verdict = Verdict.INCONCLUSIVE if result.verdict is Verdict.PASS else result.verdict
            result = msgspec.structs.replace(result, verdict=verdict, findings=(*result.findings, finding))
        return result

    def _frames_judged(self, result: CaseResult) -> CaseResult:
        """A station that breaks the schema fails the case, whatever it is about and wherever it had come to.

        Every frame is judged once: those of the case, and those that came before it and while it was restored.
        """
        breaches = self._lab.frame_validator.findings()
        if not breaches:
            return result
        for finding in breaches:
            self._lab.emit(events.FindingMade(result.id, finding))
        verdict = result.verdict if result.verdict is Verdict.ERROR else Verdict.FAIL
        return msgspec.structs.replace(result, verdict=verdict, findings=(*result.findings, *breaches))


def _with_checks(begun: Sequence[StepTaken], all_checks: int) -> Iterator[StepTaken]:
    """Each step with the checks made in it, from how many had been made when it began."""
    ends = [*(one.checks for one in begun[1:]), all_checks]
    for one, end in zip(begun, ends, strict=False):
        yield msgspec.structs.replace(one, checks=end - one.checks)


def _lab_error(one: CampaignCase, error: Exception) -> CaseResult:
    """A lab that breaks outside the scenario must not end the campaign either."""
    finding = Finding(requirement="", expected="a lab without mistakes", actual=f"{type(error).__name__}: {error}")
    return CaseResult(id=one.id, name=one.name, profile=one.profile, verdict=Verdict.ERROR, findings=(finding,))
