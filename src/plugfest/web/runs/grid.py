"""The cases of a run in blocks, as cells of a grid."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from plugfest.reports.formats.as_html import MARKS, css_name
from plugfest.runs.progress import CaseProgress

BLOCKS: Final = {
    "A": "Security",
    "B": "Provisioning",
    "C": "Authorization",
    "D": "Local authorization list",
    "E": "Transactions",
    "F": "Remote control",
    "G": "Availability",
    "H": "Reservation",
    "I": "Tariff and cost",
    "J": "Meter values",
    "K": "Smart charging",
    "L": "Firmware management",
    "M": "Certificate management",
    "N": "Diagnostics",
    "O": "Display messages",
    "P": "Data transfer",
}
"""The functional blocks of OCPP 2.0.1. The cases of OCPP 1.6 have none: they are grouped by profile."""

_CASE_ID: Final = re.compile(r"TC_(?:([A-P])_)?(.+?)(?:_CS)?")


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A case. `state`: its verdict, `running` or `waiting`; `label`: its id without what is equal in all."""

    id: str
    label: str
    name: str
    state: str
    style: str
    mark: str


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A block with its cases. `done`: those with a result."""

    title: str
    cells: tuple[Cell, ...]
    done: int


def blocks(cases: Iterable[CaseProgress], *, is_running: bool) -> list[Block]:
    """The blocks in their order; those without a letter behind, in the order of their cases.

    `is_running`: whether the run is; otherwise the case that it was running when it was ended waits.
    """
    found: dict[str, list[CaseProgress]] = {}
    for case in cases:
        now = case if is_running else msgspec.structs.replace(case, is_running=False)
        found.setdefault(_title(case), []).append(now)
    titles = sorted(found, key=lambda title: title.partition(" ")[0] if title[1:2] == " " else "~")
    return [_block(title, found[title]) for title in titles]


def cell(case: CaseProgress) -> Cell:
    """The cell of a case."""
    match = _CASE_ID.fullmatch(case.id)
    state = "running" if case.is_running else "waiting" if case.verdict is None else str(case.verdict)
    mark = "▸" if case.is_running else "" if case.verdict is None else MARKS[case.verdict]
    return Cell(
        id=case.id,
        label=case.id if match is None else match[2],
        name=case.name,
        state=state,
        style=css_name(state),
        mark=mark,
    )


def _block(title: str, cases: Iterable[CaseProgress]) -> Block:
    all_cases = sorted(cases, key=lambda case: case.id)
    return Block(
        title=title,
        cells=tuple(map(cell, all_cases)),
        done=sum(case.verdict is not None for case in all_cases),
    )


def block_of(id: str) -> str | None:
    """The letter of the block in the id of a case; None if it has none."""
    match = _CASE_ID.fullmatch(id)
    return None if match is None else match[1]


def _title(case: CaseProgress) -> str:
    letter = block_of(case.id)
    return case.profile if letter is None else f"{letter} {BLOCKS[letter]}"
