"""Runs a variant with the cases of a product: does the lab accuse it?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible
from plugfest.lab.selection import written_cases
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Finding, Level, Verdict
from plugfest.ocpp.versions import by_name
from plugfest.products import Product
from plugfest.rig.selftest.behaviours.behaviour import patched
from plugfest.rig.selftest.bench import shared_pki
from plugfest.rig.selftest.variants.message_filter import FilterRun, filtered
from plugfest.rig.selftest.variants.variant import Variant
from plugfest.rig.virtual import run_campaign

BEFORE_CASES = "before the first case"
"""The case_id of what the lab has found before the first case."""


class VariantRun(msgspec.Struct, frozen=True):
    """The result of a case with a variant. `touched`: whether the variant had an effect in the case."""

    case_id: str
    verdict: Verdict
    accusations: tuple[Finding, ...] = ()
    touched: bool = True
    problem: str | None = None

    @property
    def accused(self) -> bool:
        return self.verdict is not Verdict.PASS or bool(self.accusations)


def cases_of(variant: Variant, product: Product, applicable: Sequence[CampaignCase] | None = None) -> list[str]:
    """The ids of the cases that a variant of this product can be run with.

    `applicable`: the cases of the product itself, if they are known.
    """
    changed = variant.product(product) if product.ocpp_version == variant.ocpp_version else None
    found = [] if changed is None else written_cases(changed) if applicable is None else applicable
    return [one.id for one in found if one.id not in variant.not_run]


def variant_runs(variant: Variant, product: Product, case_ids: Sequence[str]) -> Iterator[VariantRun]:
    """Run a variant of this product with these cases, in one campaign.

    Findings before the first case are a further run.
    """
    changed = variant.product(product)
    assert changed is not None, f"{variant.name} is not possible for {product.slug}"
    chosen = [one for one in written_cases(changed) if one.id in case_ids]
    with _built(variant) as effect:
        listener = _EffectListener(effect)
        try:
            outcome = clock.run(
                run_campaign(changed, chosen, settings=LabSettings(), listeners=[listener], pki=shared_pki()),
                simulated=True,
            )
        except CampaignImpossible as error:
            yield from (VariantRun(one.id, Verdict.INCONCLUSIVE, problem=str(error)) for one in chosen)
            return
    before = tuple(_accusations(variant, outcome.findings))
    if before:
        yield VariantRun(BEFORE_CASES, Verdict.PASS, before)
    for result, touched in zip(outcome.results, listener.touched, strict=True):
        yield VariantRun(result.id, result.verdict, tuple(_accusations(variant, result.findings)), touched)


def _accusations(variant: Variant, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, without those about recommendations that the variant does not follow."""
    for finding in findings:
        expected = finding.level is Level.SHOULD and any(one in finding.requirement for one in variant.recommendation)
        if not expected:
            yield finding


Effect = Callable[[], bool]
"""Whether the variant has had an effect since the last call."""


@contextmanager
def _built(variant: Variant) -> Iterator[Effect]:
    """The station is the variant within the block."""
    with ExitStack() as stack:
        called = stack.enter_context(patched(variant.patches))
        filter_run = None
        if variant.filter is not None:
            filter_run = FilterRun(variant.filter, by_name(variant.ocpp_version))
            stack.enter_context(filtered(filter_run))

        def effect() -> bool:
            had = bool(called) or (filter_run is not None and filter_run.applied)
            called.clear()
            if filter_run is not None:
                filter_run.applied = False
            return had or (not variant.patches and filter_run is None)

        yield effect


class _EffectListener:
    """Notes for each case whether the variant had an effect in it."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self.touched: list[bool] = []

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.CaseFinished):
            self.touched.append(self._effect())
