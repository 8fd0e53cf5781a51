"""Runs a wrong station with the cases that have to detect it."""

from collections.abc import Iterator, Sequence

import msgspec

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible
from plugfest.lab.selection import cases
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Level, Verdict
from plugfest.products import Product, load_product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, patched
from plugfest.rig.selftest.bench import shared_pki, written_cases_of
from plugfest.rig.virtual import run_campaign

UNCLAIMED_CASES_PRODUCT = "reference-ac"
"""The product for cases that no product claims: our station of this product can run them nevertheless."""


class BehaviourRun(msgspec.Struct, frozen=True):
    """The result of a case with a wrong station. `problem`: why the case could not be run."""

    case_id: str
    product: str
    verdict: Verdict | None = None
    detected: bool = False
    problem: str | None = None


def behaviour_runs(behaviour: Behaviour, products: Sequence[str]) -> Iterator[BehaviourRun]:
    """Run the wrong station with each of its cases, on the first product that the case applies to.

    Raises:
        FunctionNotFound: the station has no such function.
    """
    left = list(behaviour.cases)
    for name in products if behaviour.product is None else [behaviour.product]:
        product = load_product(name)
        chosen = [one for one in written_cases_of(name) if one.id in left]
        left = [case_id for case_id in left if case_id not in {one.id for one in chosen}]
        if chosen:
            yield from _run_cases(behaviour, product, chosen)
    if left:
        yield from _run_unclaimed(behaviour, left)


def _run_unclaimed(behaviour: Behaviour, case_ids: Sequence[str]) -> Iterator[BehaviourRun]:
    """Run cases that apply to none of the products."""
    product = load_product(UNCLAIMED_CASES_PRODUCT)
    written = cases(product.ocpp_version)
    chosen = [CampaignCase(case_id, "", "", written[case_id]) for case_id in case_ids if case_id in written]
    yield from _run_cases(behaviour, product, chosen)
    for case_id in case_ids:
        if case_id not in written:
            yield BehaviourRun(case_id, "", problem="there is no such case")


def _run_cases(behaviour: Behaviour, product: Product, chosen: Sequence[CampaignCase]) -> Iterator[BehaviourRun]:
    with patched(behaviour.patches) as called:
        try:
            outcome = clock.run(run_campaign(product, chosen, settings=LabSettings(), pki=shared_pki()), simulated=True)
        except CampaignImpossible as error:
            yield from (BehaviourRun(one.id, product.slug, problem=str(error)) for one in chosen)
            return
    uncalled = [str(patch) for patch in behaviour.patches if patch not in called]
    problem = f"the station never called {', '.join(uncalled)}" if uncalled else None
    for result in outcome.results:
        yield BehaviourRun(result.id, product.slug, result.verdict, _is_detected(behaviour, result), problem)


def _is_detected(behaviour: Behaviour, result: CaseResult) -> bool:
    if behaviour.level is Level.SHALL:
        return result.verdict is Verdict.FAIL
    return any(finding.level is behaviour.level for finding in result.findings)
