"""What the code of the cases needs of the operator is what campaigns request."""

import pytest
from tests.rig.campaigns import written_cases

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.engine import Engine
from plugfest.lab.operator.capabilities import ACTIONS, PROVIDED, Capability
from plugfest.lab.operator.needed_capabilities import needed_capabilities
from plugfest.lab.ports import OperatorDriver
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab

REVERSED = {Capability.PLUG_IN: Capability.UNPLUG}
"""What the restoring may request because a case has requested something else."""


class RecordingDriver:
    """Passes every action on, and records the capabilities that are requested."""

    def __init__(self, driver: OperatorDriver) -> None:
        self._driver = driver
        self.requested: set[Capability] = set()

    def __getattr__(self, name: str) -> object:
        if name in ACTIONS:
            self.requested.add(ACTIONS[name])
        return getattr(self._driver, name)


async def requested_by_case(slug: str) -> dict[str, set[Capability]]:
    """What each case of a campaign that passed has requested; the restoring after it is included."""
    product = load_product(slug)
    found: dict[str, set[Capability]] = {}
    drivers: list[RecordingDriver] = []

    def listen(event: events.Event) -> None:
        if isinstance(event, events.CaseStarted):
            drivers[0].requested = set()
        if isinstance(event, events.CaseFinished) and event.result.verdict is Verdict.PASS:
            found[event.result.id] = drivers[0].requested

    lab = virtual_lab(product, LabSettings(), [listen])
    async with virtual_bench(lab, product) as operator:
        drivers.append(RecordingDriver(operator))
        await Engine(lab).run(written_cases(slug), drivers[0])  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("slug", ["reference-ac", "reference-16-ac"])
def test_a_campaign_requests_what_is_always_needed_and_nothing_but_what_is_possible(slug: str) -> None:
    requested = clock.run_simulated(requested_by_case(slug))
    chosen = {one.id: one.case for one in written_cases(slug)}
    assert len(requested) == len(chosen)
    for id, actions in requested.items():
        code = chosen[id]
        assert code is not None
        needed = needed_capabilities(code)
        always = needed.always - {Capability.UNPLUG_ONE_END, Capability.COMMISSION} - PROVIDED  # no methods of a driver
        assert always <= actions, f"{id} is said to need {set(always - actions)} and does not request it"
        reversing = {REVERSED[one] for one in needed.possible & REVERSED.keys()}
        unknown = actions - needed.possible - reversing - {Capability.COMMISSION}
        assert not unknown, f"{id} requests {unknown}, which its code is said not to need"
