"""The real time and memory of whole campaigns, each in its own process."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec

from plugfest.lab.verdict import Verdict
from plugfest.products import product_names
from plugfest.reports.folder import JSON_FILE
from plugfest.reports.model.report import Report

PRODUCT = "alpitronic-hyc-200-eu"
CASES = 179

CERTIFIED_PRODUCTS = tuple(name for name in product_names() if not name.startswith(("reference-", "botari-")))
"""The products of the published certificates for OCPP 2.0.1."""

CORES = 2

Figures = Callable[[str, float, float, str], None]


class Cost(NamedTuple):
    """The cost of one campaign, including the start of the interpreter."""

    seconds: float
    peak_mb: float
    report: Report


def cost_of(product: str, folder: Path) -> Cost:
    """Run the campaign through the command line."""
    report = folder / product
    command = [sys.executable, str(Path(__file__).with_name("campaign.py")), product, str(report)]
    started = time.perf_counter()
    peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds = time.perf_counter() - started
    return Cost(seconds, float(peak), msgspec.json.decode((report / JSON_FILE).read_bytes(), type=Report))


def test_one_campaign(tmp_path: Path, figure: Figures) -> None:
    cost = cost_of(PRODUCT, tmp_path)
    assert len(cost.report.cases) == CASES
    assert Verdict.ERROR not in cost.report.summary
    figure(f"a campaign of {CASES} cases", cost.seconds, 12, "s")
    figure(f"a campaign of {CASES} cases, memory", cost.peak_mb, 190, "MB")


def test_the_campaigns_of_all_certified_products(tmp_path: Path, figure: Figures) -> None:
    assert len(CERTIFIED_PRODUCTS) == 7
    started = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        costs = list(pool.map(lambda name: cost_of(name, tmp_path), CERTIFIED_PRODUCTS))
    figure(
        f"the campaigns of {len(CERTIFIED_PRODUCTS)} products, {CORES} at once", time.perf_counter() - started, 120, "s"
    )
    figure("the largest of them, memory", max(cost.peak_mb for cost in costs), 190, "MB")
    assert all(Verdict.ERROR not in cost.report.summary for cost in costs)
