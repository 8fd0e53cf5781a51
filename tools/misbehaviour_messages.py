"""The messages in which each wrong station shows its defect: `python -m tools.misbehaviour_messages`.

Runs each wrong station that the file does not have with its cases, as the self-test does. Notes the messages that the
findings name; where they name none, those of which a conforming station has others in that case, or else the last
one in it. Removes wrong stations that do not exist any more. `--all` runs all (some minutes).
"""

import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

import plugfest
from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible, CampaignOutcome
from plugfest.lab.recording.record import Frame
from plugfest.lab.selection import cases
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import Finding
from plugfest.ocpp.frames import Call, CallResult, FrameError, parse
from plugfest.ocpp.versions import by_name
from plugfest.products import load_product
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, patched
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE
from plugfest.rig.selftest.behaviours.run import UNCLAIMED_CASES_PRODUCT
from plugfest.rig.selftest.bench import shared_pki, written_cases_of
from plugfest.rig.virtual import run_campaign

FILE: Final = Path(plugfest.__file__).parent / "rig" / "misbehaviour" / "messages.toml"

HEAD: Final = "# Written by `python -m tools.misbehaviour_messages`: where each wrong station shows its defect.\n\n"

PRODUCTS: Final = (
    "alpitronic-hyc-200-eu",
    "reference-ac",
    "reference-dc",
    "reference-ac-fixed",
    "btc-power-gen4-l3a",
    "reference-plug-and-charge",
)
"""Where the cases of a wrong station without a product are looked for, in this order."""

NAMED: Final = re.compile(r"\b([A-Z]\w+?)(?:Request|Response)\b")
CONNECTION: Final = ("A00.", "A05.", "B10.", "Part 4")
"""Requirements about the connection itself: the messages do not show the defect."""

MAX_BYTES: Final = 2**24


def messages_of(behaviour: Behaviour) -> list[str]:
    """The actions of the messages in which the lab finds the defect, in the order of the alphabet."""
    found: set[str] = set()
    left = set(behaviour.cases)
    for name in PRODUCTS if behaviour.product is None else [behaviour.product]:
        chosen = [one for one in written_cases_of(name) if one.id in left]
        left -= {one.id for one in chosen}
        found |= set(_found(behaviour, name, chosen))
    written = cases(behaviour.name.partition(":")[0])
    unclaimed = [CampaignCase(each, "", "", written[each]) for each in sorted(left)]
    return sorted(found | set(_found(behaviour, UNCLAIMED_CASES_PRODUCT, unclaimed)))


def _found(behaviour: Behaviour, product: str, chosen: Sequence[CampaignCase]) -> Iterator[str]:
    for one in chosen:
        with patched(behaviour.patches):
            wrong = Messages(_outcome(product, one), product)
        findings = [finding for result in wrong.outcome.results for finding in result.findings]
        yield from (action for finding in findings for action in wrong.of_finding(finding))
        if any(wrong.is_unnamed(finding) for finding in findings):
            conforming = Messages(_conforming(product, one), product)
            yield from wrong.differences(conforming) or wrong.last()


def _outcome(product: str, case: CampaignCase) -> CampaignOutcome:
    try:
        main = run_campaign(load_product(product), [case], settings=LabSettings(), pki=shared_pki())
        return clock.run(main, simulated=True)
    except CampaignImpossible as error:
        return error.outcome


def _conforming(product: str, case: CampaignCase) -> CampaignOutcome:
    if (product, case.id) not in _OUTCOMES:
        _OUTCOMES[product, case.id] = _outcome(product, case)
    return _OUTCOMES[product, case.id]


_OUTCOMES: Final[dict[tuple[str, str], CampaignOutcome]] = {}
"""With a conforming station, by product and case."""


class Messages:
    """The messages of a campaign with one case."""

    def __init__(self, outcome: CampaignOutcome, product: str) -> None:
        self.outcome = outcome
        self._known = frozenset(by_name(load_product(product).ocpp_version).requests)
        self._by_id: dict[str, str] = {}
        self._actions = [self._action(frame) for frame in outcome.frames]

    def of_finding(self, finding: Finding) -> set[str]:
        """The actions that a finding names, or else that of its frame."""
        named = {name for text in (finding.expected, finding.actual) for name in NAMED.findall(text)} & self._known
        if named or finding.frame is None:
            return named
        return {self._actions[finding.frame]} - {""}

    def is_unnamed(self, finding: Finding) -> bool:
        """Whether a finding is about messages and names none."""
        return not self.of_finding(finding) and not finding.requirement.startswith(CONNECTION)

    def differences(self, other: Self) -> set[str]:
        """The actions of which there are other messages in the case."""
        more, less = self._shapes() - other._shapes(), other._shapes() - self._shapes()
        return {action for action, _ in more + less}

    def last(self) -> set[str]:
        """The action of the last message in the case."""
        actions = [self._actions[index] for index in self._indexes() if self._actions[index]]
        return set(actions[-1:])

    def _shapes(self) -> Counter[tuple[str, str]]:
        return Counter(
            (self._actions[index], shape(self.outcome.frames[index].text))
            for index in self._indexes()
            if self._actions[index]
        )

    def _indexes(self) -> Iterator[int]:
        """The frames of the case, without its preparation and without the restoration after it."""
        for result in self.outcome.results:
            yield from range(result.frames[0] if result.scenario is None else result.scenario, result.frames[1])

    def _action(self, frame: Frame) -> str:
        try:
            parsed = parse(frame.text, MAX_BYTES)
        except FrameError:
            return ""
        if isinstance(parsed, Call):
            self._by_id[parsed.message_id] = parsed.action
            return parsed.action
        return self._by_id.get(parsed.message_id, "") if isinstance(parsed, CallResult) else ""


def shape(text: str) -> str:
    """A frame without what differs from run to run: its message id, numbers, and texts with digits."""
    _, _, *rest = json.loads(text)
    return json.dumps(_constant(rest))


def _constant(value: object) -> object:
    match value:
        case dict():
            return {name: _constant(each) for name, each in value.items()}
        case list():
            return [_constant(each) for each in value]
        case bool():
            return value
        case str():
            return "" if re.search(r"\d", value) else value
        case int() | float():
            return 0
    return value


def written(messages: dict[str, list[str]]) -> str:
    """The text of the file."""
    return HEAD + "".join(f"{json.dumps(name)} = {json.dumps(found)}\n" for name, found in messages.items())


def main(arguments: Sequence[str]) -> None:
    """Write the file."""
    old = tomllib.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() and "--all" not in arguments else {}
    messages: dict[str, list[str]] = {}
    for behaviour in CATALOGUE:
        if behaviour.name in old:
            messages[behaviour.name] = old[behaviour.name]
        else:
            messages[behaviour.name] = messages_of(behaviour)
            print(f"{behaviour.name}: {', '.join(messages[behaviour.name])}", flush=True)
    FILE.write_text(written(messages), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
