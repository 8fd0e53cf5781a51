"""Tests the conforming stations with the cases in many orders. Every finding is a bug of the lab or of the station.

    python -m tools.shuffles                                       20 orders for each certified product
    python -m tools.shuffles --campaigns 5 --security-profile 1 reference-ac

Products that do not claim the security profile are skipped. Each finding is printed with the seed that reproduces it:
`plugfest certify PRODUCT --shuffle SEED`. Exit code 1 if there is a finding or a verdict other than PASS.
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import NamedTuple

from plugfest import clock
from plugfest.campaigns.toml_files import load_settings, vendor_timeouts
from plugfest.lab.selection import choose
from plugfest.lab.verdict import CaseResult, Verdict
from plugfest.products import load_product, product_names
from plugfest.rig.virtual import run_campaign
from plugfest.station.connection.network_profiles import supported_profiles

CERTIFIED_PRODUCTS = tuple(name for name in product_names() if not name.startswith(("reference-", "botari-")))
"""The products of the published certificates for OCPP 2.0.1."""


class Campaign(NamedTuple):
    """All cases of a product in the order of a seed."""

    product: str
    seed: int
    security_profile: int


class Outcome(NamedTuple):
    """The number of cases of a campaign, and its findings, one line each."""

    cases: int
    findings: list[str]


def run(campaign: Campaign) -> Outcome:
    """The campaign as `plugfest certify` runs it."""
    logging.disable(logging.CRITICAL)
    product = load_product(campaign.product)
    given = {"security_profile": campaign.security_profile}
    settings = load_settings(None, product, defaults=vendor_timeouts(product), given=given)
    chosen = choose(product, shuffle=campaign.seed).chosen
    ended = clock.run(run_campaign(product, chosen, settings=settings), simulated=True)
    return Outcome(len(ended.results), [line for result in ended.results for line in finding_lines(result)])


def finding_lines(result: CaseResult) -> Iterator[str]:
    """The verdict and findings of a case; none if it passed. Findings on recommendations (SHOULD) count too."""
    if result.verdict is not Verdict.PASS or result.findings:
        yield f"{result.id} {result.verdict}"
    for one in result.findings:
        yield f"  {one.level} {one.requirement} {one.step}: expected {one.expected}, got {one.actual}"


def main() -> int:
    """Run every campaign and print the findings."""
    parser = argparse.ArgumentParser(prog="python -m tools.shuffles", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("products", nargs="*", default=CERTIFIED_PRODUCTS, help="names of the catalog or PICS files")
    parser.add_argument("--campaigns", type=int, default=20, help="orders of each product (default: 20)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--security-profile", type=int, choices=(1, 2), default=2)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    request = parser.parse_args()
    seeds = range(request.first, request.first + request.campaigns)
    supporting = [
        name for name in request.products if request.security_profile in supported_profiles(load_product(name))
    ]
    campaigns = [Campaign(product, seed, request.security_profile) for seed in seeds for product in supporting]
    with ProcessPoolExecutor(max_workers=request.jobs, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(run, one): one for one in campaigns}
        outcomes = [print_outcome(running[done], done.result()) for done in as_completed(running)]
    found = sum(bool(one.findings) for one in outcomes)
    print(f"{len(outcomes)} campaigns, {sum(one.cases for one in outcomes)} cases, {found} campaigns with findings")
    return 1 if found else 0


def print_outcome(campaign: Campaign, outcome: Outcome) -> Outcome:
    """Print a line for a campaign and its findings."""
    print(
        f"{campaign.product} --shuffle {campaign.seed} --security-profile {campaign.security_profile}:"
        f" {outcome.cases} cases, {'findings' if outcome.findings else 'no findings'}",
        flush=True,
    )
    for line in outcome.findings:
        print(f"    {line}", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
