"""The coverage page of the documentation: where each requirement is obeyed, judged and tested, what each case detects.

`make docs` builds it into the site; `python -m tools.coverage` prints it. How many wrong stations each case detects
comes from docs/selftest.csv. Where build/selftest.json exists, which `make selftest` writes, the page names them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from plugfest.lab.selection import cases
from plugfest.lab.v201.rules.every_case import rules
from plugfest.products.plan import plan
from plugfest.rig.selftest.summary import CaseSummary, read
from tools import selftest_results, specification_changes

ROOT = Path(__file__).resolve().parent.parent
SELFTEST = ROOT / "build" / "selftest.json"
IDS = Path(__file__).with_name("data") / "requirements_v201.txt"
REQUIREMENT = re.compile(r"\b[A-P]\d\d\.FR\.\d{2,3}\b")
FURTHER = re.compile(r"(?:,| and| to) (FR\.\d{2,3})\b")

STATION = ("station", "ocpp", "link", "security", "transfer", "hardware")
"""What a station is made of."""

BLOCKS = {
    "A": "Security",
    "B": "Provisioning",
    "C": "Authorization",
    "D": "Local authorization list management",
    "E": "Transactions",
    "F": "Remote control",
    "G": "Availability",
    "H": "Reservation",
    "I": "Tariff and cost",
    "J": "Meter values",
    "K": "Smart charging",
    "L": "Firmware management",
    "M": "ISO 15118 certificate management",
    "N": "Diagnostics",
    "O": "Display message",
    "P": "Data transfer",
}


def requirements() -> list[str]:
    """Every requirement id of Part 2, in its order."""
    lines = [line for line in IDS.read_text().splitlines() if line and not line.startswith("#")]
    return [f"{use_case}.FR.{number}" for use_case, numbers in map(_split, lines) for number in numbers]


def _split(line: str) -> tuple[str, list[str]]:
    use_case, _, numbers = line.partition(":")
    return use_case, numbers.split()


def named_in(*folders: Path) -> dict[str, list[str]]:
    """Requirement id to the places below these folders that name it, as `path:line`."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for requirement in _ids(line):
                places[requirement].append(f"{path.relative_to(ROOT)}:{number}")
    return places


def _ids(line: str) -> Iterator[str]:
    """The ids in a line; `E01.FR.02, FR.03` names two."""
    for found in REQUIREMENT.finditer(line):
        yield found.group()
        end = found.end()
        while further := FURTHER.match(line, end):
            yield f"{found.group()[:3]}.{further.group(1)}"
            end = further.end()


def page() -> str:
    """The whole page."""
    station = named_in(*(ROOT / "src/plugfest" / part for part in STATION))
    tests = named_in(ROOT / "tests")
    judged: dict[str, list[str]] = defaultdict(list)
    for case in cases("2.0.1").values():
        for requirement in case.requirements:
            judged[requirement].append(case.id.removesuffix("_CS"))
    for rule in rules():
        for requirement in _ids(rule.requirement):
            judged[requirement].append("every case")
    every = requirements()
    unnamed = [one for one in every if not (station.get(one) or judged.get(one) or tests.get(one))]
    return "\n".join(
        [
            "# Coverage",
            "",
            "A requirement id in the column *Station* is named in a comment beside the code that obeys it. *Cases* are",
            "those that judge it, *Tests* the tests of Plugfest that name it.",
            "",
            f"{len(every)} requirements of OCPP 2.0.1 Edition 3 Part 2 with errata 2025-09:"
            f" {sum(one in station for one in every)} named in the station,"
            f" {sum(one in judged for one in every)} by a case, {sum(one in tests for one in every)} by a test,"
            f" {len(unnamed)} nowhere.",
            "",
            *_requirement_tables(every, station, judged, tests),
            "## Named nowhere",
            "",
            *_unnamed(unnamed),
            *specification_changes.sections(),
            *_cases("2.0.1"),
            *_cases("1.6"),
        ]
    )


def _requirement_tables(
    every: Iterable[str], station: dict[str, list[str]], judged: dict[str, list[str]], tests: dict[str, list[str]]
) -> Iterator[str]:
    block = ""
    for one in every:
        if not (station.get(one) or judged.get(one) or tests.get(one)):
            continue
        if one[0] != block:
            if block:
                yield ""
            block = one[0]
            yield from (
                f"## {block} {BLOCKS[block]}",
                "",
                "| Requirement | Station | Cases | Tests |",
                "|---|---|---|---|",
            )
        where = " ".join(_short(place, "src/plugfest/") for place in station.get(one, []))
        who = " ".join(sorted(set(judged.get(one, []))))
        how = " ".join(sorted({_short(place, "tests/").split(":")[0] for place in tests.get(one, [])}))
        yield f"| {one} | {where} | {who} | {how} |"
    yield ""


def _short(place: str, prefix: str) -> str:
    return place.removeprefix(prefix)


def _unnamed(unnamed: Iterable[str]) -> Iterator[str]:
    by_use_case: dict[str, list[str]] = defaultdict(list)
    for one in unnamed:
        by_use_case[one[:3]].append(one[4:])
    for use_case, numbers in by_use_case.items():
        yield f"- {use_case}: {', '.join(numbers)}"
    yield ""


def _cases(version: Literal["1.6", "2.0.1"]) -> Iterator[str]:
    yield from (
        f"## Cases of OCPP {version}",
        "",
        "Wrong stations that each case detected in the last self-test: mutants generated from its checks, changes from"
        " the specification, and behaviours written by hand. *Detected by* lists the fields of messages that were"
        " wrong, and messages that were omitted or sent again; it is empty where this page was built without the full"
        " results (`make selftest`).",
        "",
        "| Case | Requirements | Mutants detected | Changes noticed or permitted | Behaviours detected | Detected by |",
        "|---|---|---|---|---|---|",
    )
    counts = {one.id: one for one in selftest_results.read(selftest_results.FILE.read_text(encoding="utf-8"))}
    details = {one.id: one for one in read(SELFTEST.read_bytes())} if SELFTEST.exists() else {}
    names = {one.id: one.name for one in plan(version)}
    for case in sorted(cases(version).values(), key=lambda one: one.id):
        row = (
            f"{case.id} {names.get(case.id, '')}",
            ", ".join(case.requirements),
            *_counts(counts.get(case.id), "not tried yet"),
            _details(details.get(case.id)),
        )
        yield f"| {' | '.join(row)} |"
    yield ""


def _counts(case: selftest_results.Result | None, otherwise: str) -> tuple[str, str, str]:
    """How many wrong stations a case detected."""
    if case is None:
        return otherwise, "", ""
    changes = f"{case.noticed + case.permitted} of {case.changes}"
    return f"{case.detected} of {case.mutants}", changes, f"{case.behaviours}"


def _details(case: CaseSummary | None) -> str:
    """Which checks of a case detected a mutant, and which behaviours it detected."""
    if case is None:
        return ""
    checks = [f"{message}: {', '.join(fields)}" for message, fields in case.proven_checks.items()]
    return "; ".join([*checks, *case.behaviours])


if __name__ == "__main__":
    print(page())
