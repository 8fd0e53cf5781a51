"""Products that nobody sells: the reference products with other answers, drawn from a seed."""

import re
from pathlib import Path
from random import Random

from tests.products.pics_files import catalog_text

from plugfest.products import ProductError, load_product

BASES = ("reference-ac", "reference-dc", "reference-ac-fixed")

ANSWER = re.compile(r'^"(C-[0-9.]+|AS-[0-9]+|AQ-[12379])" = (true|false)', re.MULTILINE)

HARDWARE = {"C-07", "C-08", "C-09.3", "C-42"}
"""Claims that go with a display or a signing meter: they stay as they are."""

SHARE = 0.25
"""Of the answers that are turned round."""


def variation(folder: Path, seed: int) -> str:
    """The file of a product that contradicts itself nowhere. The same seed is always the same product."""
    random = Random(seed)
    base = catalog_text(random.choice(BASES))
    while True:
        path = folder / f"variation-{seed}.toml"
        path.write_text(ANSWER.sub(lambda answer: _turned(answer, random), base), encoding="utf-8")
        try:
            load_product(str(path))
        except ProductError:
            continue  # drawn again
        return str(path)


def _turned(answer: re.Match[str], random: Random) -> str:
    id, said = answer.groups()
    if id in HARDWARE or random.random() > SHARE:
        return answer.group()
    return f'"{id}" = {"false" if said == "true" else "true"}'
