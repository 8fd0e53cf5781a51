"""Make the README's picture and status table anew from real runs: `python -m tools.readme`."""

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from rich.console import Console

from plugfest.cli.campaign import CampaignRequest, certify
from plugfest.cli.values.outputs import Outputs
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError, Verdict
from plugfest.products import load_product, product_names
from plugfest.products.plan.requested import RequestedCases
from plugfest.reports.model.report import Report
from plugfest.rig.virtual import run_campaign

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
PICTURE: Final = ROOT / "docs" / "certify.svg"

PICTURED: Final = "alpitronic-hyc-200-eu"
PICTURED_CASES: Final = ("TC_B_06", "TC_B_09", "TC_E_09", "TC_E_10", "TC_G_03")

HEAD: Final = ("Product", "OCPP", "Cases that apply", "PASS", "FAIL", "INCONCLUSIVE", "NOT IMPLEMENTED", "ERROR")
TABLE: Final = re.compile(r"(?<=<!-- status -->\n).*?(?=<!-- /status -->)", re.DOTALL)
FONTS_FROM_ELSEWHERE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def picture() -> str:
    """What the terminal shows of a small campaign, as an SVG that needs nothing from elsewhere."""
    console = Console(record=True, width=110, file=io.StringIO(), highlight=False)
    certify(
        CampaignRequest(PICTURED, RequestedCases(ids=PICTURED_CASES), "simulated", Outputs(), LabSettings()),
        run_campaign,
        console,
    )
    svg = console.export_svg(title=f"plugfest certify {PICTURED} --case ...", unique_id="plugfest")
    return FONTS_FROM_ELSEWHERE.sub("", svg)


def table() -> str:
    """A row a product of the catalog, as Markdown."""
    rows = [HEAD, tuple("---" for _ in HEAD), *(row(name) for name in product_names())]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def row(name: str) -> tuple[str, ...]:
    """The outcome of a product's whole campaign."""
    product = load_product(name)
    label = f"{product.vendor} {product.model} (`{name}`)"
    with TemporaryDirectory() as folder:
        results = Path(folder) / "results.json"
        try:
            request = CampaignRequest(
                name, RequestedCases(), "simulated", Outputs(json_file=str(results)), LabSettings()
            )
            certify(request, run_campaign, Console(file=io.StringIO()))
        except LabError:
            return (label, product.ocpp_version, "cannot be tested yet", *("" for _ in HEAD[3:]))
        report = msgspec.json.decode(results.read_bytes(), type=Report)
    counts = (str(report.summary.get(Verdict(verdict), 0)) for verdict in HEAD[3:])
    return (label, product.ocpp_version, str(len(report.cases)), *counts)


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    README.write_text(TABLE.sub(lambda _: table(), README.read_text(encoding="utf-8")), encoding="utf-8")
