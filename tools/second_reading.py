"""The second reading: how exactly each case and state judges what Part 6 (2.0.1) or the test cases of 1.6 demand.

A file `reading.csv` beside the cases of a block, or beside the states, has a line for each preparation, step and
validation of the text. `python -m tools.second_reading` prints the page that `make docs` builds of them.
"""

import csv
import enum
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

LAB: Final = Path(__file__).resolve().parents[1] / "src" / "plugfest" / "lab"
FOLDERS: Final = {"2.0.1": LAB / "v201", "1.6": LAB / "v16"}


class Rating(enum.StrEnum):
    """How the code judges an item of the text."""

    FULL = "full"
    OTHER = "other"
    """Judged in another way, with the same force."""
    WEAKER = "weaker"
    """It accepts a station that the text does not accept."""
    STRICTER = "stricter"
    """It demands what the text does not demand."""
    MISSING = "missing"


class Reading(msgspec.Struct, frozen=True):
    """An item of the text and its rating.

    `subject` is a case id, or the name of a reusable or memory state. `item`: "preparation", "step 3", "step 3: evse",
    "post scenario". `reason` says why a rating is not full.
    """

    subject: str
    item: str
    rating: Rating
    reason: str = ""


def readings(version: str) -> dict[str, list[Reading]]:
    """The readings of an OCPP version by folder. Raises msgspec.ValidationError if a file is not valid."""
    root = FOLDERS[version]
    return {str(path.parent.relative_to(root)): list(_read(path)) for path in sorted(root.rglob("reading.csv"))}


def _read(path: Path) -> Iterator[Reading]:
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield msgspec.convert(row, Reading)


def page() -> str:
    """The page of the documentation."""
    lines = [
        "# Second reading",
        "",
        "Every case and state was read again, item by item, against the text that it implements. *Full*: judged as the",
        "text has it. *Other*: in another way with the same force. What is weaker, stricter or missing has a reason.",
        "",
    ]
    for version in FOLDERS:
        found = readings(version)
        lines += [f"## OCPP {version}", "", *_totals(found), ""]
        for folder, rows in found.items():
            lines += _exceptions(folder, rows)
    return "\n".join(lines)


def _totals(found: dict[str, list[Reading]]) -> Iterator[str]:
    yield "| Folder | Cases, states | Items | " + " | ".join(rating.capitalize() for rating in Rating) + " |"
    yield "|---" * (3 + len(Rating)) + "|"
    for folder, rows in found.items():
        counts = Counter(row.rating for row in rows)
        subjects = len({row.subject for row in rows})
        yield f"| {folder} | {subjects} | {len(rows)} | " + " | ".join(str(counts[rating]) for rating in Rating) + " |"


def _exceptions(folder: str, rows: Iterable[Reading]) -> Iterator[str]:
    exceptions = [row for row in rows if row.rating is not Rating.FULL]
    if not exceptions:
        return
    yield from (f"### {folder}", "", "| Case or state | Item | Rating | Reason |", "|---|---|---|---|")
    for row in exceptions:
        yield f"| {row.subject.removesuffix('_CS')} | {row.item} | {row.rating} | {_escaped(row.reason)} |"
    yield ""


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("_", "\\_")


if __name__ == "__main__":
    print(page())
