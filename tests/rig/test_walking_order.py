"""Campaigns in walking order: every case passes, and the station is commissioned less often."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.operator.walking_order import walking_order
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Verdict
from plugfest.products import load_product
from plugfest.rig.operators.virtual import VirtualOperator
from plugfest.rig.virtual import virtual_bench, virtual_lab

PRODUCT = load_product("alpitronic-hyc-200-eu")
SETTINGS = LabSettings()


class CountingOperator:
    """Counts the actions of an operator by name."""

    def __init__(self, operator: VirtualOperator) -> None:
        self._operator = operator
        self.actions: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._operator, name)
        return self._counted(name, value) if callable(value) and name != "missing" else value

    def _counted(self, name: str, action: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def act(*args: Any, **named: Any) -> object:
            self.actions[name] += 1
            return await action(*args, **named)

        return act


def campaign(chosen: Sequence[CampaignCase]) -> tuple[CampaignOutcome, Counter[str]]:
    async def run() -> tuple[CampaignOutcome, Counter[str]]:
        lab = virtual_lab(PRODUCT, SETTINGS)
        async with virtual_bench(lab, PRODUCT) as operator:
            counting = CountingOperator(operator)
            return await Engine(lab).run(chosen, counting), counting.actions

    return clock.run_simulated(run())


def test_every_case_passes_in_walking_order_with_at_most_as_many_actions() -> None:
    chosen = choose(PRODUCT).chosen
    outcome, actions = campaign(walking_order(chosen, SETTINGS))
    assert {one.id: one.findings for one in outcome.results if one.verdict is not Verdict.PASS} == {}
    assert len(outcome.results) == len(chosen)
    assert actions["commission"] <= 5
    assert actions.total() <= 358


def test_between_two_cases_with_the_same_connection_the_station_is_not_commissioned() -> None:
    ids = ("TC_A_14_CS", "TC_A_15_CS")
    chosen = [one for one in choose(PRODUCT).chosen if one.id in ids]
    outcome, actions = campaign(chosen)
    assert [one.verdict for one in outcome.results] == [Verdict.PASS] * 2
    assert actions["commission"] == 2  # for the first of them, and after the last one
