"""Our virtual station with a wire that changes its frames about one action."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.recording.record import Direction, Record
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.ocpp.frames import CALL
from plugfest.products import load_product
from plugfest.products.plan.requested import RequestedCases
from plugfest.rig.virtual import virtual_bench, virtual_lab

Message = list[Any]
Change = Callable[[Message], Iterable[Message]]
"""From a frame of the station, CALL or answer, to those that the lab receives instead."""


class ChangedFrames:
    """Changes the CALLs and the answers of the station that belong to some actions, by default until the first case."""

    def __init__(self, record: Record, changes: dict[str, Change], *, always: bool = False) -> None:
        self._record = record
        self._changes = changes
        self._always = always
        self._preparing = True

    def on_event(self, event: events.Event) -> None:
        """The first case ends the preparation."""
        if isinstance(event, events.CaseStarted) and not self._always:
            self._preparing = False

    def incoming(self, text: str | bytes) -> Iterable[str | bytes]:
        """The frames that the lab receives."""
        message = json.loads(text)
        change = self._changes.get(self._action(message))
        if change is None or not self._preparing:
            return (text,)
        return tuple(json.dumps(one) for one in change(message))

    def _action(self, message: Message) -> str:
        if message[0] == CALL:
            return str(message[2])
        sent = (json.loads(frame.text) for frame in self._record.frames if frame.direction is Direction.FROM_LAB)
        return next((str(one[2]) for one in sent if one[0] == CALL and one[1] == message[1]), "")


def campaign(
    product_name: str, cases: Sequence[str], changes: dict[str, Change], *, always: bool = False
) -> CampaignOutcome:
    """A campaign in which the lab receives the changed frames."""

    async def run() -> CampaignOutcome:
        product = load_product(product_name)
        lab = virtual_lab(product, LabSettings(), [lambda event: wire.on_event(event)])
        wire = ChangedFrames(lab.record, changes, always=always)
        lab.csms.incoming = wire.incoming
        async with virtual_bench(lab, product) as operator:
            return await Engine(lab).run(choose(product, RequestedCases(ids=tuple(cases))).chosen, operator)

    return clock.run_simulated(run())
