"""Products that do not exist: the reference products with other answers, drawn from a seed."""

import re
from pathlib import Path
from random import Random

from tests.products.pics_files import catalog_text

from plugfest.products import ProductError, load_product

BASES = ("reference-ac", "reference-dc", "reference-ac-fixed")

ANSWER = re.compile(r'^"(C-[0-9.]+|AS-[0-9]+|AQ-[12379])" = (true|false)', re.MULTILINE)

HARDWARE = {"C-07", "C-08", "C-09.3", "C-42"}
"""Claims that need a display or a signing meter: they do not change."""

SHARE = 0.25
"""The share of the answers that are inverted."""


def variation(folder: Path, seed: int) -> str:
    """The file of a product without contradictions. The same seed gives the same product."""
    random = Random(seed)
    base = catalog_text(random.choice(BASES))
    while True:
        path = folder / f"variation-{seed}.toml"
        path.write_text(ANSWER.sub(lambda answer: _inverted(answer, random), base), encoding="utf-8")
        try:
            load_product(str(path))
        except ProductError:
            continue  # a contradiction: draw again
        return str(path)


def _inverted(answer: re.Match[str], random: Random) -> str:
    id, value = answer.groups()
    if id in HARDWARE or random.random() > SHARE:
        return answer.group()
    return f'"{id}" = {"false" if value == "true" else "true"}'
