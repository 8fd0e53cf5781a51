"""The verdicts on a station that is not ours, each judged by hand: docs/foreign_station.csv."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).resolve().parents[1]
FILE: Final = ROOT / "docs" / "foreign_station.csv"

MODELS: Final = {
    "authorized": "Authorized",
    "power-path": "PowerPathClosed",
    "ev-connected": "EVConnected",
}
"""Where the transactions of each model start and stop."""


class Judgement(msgspec.Struct, frozen=True):
    """A verdict of the lab, and whether the text of the case and the frames of the run bear it out.

    `judged`: "right" or "wrong". `why` says what the station did.
    """

    model: str
    case: str
    verdict: str
    judged: str
    why: str


def judgements() -> list[Judgement]:
    """The table. Raises msgspec.ValidationError if a line is not valid."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return [msgspec.convert(row, Judgement) for row in csv.DictReader(file)]


def page() -> str:
    """The page of the documentation."""
    rows = judgements()
    lines = [
        "# A station that is not ours",
        "",
        "The station of `tests/rig/external/wallbox/` was written from the specification alone, without knowledge of",
        "our station or of the cases. It is a small AC charger on the PyPI packages `ocpp` and `websockets`. Its",
        "device model lacks TxStartPoint and TxStopPoint, its answers take 1 to 2.5 s, and its reports have five",
        "entries in each message. Three models start and stop transactions at different points. Each verdict was",
        "compared by hand with the text of the case and the frames of the run.",
        "",
        "| Model | Start and stop | Cases | " + " | ".join(_VERDICTS) + " | Judged right |",
        "|---" * (4 + len(_VERDICTS)) + "|",
        *(_total(model, [row for row in rows if row.model == model]) for model in MODELS),
        "",
        "A test runs a sample of the cases, and `python -m tests.rig.external.campaign` runs all of them.",
        "",
    ]
    for model, point in MODELS.items():
        lines += [f"## {point}", "", "| Case | Verdict | Judged | What the station did |", "|---|---|---|---|"]
        lines += [f"| {row.case} | {row.verdict} | {row.judged} | {row.why} |" for row in rows if row.model == model]
        lines += [""]
    return "\n".join(lines)


_VERDICTS: Final = ("PASS", "FAIL", "INCONCLUSIVE")


def _total(model: str, rows: list[Judgement]) -> str:
    counts = Counter(row.verdict for row in rows)
    right = sum(row.judged == "right" for row in rows)
    numbers = [len(rows), *(counts[verdict] for verdict in _VERDICTS), right]
    return f"| {model} | {MODELS[model]} | " + " | ".join(map(str, numbers)) + " |"


def differences(model: str, verdicts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A line for each verdict (case, verdict) that is not that of the table, and for each case that is not in it."""
    table = {row.case: row.verdict for row in judgements() if row.model == model}
    for case, verdict in verdicts:
        if table.get(case) != verdict:
            yield f"{model} {case}: {verdict}, the table has {table.get(case, 'no such case')}"
