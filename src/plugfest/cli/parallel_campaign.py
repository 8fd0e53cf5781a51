"""A campaign in several processes: each has a lab and a virtual station of its own, and takes the next case when free.

Each process keeps its own sitting in the folder of the run, and sends to this one what is shown while it runs.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import msgspec

from plugfest import clock
from plugfest.cli.terminal.log import handled_log
from plugfest.cli.terminal.progress import View
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible, CampaignOutcome
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.link.errors import LinkError
from plugfest.products import Product
from plugfest.rig.processes import NumberQueue, Part, Send, forked
from plugfest.rig.virtual import run_campaign
from plugfest.runs.entries import CaseEnded, Entry, SittingEnded, entry_of
from plugfest.runs.sitting import SittingWriter


class LineLogged(msgspec.Struct, frozen=True, tag=True):
    """A line of the log of the campaign."""

    text: str


class ErrorLogged(msgspec.Struct, frozen=True, tag=True):
    """An error of the log, to be printed."""

    text: str


class PartFailed(msgspec.Struct, frozen=True, tag=True):
    """A process could not begin its campaign (`impossible`), or not go on with it."""

    reason: str
    impossible: bool


Message = Entry | LineLogged | ErrorLogged | PartFailed

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Message)

_NOT_SENT: Final = (events.CampaignStarted, events.FrameRecorded, events.LeftChanged)
"""What the parent knows, and what only the folder of the run needs."""

_OF_EVERY_PART: Final = (events.CapabilitiesMissing, events.ContradictionsFound)
"""Events that every process has alike: the first one sends them."""


class SharedCampaign(msgspec.Struct, frozen=True):
    """What the processes have in common."""

    product: Product
    chosen: Sequence[CampaignCase]
    settings: LabSettings
    simulated: bool
    with_steps: bool  # whether they send which step of a case runs


class ParallelCampaign:
    """Runs a campaign in as many processes as there are writers of sittings.

    `on_line` gets each line of the log, `on_error` each error in short.
    """

    def __init__(
        self,
        shared: SharedCampaign,
        writers: Sequence[SittingWriter],
        view: View,
        on_line: Callable[[str], None],
        on_error: Callable[[str], None],
    ) -> None:
        self._shared = shared
        self._writers = writers
        self._view = view
        self._on_line = on_line
        self._on_error = on_error
        self._running: dict[int, str] = {}  # the case of each process
        self._failures: dict[int, PartFailed] = {}

    def run(self) -> CampaignImpossible | None:
        """Run the cases. Returns why a process could not begin; it is recorded in its sitting.

        Raises LabError if a process could not go on; its sitting has the cases that it has finished.
        """
        total = len(self._shared.chosen)
        self._view.on_event(events.CampaignStarted(self._shared.product.slug, total))
        queue = NumberQueue(total, len(self._writers))
        work = partial(_run_part, self._shared, queue, self._writers)
        try:
            with forked(work, len(self._writers)) as parts:
                clock.run(self._follow(parts))
                for number, part in enumerate(parts):
                    self._check_end(number, part)
        finally:
            queue.close()
        for failure in self._failures.values():
            if not failure.impossible:
                raise LabError(failure.reason)
        reasons = [failure.reason for failure in self._failures.values()]
        return CampaignImpossible(reasons[0], CampaignOutcome((), ())) if reasons else None

    async def _follow(self, parts: Sequence[Part]) -> None:
        async with self._view.refreshing():
            await asyncio.gather(*(part.follow(partial(self._on_message, number)) for number, part in enumerate(parts)))

    def _on_message(self, number: int, message: bytes) -> None:
        match _DECODER.decode(message):
            case LineLogged(text):
                self._on_line(text)
            case ErrorLogged(text):
                self._on_error(text)
            case PartFailed() as failure:
                self._failures[number] = failure
            case CaseEnded(result):
                del self._running[number]
                self._view.on_event(events.CaseFinished(result))
            case SittingEnded():
                self._running.pop(number, None)
            case entry:
                self._note_case(number, entry)
                self._view.on_event(entry)

    def _note_case(self, number: int, entry: Entry) -> None:
        if isinstance(entry, events.CaseStarted):
            self._running[number] = entry.id

    def _check_end(self, number: int, part: Part) -> None:
        """A process that was ended from outside sent no reason."""
        code = part.exit_code or 0
        if code != 0:
            how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            case = self._running.get(number)
            where = f" while it ran {case}" if case else ""
            reason = f"process {number + 1} of {len(self._writers)} ended {how}{where}"
            self._failures.setdefault(number, PartFailed(reason, impossible=False))


def _run_part(
    shared: SharedCampaign, queue: NumberQueue, writers: Sequence[SittingWriter], number: int, send: Send
) -> None:
    """The work of one process."""
    writer = writers[number]

    def send_message(message: Message) -> None:
        send(_ENCODER.encode(message))

    not_sent = _NOT_SENT if shared.with_steps else (*_NOT_SENT, events.StepStarted)

    def forward(event: events.Event) -> None:
        if isinstance(event, not_sent) or (number != 0 and _is_of_every_part(event)):
            return
        entry = entry_of(event)
        if entry is not None:
            send_message(entry)

    with handled_log(lambda text: send_message(LineLogged(text)), lambda text: send_message(ErrorLogged(text))):
        try:
            campaign = _campaign(shared, queue.numbers(number), writer, forward)
            outcome, duration_s = clock.run(campaign, simulated=shared.simulated, watched=True)
        except CampaignImpossible as impossible:
            send_message(PartFailed(str(impossible), impossible=True))
            return
        except (LabError, LinkError) as error:
            send_message(PartFailed(str(error), impossible=False))
            return
        writer.end(duration_s, outcome.missing_capabilities)
        if writer.problem is not None:
            send_message(PartFailed(f"the run is not complete on the disk: {writer.problem}", impossible=False))


def _is_of_every_part(event: events.Event) -> bool:
    return isinstance(event, _OF_EVERY_PART) or (isinstance(event, events.FindingMade) and not event.case)


async def _campaign(
    shared: SharedCampaign, numbers: Iterator[int], writer: SittingWriter, forward: events.Listener
) -> tuple[CampaignOutcome, float]:
    """The outcome, and the duration in seconds of the campaign's clock."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    outcome = await run_campaign(
        shared.product,
        shared.chosen,
        settings=shared.settings,
        listeners=[writer.on_event, forward],  # a case that was printed is on the disk
        archive=writer.frames,
        numbers=numbers,
    )
    return outcome, loop.time() - start
