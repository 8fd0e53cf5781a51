"""Complete campaigns for tests: the implemented cases of a product, in simulated time."""

import re
from collections.abc import Iterator

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignOutcome
from plugfest.lab.recording.record import Frame
from plugfest.lab.selection import choose
from plugfest.lab.settings import LabSettings
from plugfest.products import load_product
from plugfest.rig.virtual import run_campaign

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = re.compile(r"\b[0-9a-f]{32,}\b")
PORT = re.compile(r"127\.0\.0\.1:\d+")
SIGNATURE = re.compile(r'(?<="signature":")[^"]+')
PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)


def written_cases(product_name: str, *, shuffle: int | None = None) -> list[CampaignCase]:
    """The cases that apply to the product and are implemented, in the order of the plan or shuffled."""
    choice = choose(load_product(product_name), shuffle=shuffle)
    return [one for one in choice.chosen if one.case is not None]


def campaign(product_name: str, chosen: list[CampaignCase], settings: LabSettings | None = None) -> CampaignOutcome:
    """Run the cases on one station in one run."""
    return clock.run_simulated(
        run_campaign(load_product(product_name), chosen, settings=settings or LabSettings(), listeners=[])
    )


def trace(frames: list[Frame]) -> Iterator[str]:
    """The frames without random values: ids are numbered in order of appearance, keys and certificates removed."""
    numbers: dict[str, str] = {}
    for frame in frames:
        text = UUID.sub(lambda found: numbers.setdefault(found.group(), f"id-{len(numbers)}"), frame.text)
        text = HASH.sub("hash", text)
        text = SIGNATURE.sub("SIGNATURE", text)
        text = PORT.sub("127.0.0.1:PORT", PEM.sub("PEM", text.replace("\\n", "\n")))
        yield f"{frame.at:.3f} {frame.direction} {text}"
