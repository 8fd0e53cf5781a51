"""Campaigns with an impatient person at a terminal: `python -m tools.impatient_person --runs 200`.

The station is our virtual one and conforms. The person types at random, at any time and before reading, does what an
instruction asks for only sometimes, and confirms it or not. No case may FAIL. A line that blames the station on purpose
("confirm" with the number of the question) is the only thing that this person does not type.
"""

import asyncio
import contextlib
import os
import pty
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import click
import msgspec

from plugfest import clock
from plugfest.lab.case import Case
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.operator.capabilities import ACTIONS, Capability
from plugfest.lab.operator.control import CampaignQuit
from plugfest.lab.operator.needed_capabilities import needed_capabilities
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CableHeld, CaseResult, OperatorFailed, Verdict
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.operators.instructions import Instructor
from plugfest.rig.operators.prompt import PromptOperator
from plugfest.rig.operators.situation import Situation
from plugfest.rig.operators.terminal import TerminalPrompt
from plugfest.rig.operators.virtual import VirtualOperator
from plugfest.rig.virtual import virtual_bench, virtual_lab

PRODUCTS: Final = ("reference-ac", "reference-16-ac", "alpitronic-hyc-200-eu", "reference-16-dc")
CASES: Final = 4

KEYS: Final = {
    "\n": 30,
    "done\n": 14,
    "yes\n": 10,
    "y": 2,
    "no\n": 2,
    "no the cable is too short\n": 2,
    "locked\n": 2,
    "resume\n": 8,
    "skip\n": 1,
    "redo\n": 1,
    "undo\n": 1,
    "pause\n": 2,
    "confirm\n": 3,
    "cannot\n": 1,
    "\n\n\n": 5,
    "\x04": 1,
    "\x7f\x7f": 2,
    "quit\n": 0.05,
}
"""What is typed, with its weight."""

GARBAGE: Final = "abcdefghijklmnopqrstuvwxyz 0123456789!?\n\t"


class Silent:
    """A screen without output."""

    def print(self, text: str) -> None: ...

    def show_live(self, text: str) -> None: ...

    def note_input(self) -> None: ...

    def alert(self, text: str) -> None: ...


class ImpatientPerson:
    """Types at the other end of a terminal and acts at the station."""

    def __init__(self, seed: int, terminal: int) -> None:
        self._random = random.Random(seed)
        self._terminal = terminal
        self.act: Callable[[], Awaitable[Any]] | None = None
        """What the open instruction asks for."""

    async def fidget(self) -> None:
        """Type and act without end."""
        while True:
            await asyncio.sleep(self._random.choice((0.05, 0.2, 0.5, 1.0, 3.0, 8.0)))
            self._drain()
            if self.act is not None and self._random.random() < 0.5:
                act, self.act = self.act, None
                await self._do(act)
            os.write(self._terminal, self._keys().encode())

    async def _do(self, act: Callable[[], Awaitable[Any]]) -> None:
        try:
            await act()
        except CableHeld:
            os.write(self._terminal, b"locked\n")
        except OperatorFailed:
            pass

    def _keys(self) -> str:
        if self._random.random() < 0.1:
            return "".join(self._random.choices(GARBAGE, k=self._random.randint(1, 12)))
        return self._random.choices(list(KEYS), weights=list(KEYS.values()))[0]

    def _drain(self) -> None:
        """Read the echo of the terminal."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self._terminal, 65536):
                pass


class AttendedStation:
    """The driver of a campaign: instructions by the prompt operator, acts of the person at the virtual station."""

    can_commission = False

    def __init__(self, prompt: PromptOperator, station: VirtualOperator, person: ImpatientPerson) -> None:
        self._prompt = prompt
        self._station = station
        self._person = person

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name not in ACTIONS:
            return getattr(self._prompt, name)  # type: ignore[no-any-return]

        async def instruct(*arguments: object, **options: object) -> object:
            self._person.act = partial(getattr(self._station, name), *arguments, **options)
            try:
                return await getattr(self._prompt, name)(*arguments, **options)
            finally:
                self._person.act = None

        return instruct


@contextlib.contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a pseudo-terminal: of the person, of the program."""
    person, program = pty.openpty()
    os.set_blocking(person, False)
    try:
        yield person, program
    finally:
        os.close(person)
        os.close(program)


async def campaign(seed: int, product_name: str, case_ids: Sequence[str]) -> CampaignOutcome | None:
    """A campaign of some cases; None if the person has quit."""
    product = load_product(product_name)
    lab = virtual_lab(product, LabSettings(security_profile=1, operator_timeout=120))
    situation = Situation()
    lab.listeners.append(situation.on_event)
    with terminal() as (theirs, ours):
        person = ImpatientPerson(seed, theirs)
        prompt = TerminalPrompt(Silent(), situation, lab.control, ours)
        instructor = Instructor(prompt, situation, lab.control, timeout=lab.settings.operator_timeout)
        async with virtual_bench(lab, product) as station:
            driver = AttendedStation(PromptOperator(product, instructor), station, person)
            with prompt.listening():
                tasks = [asyncio.ensure_future(one) for one in (person.fidget(), instructor.attend_pauses())]
                try:
                    chosen = choose(product, RequestedCases(ids=tuple(case_ids))).chosen
                    return await Engine(lab).run(chosen, driver)  # type: ignore[arg-type]
                except CampaignQuit:
                    return None
                finally:
                    for task in tasks:
                        task.cancel()


def run(seed: int) -> tuple[str, tuple[CaseResult, ...]]:
    """The product and the results of the campaign with this seed; no results if the person has quit."""
    chance = random.Random(seed)
    product_name = PRODUCTS[seed % len(PRODUCTS)]
    chosen = [one for one in choose(load_product(product_name)).chosen if one.case is not None and _is_acted(one.case)]
    case_ids = [one.id for one in chance.sample(chosen, CASES)]
    outcome = clock.run_simulated(campaign(seed, product_name, case_ids))
    return product_name, () if outcome is None else outcome.results


def _is_acted(case: Case) -> bool:
    """Whether the operator has to act in the case, and not to commission the station."""
    return bool(needed_capabilities(case).always - {Capability.COMMISSION})


class Figures(msgspec.Struct):
    """What the runs have shown."""

    verdicts: Counter[Verdict] = msgspec.field(default_factory=Counter)
    abandoned: Counter[str] = msgspec.field(default_factory=Counter)
    quits: int = 0

    def add(self, results: Sequence[CaseResult]) -> None:
        self.quits += not results
        self.verdicts.update(one.verdict for one in results)
        self.abandoned.update(attempt.reason for one in results for attempt in one.abandoned)


@click.command()
@click.option("--runs", default=200, show_default=True)
@click.option("--first", default=0, show_default=True, help="The first seed.")
def main(runs: int, first: int) -> None:
    """Run campaigns and print the verdicts. Exit code 1 if a case has failed."""
    figures = Figures()
    for seed in range(first, first + runs):
        product, results = run(seed)
        figures.add(results)
        for one in results:
            if one.verdict in (Verdict.FAIL, Verdict.ERROR):
                click.echo(f"seed {seed}, {product}: {one.verdict} {one.id}")
                for finding in one.findings:
                    click.echo(f"  {finding.step} {finding.requirement}: {finding.expected}; actual: {finding.actual}")
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(figures.verdicts.items()))
    click.echo(f"{runs} runs, {figures.verdicts.total()} cases: {verdicts}; {figures.quits} runs ended by quit")
    for reason, count in sorted(figures.abandoned.items()):
        click.echo(f"  {count} attempts did not count: {reason}")
    raise SystemExit(1 if figures.verdicts[Verdict.FAIL] + figures.verdicts[Verdict.ERROR] else 0)


if __name__ == "__main__":
    main()
