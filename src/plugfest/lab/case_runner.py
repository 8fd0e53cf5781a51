"""Runs one case: preparation, scenario, rules for every case, and then restores the station."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.bench import AnyBench, Equipment
from plugfest.lab.case import CampaignCase, Case
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.commissioning import NotCommissioned
from plugfest.lab.composition import Lab
from plugfest.lab.csms.csms import SecondConnection
from plugfest.lab.csms.inbox import AnyReceived
from plugfest.lab.csms.runaway_limit import RunawayStation, TooManyClients
from plugfest.lab.files.file_servers import LabFiles
from plugfest.lab.judge import CheckedMessage, Judge
from plugfest.lab.operator.control import AT_ANY_TIME, CampaignQuit, Command, Interrupted
from plugfest.lab.operator.missing_capabilities import obstacles
from plugfest.lab.operator.operator import Operator
from plugfest.lab.recording.exchanges import Exchange, exchanges
from plugfest.lab.restore.between_cases import BetweenCases
from plugfest.lab.restore.restorer import NeverIdle, Restorer
from plugfest.lab.rules import unsolicited_requests
from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import apply_rules
from plugfest.lab.verdict import (
    AbandonedAttempt,
    CaseFailed,
    CaseResult,
    Finding,
    NotConfigurable,
    NotEquipped,
    OperatorFailed,
    StepTaken,
    Verdict,
)
from plugfest.link.errors import LinkError
from plugfest.products.selection import deciding_claims
from plugfest.transfer.server import WITH_TLS

OBSERVATION_TIME = 0.5
"""Seconds after a scenario in which unexpected messages of the station are still recorded and judged."""

EARLIER_EXCHANGES = 100
"""Exchanges before a case that are in its evidence: the station may have queued messages behind them."""

TWO_CLIENTS = 2
"""Connections replaced in one case that show two clients; one client replaces its own after an outage."""

AVAILABLE = "the operator, the equipment and the connection that the scenario requires"
"""The expectation in a finding about an obstacle that is not the station's."""

IDLE = "the station is idle when the case begins"
"""The expectation in a finding about what an earlier case has left."""

NOT_CONFIRMED = "the operator did not confirm that every action was done as requested"
"""Why an attempt that would have failed does not count."""

NO_INTERNAL_ERROR = "the lab runs the case without an internal error"
"""The expectation in a finding about an error of the lab itself."""

_log = logging.getLogger(__name__)


class CaseRunner:
    """Runs the cases of one campaign, one at a time."""

    def __init__(self, lab: Lab, operator: Operator, restorer: Restorer) -> None:
        self._lab = lab
        self._csms = lab.csms
        self._version = lab.version
        self._operator = operator
        self._restorer = restorer
        self._between = BetweenCases(lab, operator, restorer)
        self._rules = lab.version.rules()
        self._loop = asyncio.get_running_loop()
        self._evidence: tuple[CheckedMessage, ...] = ()
        self._scenario: int | None = None
        self._steps: list[StepTaken] = []
        self._claims = deciding_claims(lab.product)
        self.contradictions: tuple[Contradiction, ...] = ()
        """Those between the PICS and the station, named in every finding that may follow from them."""
        self._earlier: tuple[Exchange, ...] = ()

    def judge_begin(self, first_frame: int = 0) -> tuple[Finding, ...]:
        """Judge the frames before the first case, by the rules for every case. They belong to no case."""
        evidence = self._evidence_since(first_frame, frozenset(), began_idle=False)
        self._keep_earlier(evidence.exchanges)
        return (*apply_rules(self._rules, evidence), *self._lab.frame_validator.findings())

    async def run(self, number: int, campaign_case: CampaignCase) -> CaseResult:
        """Run a case with its number in the campaign. An internal error of the lab ends only the case, with ERROR.

        Raises CampaignQuit.
        """
        self._lab.emit(events.CaseStarted(campaign_case.id, campaign_case.name, number))
        self._evidence = ()
        if campaign_case.case is None:
            result = campaign_case.result(Verdict.NOT_IMPLEMENTED)
        elif reasons := list(obstacles(campaign_case.case, self._operator, self._lab.commissioner)):
            result = self._not_run(campaign_case, reasons)
        else:
            try:
                result = await self._run_until_it_counts(campaign_case, campaign_case.case)
            except CampaignQuit:
                raise
            except Exception as error:
                _log.exception("internal error of the lab in %s", campaign_case.id)
                finding = Finding(requirement="", expected=NO_INTERNAL_ERROR, actual=f"{type(error).__name__}: {error}")
                result = campaign_case.result(Verdict.ERROR, finding)
        self._lab.emit(events.CaseFinished(result, self._evidence))
        return result

    def _contradictions_of(self, case_id: str, finding: Finding) -> tuple[str, ...]:
        claims = self._claims.get(case_id, frozenset())
        return tuple(one.text for one in self.contradictions if one.concerns(case_id, claims, finding))

    def _not_run(self, campaign_case: CampaignCase, reasons: Iterable[str]) -> CaseResult:
        """The result of a case that the operator cannot bring to its end: it takes no time."""
        findings = tuple(Finding(requirement="", expected=AVAILABLE, actual=reason) for reason in reasons)
        for finding in findings:
            self._lab.emit(events.FindingMade(campaign_case.id, finding))
        frame = len(self._lab.record)
        return campaign_case.result(Verdict.INCONCLUSIVE, *findings, frames=(frame, frame))

    # Attempts

    async def _run_until_it_counts(self, campaign_case: CampaignCase, case: Case) -> CaseResult:
        """Run the case, again after each attempt that a command has ended to be repeated. Raises CampaignQuit."""
        abandoned: list[AbandonedAttempt] = []
        self._operator.begin_case()
        while True:
            first_frame, judge = len(self._lab.record), self._judge(campaign_case, case)
            try:
                async with self._lab.control.interruptible(frozenset(Command)):
                    result = await self._attempt(campaign_case, case, judge)
                    counts = result.verdict is not Verdict.FAIL or await self._operator.confirms_actions()
            except Interrupted as interrupted:
                reason, skipped = interrupted.reason, interrupted.command is Command.SKIP
                not_restored = await self._end_attempt(campaign_case, interrupted.command, first_frame)
                found = (*judge.findings, *self._lab.frame_validator.findings())
                abandoned.append(self._abandon(campaign_case, reason, first_frame, found))
                if not (skipped or not_restored):  # another attempt would begin on a station that is not idle
                    continue
                return self._without_attempt(campaign_case, abandoned, reason if skipped else "", not_restored)
            if not counts:
                abandoned.append(self._abandon(campaign_case, NOT_CONFIRMED, first_frame, judge.findings))
                result = self._without_attempt(campaign_case, abandoned, NOT_CONFIRMED)
            return self._with_invalid_frames(msgspec.structs.replace(result, abandoned=tuple(abandoned)))

    async def _end_attempt(self, campaign_case: CampaignCase, command: Command, first_frame: int) -> Finding | None:
        """Obey the command and restore the station. The finding if that is not possible. Raises CampaignQuit."""
        while True:
            await self._lab.control.obey(command)
            try:
                async with self._lab.control.interruptible(AT_ANY_TIME):
                    return await self._between.after_case(campaign_case.id, first_frame)
            except Interrupted as interrupted:
                command = interrupted.command

    def _abandon(
        self, campaign_case: CampaignCase, reason: str, first_frame: int, found: Iterable[Finding]
    ) -> AbandonedAttempt:
        """The attempt with what it has found. Its frames, and the messages in them, are judged no further."""
        self._csms.inbox.clear()
        self._keep_earlier(exchanges(self._lab.record.since(first_frame), self._version.protocol))
        self._lab.emit(events.AttemptAbandoned(campaign_case.id, reason))
        return AbandonedAttempt(reason=reason, frames=(first_frame, len(self._lab.record)), findings=tuple(found))

    def _without_attempt(
        self,
        campaign_case: CampaignCase,
        abandoned: Sequence[AbandonedAttempt],
        reason: str,
        not_restored: Finding | None = None,
    ) -> CaseResult:
        """The result of a case whose last attempt does not count either, for a reason or as it was not restored."""
        findings = [Finding(requirement="", expected=AVAILABLE, actual=reason)] if reason else []
        findings += [not_restored] if not_restored is not None else []
        for finding in findings:
            self._lab.emit(events.FindingMade(campaign_case.id, finding))
        result = campaign_case.result(Verdict.INCONCLUSIVE, *findings, frames=abandoned[-1].frames)
        return msgspec.structs.replace(result, abandoned=tuple(abandoned))

    def _judge(self, campaign_case: CampaignCase, case: Case) -> Judge:
        return Judge(
            case.requirements,
            lambda finding: self._lab.emit(events.FindingMade(campaign_case.id, finding)),
            lambda finding: self._contradictions_of(campaign_case.id, finding),
        )

    async def _attempt(self, campaign_case: CampaignCase, case: Case, judge: Judge) -> CaseResult:
        self._lab.forget_earlier_cases()
        self._evidence, self._scenario, self._steps = (), None, []
        began, first_frame = self._loop.time(), len(self._lab.record)
        transactions_before, replaced_before = self._version.ledger.transaction_ids(), self._csms.replacements
        began_idle = self._restorer.was_idle
        bench = self._bench(campaign_case, judge)
        try:
            verdict = await self._run_scenario(case, bench)
        finally:
            await bench.files.close()
        duration, last_frame = self._loop.time() - began, len(self._lab.record)
        unconsumed = tuple(self._csms.inbox.unconsumed())
        not_restored = None
        if self._between.left is None:  # otherwise the case has not begun
            stopped = None if verdict is Verdict.PASS else first_frame
            not_restored = await self._between.after_case(campaign_case.id, stopped)
        if verdict is not Verdict.ERROR:
            # The restoring is judged like the case: its frames are in the evidence.
            evidence = self._evidence_since(first_frame, transactions_before, began_idle=began_idle)
            self._keep_earlier(evidence.exchanges)
            broken = self._apply_rules_for_every_case(judge, evidence, unconsumed)
            verdict = Verdict.FAIL if broken or (verdict is Verdict.PASS and judge.failed) else verdict
        if self._two_clients(judge, replaced_before) and verdict is Verdict.FAIL:
            verdict = Verdict.INCONCLUSIVE
        if verdict is Verdict.PASS and not judge.checks:
            judge.add_finding("the case makes at least one check", "no check was made")
            verdict = Verdict.ERROR
        if not_restored is not None:
            judge.add_findings(not_restored)
            verdict = Verdict.INCONCLUSIVE if verdict is Verdict.PASS else verdict
        self._evidence = tuple(judge.checked_messages)
        result = campaign_case.result(verdict, *judge.findings, frames=(first_frame, last_frame))
        return msgspec.structs.replace(
            result,
            checks=judge.checks,
            duration_s=round(duration, 3),
            steps=tuple(_with_checks(self._steps, judge.checks)),
            scenario=self._scenario,
        )

    def _bench(self, campaign_case: CampaignCase, judge: Judge) -> AnyBench:
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
            last_requests=lab.version.last_requests,
            clauses=lab.version.clauses,
            on_step=lambda: self._step_began(campaign_case, judge),
            emit=self._lab.emit,
        )
        return lab.version.bench(equipment)

    def _step_began(self, campaign_case: CampaignCase, judge: Judge) -> None:
        frame = len(self._lab.record)
        begun = StepTaken(step=judge.step, requirement=judge.requirement, frame=frame, checks=judge.checks)
        self._steps.append(begun)
        self._lab.emit(events.StepStarted(campaign_case.id, judge.step))

    def _files(self) -> LabFiles:
        protocols = tuple(self._version.file_protocols())
        if not self._lab.settings.root_installed:  # without the lab's root the station refuses its TLS file servers
            protocols = tuple(name for name in protocols if name not in WITH_TLS)
        return LabFiles(protocols, self._csms.address, self._lab.commissioner.tls_for_files)

    # Preparation and scenario

    async def _run_scenario(self, case: Case, bench: AnyBench) -> Verdict:
        """Run the preparation, then the scenario. The exception that ends either decides the verdict."""
        try:
            if (reason := await self._between.before_case(case.id)) is not None:
                bench.judge.add_obstacle(IDLE, reason)
                return Verdict.INCONCLUSIVE
            if not await self._prepared(case, bench):
                return Verdict.INCONCLUSIVE
            self._csms.inbox.clear(until=self._csms.inbox.mark if case.continues else None)
            self._scenario = len(self._lab.record)
            self._lab.emit(events.ScenarioStarted(case.id))
            async with self._lab.runaway_limit.enforced():
                await case.body(bench)
                await asyncio.sleep(OBSERVATION_TIME)
        except CaseFailed:
            return Verdict.FAIL
        except (OperatorFailed, NotEquipped, SecondConnection, TooManyClients) as error:
            bench.judge.add_obstacle(AVAILABLE, str(error))
            return Verdict.INCONCLUSIVE
        except NotConfigurable as error:
            bench.judge.add_finding("the station accepts the configuration of the scenario", str(error))
            return Verdict.INCONCLUSIVE
        except (LinkError, RunawayStation) as error:
            bench.judge.add_finding(
                "the station stays connected and finishes the scenario", str(error) or type(error).__name__
            )
            return Verdict.FAIL
        except Exception as error:  # an error in the code of a case must not end the campaign
            bench.judge.add_obstacle(NO_INTERNAL_ERROR, f"{type(error).__name__}: {error}")
            return Verdict.ERROR
        return Verdict.PASS

    async def _prepared(self, case: Case, bench: AnyBench) -> bool:
        """Bring the station into the initial state of the case. False if it does not reach that state."""
        bench.judge.begin_step("preparation", None)
        try:
            async with self._lab.runaway_limit.enforced():
                await self._prepare(case, bench)
        except CaseFailed:
            return False
        except (TooManyClients, NeverIdle) as error:
            bench.judge.add_obstacle(AVAILABLE, str(error))
            return False
        except (NotConfigurable, NotCommissioned, LinkError, RunawayStation) as error:
            bench.judge.add_finding("the station reaches the initial state", str(error) or type(error).__name__)
            return False
        bench.judge.begin_step("", None)
        return True

    async def _prepare(self, case: Case, bench: AnyBench) -> None:
        if not await self._csms.wait_reconnected(within=self._lab.settings.reconnect_timeout):
            bench.judge.fail_missing("the station is connected", "", f"not connected{self._csms.why_ended}")
        self._restorer.check_was_idle()
        await self._lab.commissioner.ensure_connection(bench.operator, case.connected)
        await self._version.configuration.establish(case.needs(bench))
        for state in case.before:
            await state(bench)

    # Rules for every case

    def _keep_earlier(self, ended: Iterable[Exchange]) -> None:
        self._earlier = (*self._earlier, *ended)[-EARLIER_EXCHANGES:]

    def _evidence_since(
        self, first_frame: int, transactions_before: frozenset[object], *, began_idle: bool
    ) -> Evidence:
        return Evidence(
            product=self._lab.product,
            settings=self._lab.settings,
            clock_steps=clock.steps(),
            exchanges=tuple(exchanges(self._lab.record.since(first_frame), self._version.protocol)),
            earlier=self._earlier,
            actions=tuple(action for action in self._operator.actions if action.frame >= first_frame),
            connection_periods=tuple(self._csms.connection_periods),
            known_transactions=transactions_before,
            began_idle=began_idle,
        )

    def _apply_rules_for_every_case(self, judge: Judge, evidence: Evidence, unconsumed: Iterable[AnyReceived]) -> bool:
        """Apply the rules of the version, and the rule that the station sends no unsolicited requests in a case.

        Returns whether the station has broken a rule of the version: then the case fails, whatever its subject.
        """
        broken = list(apply_rules(self._rules, evidence))
        judge.add_findings(*broken)
        if not judge.failed:
            allowed, clauses = self._version.unsolicited, self._version.clauses
            judge.add_findings(*unsolicited_requests.judge(unconsumed, allowed, clauses, evidence))
        return any(finding.fails for finding in broken)

    def _two_clients(self, judge: Judge, replaced_before: int) -> bool:
        """Whether connections have replaced one another since then: two devices with the identity of the station."""
        replaced = self._csms.replacements - replaced_before
        if replaced < TWO_CLIENTS:
            return False
        observed = f"{replaced} times in this case, {self._csms.last_replacement}"
        judge.add_obstacle("one client with the identity of the station", observed)
        return True

    def _with_invalid_frames(self, result: CaseResult) -> CaseResult:
        """The result with the findings about invalid frames: a case with one fails, whatever its subject.

        Every frame is judged once, including those before the case and those of the restoring after it.
        """
        findings = self._lab.frame_validator.findings()
        if not findings:
            return result
        for finding in findings:
            self._lab.emit(events.FindingMade(result.id, finding))
        fails = result.verdict is not Verdict.ERROR and any(finding.fails for finding in findings)
        verdict = Verdict.FAIL if fails else result.verdict
        return msgspec.structs.replace(result, verdict=verdict, findings=(*result.findings, *findings))


def _with_checks(begun: Sequence[StepTaken], all_checks: int) -> Iterator[StepTaken]:
    """Each step with the number of its own checks. In `begun` it is the number of all checks before the step."""
    ends = [*(step.checks for step in begun[1:]), all_checks]
    for step, end in zip(begun, ends, strict=False):
        yield msgspec.structs.replace(step, checks=end - step.checks)
