"""What a page shows of a campaign that runs, as server-sent events: only what has changed."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from markupsafe import Markup

from plugfest.campaigns.instruction_files import InstructionFollower, ShownInstruction
from plugfest.http_server.live_events import LiveEvent
from plugfest.rig.operators.instructions import InstructionKind
from plugfest.rig.pki_folder import ROOT
from plugfest.runs.folder import RunError
from plugfest.runs.progress import ProductProgress, RunProgress, SittingProgress, in_order
from plugfest.runs.waits import LabWaits
from plugfest.web.bench.campaigns import Campaigns
from plugfest.web.pages import fragment
from plugfest.web.runs.diagrams import LiveDiagram
from plugfest.web.runs.grid import Block, Cell, blocks
from plugfest.web.runs.redaction import Redactors, redacted, redacted_finding
from plugfest.web.runs.store import Runs

PERIOD: Final = 0.4
"""Seconds between two looks at the run."""

KEEP_ALIVE: Final = 5.0
"""Seconds after which something is sent, so that a client that has gone is noticed."""

MAX_FINDINGS: Final = 20
"""The newest results with findings that are shown."""

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{6}-")
PAGE_OPERATOR: Final = "page"
VIRTUAL: Final = "virtual"


class LiveCampaign:
    """A campaign as one client sees it."""

    def __init__(self, name: str, runs: Runs, campaigns: Campaigns, redactors: Redactors) -> None:
        self._name = name
        self._runs = runs
        self._campaigns = campaigns
        self._redactors = redactors
        self._diagrams: dict[ProductProgress, LiveDiagram] = {}
        self._instructions = InstructionFollower(runs.folder / name)
        self.progress: RunProgress | None = None
        self.problem: str | None = None

    @property
    def title(self) -> str:
        """What is tested; while the run has no folder yet, its name without the time."""
        return ", ".join(self.progress.description.products) if self.progress else _TIME.sub("", self._name)

    @property
    def is_running(self) -> bool:
        """Whether a process runs it, or is about to."""
        running = self.progress is not None and self.progress.state == "running"
        return running or self._campaigns.is_starting(self._name)

    async def update(self) -> None:
        """Read what is new."""
        try:
            self.progress = await self._runs.progress(self._name)
            await self._instructions.update()
            self.problem = self._campaigns.problem(self._name)
        except (RunError, OSError) as error:
            self.problem = str(error)

    @property
    def is_known(self) -> bool:
        return self.progress is not None or self.problem is not None or self._campaigns.is_starting(self._name)

    @property
    def is_attended(self) -> bool:
        """Whether a person answers instructions on these pages."""
        began = [one.began for one in self._product.sittings] if self._product is not None else []
        return bool(began) and began[-1] is not None and began[-1].operator == PAGE_OPERATOR

    @property
    def _product(self) -> ProductProgress | None:
        return None if self.progress is None else self.progress.current

    def status(self) -> str:
        """How far it is."""
        product = self._product
        return fragment(
            "bench/status.html",
            log="" if self.problem is not None else self._campaigns.log(self._name),
            is_paused=bool(product and product.sittings and product.sittings[-1].is_paused),
            running=None if product is None or not self.is_running else product.running,
            before="" if product is None or not product.sittings else before_first_case(product.sittings[-1]),
            **self._state(),
        )

    def news(self) -> str:
        """What a screen reader reads out."""
        return fragment("bench/news.html", **self._state())

    def actions(self) -> str:
        """The buttons, apart from the status: they stay where they are while it changes."""
        return fragment("bench/actions.html", name=self._name, exists=self.progress is not None, **self._state())

    def _state(self) -> dict[str, object]:
        progress = self.progress
        verdicts = None if progress is None else progress.verdicts
        return {
            "problem": self.problem,
            "is_running": self.is_running,
            "is_complete": progress is not None and progress.is_complete,
            "done": 0 if verdicts is None else verdicts.total(),
            "total": 0 if progress is None else progress.total,
            "verdicts": () if verdicts is None else in_order(verdicts),
        }

    def prompt(self) -> str:
        """The open instruction."""
        shown = self._shown
        return fragment(
            "bench/prompt.html",
            name=self._name,
            shown=shown,
            notes=self._instructions.notes,
            root=ROOT if shown is not None and ROOT in shown.instruction.text else "",
        )

    def idle(self) -> str:
        """What the lab waits for while there is nothing to do."""
        return fragment("bench/idle.html", waits=self._waits, **self._attendance())

    @property
    def _waits(self) -> LabWaits:
        product = self._product
        return product.sittings[-1].waits if product is not None and product.sittings else LabWaits()

    def commands(self) -> str:
        """The commands that are possible."""
        product, shown = self._product, self._shown
        return fragment(
            "bench/commands.html",
            name=self._name,
            has_case=product is not None and product.running is not None,
            is_paused=shown is not None and shown.instruction.kind is InstructionKind.PAUSE,
            **self._attendance(),
        )

    @property
    def _shown(self) -> ShownInstruction | None:
        return self._instructions.shown if self.is_running else None

    def _attendance(self) -> dict[str, object]:
        return {"shown": self._shown, "is_running": self.is_running, "is_attended": self.is_attended}

    def blocks(self) -> list[Block]:
        """The cases of the product that is tested now."""
        product = self._product
        return [] if product is None else blocks(product.cases(), is_running=self.is_running)

    def grid(self) -> str:
        """All cases."""
        product = "" if self._product is None else self._product.name
        return fragment("bench/grid.html", name=self._name, product=product, blocks=self.blocks())

    def cells(self, before: dict[str, Cell], now: dict[str, Cell]) -> str:
        """The cells that have changed, and the counts of their blocks."""
        assert self._product is not None
        changed = [cell for id, cell in now.items() if before[id] != cell]
        counts = [(number, block) for number, block in enumerate(self.blocks(), 1) if set(block.cells) & set(changed)]
        return fragment("bench/cells.html", name=self._name, product=self._product.name, cells=changed, counts=counts)

    async def diagram(self) -> Markup | None:
        """The last frames."""
        product = self._product
        if product is None or not product.sittings:
            return None
        if product not in self._diagrams:
            self._diagrams[product] = LiveDiagram(product, self._redactors.of(product))
        return await self._diagrams[product].drawn()

    def findings(self) -> str:
        """The newest findings first."""
        product = self._product
        if product is None:
            return ""
        redactor, running = self._redactors.of(product), product.running
        results = [one for sitting in product.sittings for one in sitting.results if one.findings][-MAX_FINDINGS:]
        before = [one for sitting in product.sittings for one in sitting.findings]
        return fragment(
            "bench/findings.html",
            name=self._name,
            product=product.name,
            running=running,
            current=[redacted_finding(one, redactor) for one in (running.findings if running is not None else ())],
            results=[redacted(one, redactor) for one in reversed(results)],
            before=[redacted_finding(one, redactor) for one in before],
            standstills=[one for sitting in product.sittings for one in sitting.standstills],
        )


def before_first_case(sitting: SittingProgress) -> str:
    """What a sitting without a case so far does; empty if it has one."""
    if sitting.results or sitting.began is None:
        return ""
    if sitting.frame_count:
        return "the lab prepares the station"
    return "the virtual station starts" if sitting.began.operator == VIRTUAL else "the station has to connect"


async def stream(campaign: LiveCampaign, names: frozenset[str]) -> AsyncIterator[str]:
    """These parts of a page as they change, until the campaign has ended."""
    loop = asyncio.get_running_loop()
    sent = _Sent(campaign, names)
    quiet_since = loop.time()
    while True:
        await campaign.update()
        events = [event async for event in sent.changes()]
        if not campaign.is_running:
            await campaign.update()  # what it has written last
            events += [event async for event in sent.changes()]
            yield "".join([*events, LiveEvent("ended", "").encoded()])
            return
        if events or loop.time() - quiet_since > KEEP_ALIVE:
            yield "".join(events) or ": \n\n"
            quiet_since = loop.time()
        await asyncio.sleep(PERIOD)


class _Sent:
    """What a client has been sent."""

    def __init__(self, campaign: LiveCampaign, names: frozenset[str]) -> None:
        self._campaign = campaign
        self._names = names
        self._last: dict[str, str] = {}
        self._cells: dict[str, Cell] = {}

    async def changes(self) -> AsyncIterator[str]:
        """The events about what has changed."""
        parts: dict[str, Callable[[], str]] = {
            "status": self._campaign.status,
            "news": self._campaign.news,
            "actions": self._campaign.actions,
            "prompt": self._campaign.prompt,
            "idle": self._campaign.idle,
            "commands": self._campaign.commands,
            "findings": self._campaign.findings,
        }
        for name, part in parts.items():
            if name in self._names:
                for event in self._if_changed(name, part()):
                    yield event
        if "grid" in self._names:
            for event in self._grid():
                yield event
        if "diagram" in self._names:
            for event in self._if_changed("diagram", await self._campaign.diagram() or ""):
                yield event

    def _if_changed(self, name: str, text: str) -> Iterator[str]:
        if self._last.get(name) != text:
            self._last[name] = text
            yield LiveEvent(name, text).encoded()

    def _grid(self) -> Iterator[str]:
        """The whole grid if there are other cases than before, otherwise the cells that have changed."""
        before, now = self._cells, {cell.id: cell for block in self._campaign.blocks() for cell in block.cells}
        self._cells = now
        if before.keys() != now.keys():
            yield LiveEvent("grid", self._campaign.grid()).encoded()
        elif before != now:
            yield LiveEvent("cells", self._campaign.cells(before, now)).encoded()
