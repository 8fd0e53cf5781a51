"""Runs a campaign: many cases with one station, one after the other."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.case_runner import CaseRunner
from plugfest.lab.claims.contradictions import Contradiction
from plugfest.lab.composition import Lab
from plugfest.lab.csms.connection_log import LoggedConnection
from plugfest.lab.csms.runaway_limit import BURST_AT_BEGIN, RunawayStation, TooManyClients
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.operator.control import AT_ANY_TIME, Interrupted
from plugfest.lab.operator.left import NOTHING_LEFT, LeftAtStation, LeftWatch
from plugfest.lab.operator.missing_capabilities import MissingCapability, missing_capabilities
from plugfest.lab.operator.operator import Operator
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.recording.record import Frame
from plugfest.lab.restore.failure import failure
from plugfest.lab.restore.restorer import Restorer
from plugfest.lab.verdict import CaseResult, Finding, LabError
from plugfest.link.errors import LinkError

BEGIN = "before the first case"
"""The step of a finding about the preparation of the station."""


class CampaignOutcome(msgspec.Struct, frozen=True):
    """The outcome of a campaign: the results of the cases, every frame as evidence, findings before the first case.

    `missing_capabilities`: what the operator could not do, as far as it was found. `contradictions`: those between the
    PICS and what the station reports. `connections`: why connections ended, and why attempts to connect failed.
    `standstills`: why the lab could not act for some time before the first case, see `events.LabStoodStill`.
    """

    results: tuple[CaseResult, ...]
    frames: Sequence[Frame]
    findings: tuple[Finding, ...] = ()
    missing_capabilities: tuple[MissingCapability, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    connections: tuple[LoggedConnection, ...] = ()
    standstills: tuple[str, ...] = ()


class CampaignImpossible(LabError):
    """The campaign could not begin: no station connected, or it sent without end from its boot on.

    `outcome`: what was recorded until then, with a finding that has the reason.
    """

    def __init__(self, reason: str, outcome: CampaignOutcome) -> None:
        super().__init__(reason)
        self.outcome = outcome


class Engine:
    """One campaign of one product at one lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._missing: tuple[MissingCapability, ...] = ()
        self._has_case = False
        self._standstills: list[str] = []
        lab.listeners.append(self._note_standstill)

    async def run(
        self,
        chosen: Iterable[CampaignCase],
        driver: OperatorDriver,
        *,
        cannot: Iterable[Capability] = (),
        left: LeftAtStation = NOTHING_LEFT,
        numbers: Iterator[int] | None = None,
    ) -> CampaignOutcome:
        """Run the chosen cases in their order. The CSMS has to be listening already.

        `cannot`: what the operator cannot do, in addition to what its driver names. `left`: what an earlier sitting has
        left at the station, which the operator is asked to undo first. `numbers`: which of the cases to run, counted
        from 1, if other labs run the others; a number is taken when the case before it begins.

        Raises:
            CampaignImpossible: no station connected, or it sent without end.
            CampaignQuit: a person has ended it.
        """
        lab, plan = self._lab, list(chosen)
        planned = tuple(events.PlannedCase(one.id, one.name, one.profile) for one in plan)
        lab.emit(events.CampaignStarted(lab.product.slug, len(plan), planned))
        operator = Operator(driver, lab.csms.inbox, lab.record, timeout=lab.settings.operator_timeout)
        await operator.ask_what_is_missing(cannot, self._not_provided())
        watch = LeftWatch(operator, lambda changed: lab.emit(events.LeftChanged(changed)))
        try:
            return await self._run(
                plan, operator, watch, left, iter(range(1, len(plan) + 1)) if numbers is None else numbers
            )
        finally:
            watch.note()

    async def _run(
        self,
        plan: Sequence[CampaignCase],
        operator: Operator,
        watch: LeftWatch,
        left: LeftAtStation,
        numbers: Iterator[int],
    ) -> CampaignOutcome:
        lab = self._lab
        self._missing = missing_capabilities(plan, operator, lab.commissioner)
        if self._missing:
            lab.emit(events.CapabilitiesMissing(self._missing))
        restorer = Restorer(
            csms=lab.csms,
            operator=operator,
            version=lab.version,
            restore_list=lab.restore_list,
            commissioner=lab.commissioner,
            product=lab.product,
            settings=lab.settings,
            emit=lab.emit,
        )
        cases = CaseRunner(lab, operator, restorer)
        watch.take_over(left)
        findings = await self._begin_uninterrupted(restorer, cases)
        for finding in findings:
            lab.emit(events.FindingMade("", finding))
        contradictions = lab.version.contradictions()
        if contradictions:
            lab.emit(events.ContradictionsFound(contradictions))
        cases.contradictions = contradictions
        results = await self._run_cases(cases, plan, numbers)
        lab.csms.log.stop()
        lab.emit(events.CampaignFinished(results))
        missing = missing_capabilities(plan, operator, lab.commissioner)  # with what was found in the cases
        connections = tuple(lab.csms.log.entries)
        standstills = tuple(self._standstills)
        return CampaignOutcome(results, lab.record.frames, findings, missing, contradictions, connections, standstills)

    def _note_standstill(self, event: events.Event) -> None:
        """Before the first case there is no attempt that could have the reason."""
        match event:
            case events.CaseStarted():
                self._has_case = True
            case events.LabStoodStill(reason=reason) if not self._has_case:
                self._standstills.append(reason)

    async def _begin_uninterrupted(self, restorer: Restorer, cases: CaseRunner) -> tuple[Finding, ...]:
        """Prepare the station, again after each pause. Raises CampaignImpossible or CampaignQuit."""
        while True:
            first_frame = len(self._lab.record)
            try:
                async with self._lab.control.interruptible(AT_ANY_TIME):
                    findings = await self._begin(restorer)
                return (*findings, *cases.judge_begin(first_frame))
            except Interrupted as interrupted:
                await self._lab.control.obey(interrupted.command)

    def impossible(self, reason: str) -> CampaignImpossible:
        """The exception for a campaign that cannot begin. The reason is a finding too, so that the report has it."""
        lab = self._lab
        finding = Finding(requirement="", expected="a station that the lab can test", actual=reason, step=BEGIN)
        lab.emit(events.FindingMade("", finding))
        lab.csms.log.stop()
        connections, standstills = tuple(lab.csms.log.entries), tuple(self._standstills)
        return CampaignImpossible(
            reason, CampaignOutcome((), lab.record.frames, (finding,), self._missing, (), connections, standstills)
        )

    def _not_provided(self) -> dict[Capability, str]:
        lab, found = self._lab, dict[Capability, str]()
        if not lab.manufacturer.has_files:
            found[Capability.FIRMWARE] = "the settings have no [firmware]"
        if not lab.settings.root_installed:
            found[Capability.INSTALL_ROOT] = "the station cannot get the root certificate of the lab: --pki DIR"
        return found

    async def _run_cases(
        self, cases: CaseRunner, plan: Sequence[CampaignCase], numbers: Iterator[int]
    ) -> tuple[CaseResult, ...]:
        results: list[CaseResult] = []
        number = next(numbers, None)
        while number is not None:
            following = next(numbers, None)
            case = None if following is None else plan[following - 1].case
            self._lab.commissioner.following = None if case is None else case.connected
            results.append(await cases.run(number, plan[number - 1]))
            number = following
        return tuple(results)

    async def _begin(self, restorer: Restorer) -> tuple[Finding, ...]:
        """Wait for the station and prepare it. What is not possible is a finding: the cases show what can be run."""
        await restorer.reverse_actions()
        try:
            async with self._lab.runaway_limit.enforced(BURST_AT_BEGIN):
                await self._wait_for_station()
        except (RunawayStation, TooManyClients) as error:
            raise self.impossible(f"the campaign cannot begin: {error}") from error
        findings: list[Finding] = []
        try:
            async with self._lab.runaway_limit.enforced(BURST_AT_BEGIN):
                findings += await self._lab.version.configuration.begin()
        except LabError as error:
            findings.append(
                failure("the lab reads the configuration of the station", error, self._lab.version.clauses.idle)
            )
        try:
            async with self._lab.runaway_limit.enforced(BURST_AT_BEGIN):
                await restorer.begin()
        except (LabError, LinkError) as error:  # it may have come to the lab like that
            expected, actual = "the station is idle before the first case", str(error) or type(error).__name__
            findings.append(Finding(requirement="", expected=expected, actual=actual))
        return tuple(msgspec.structs.replace(finding, step=BEGIN) for finding in findings)

    async def _wait_for_station(self) -> None:
        csms, settings = self._lab.csms, self._lab.settings
        if not await csms.wait_connected(within=settings.boot_timeout):
            raise self.impossible(
                f"no station connected to {csms.main.url}/{settings.identity}"
                f" within {settings.boot_timeout:g} s: {csms.main.last_refusal()}"
            )
        await self._lab.wait_booted()
