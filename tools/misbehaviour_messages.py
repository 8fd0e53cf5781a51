"""The messages in which each wrong station shows its defect: `python -m tools.misbehaviour_messages`.

Runs each wrong station that the file does not have with its cases, as the self-test does, and notes the messages of
the findings. Removes wrong stations that do not exist any more. `--all` runs every one (some minutes).
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import plugfest
from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.engine import CampaignImpossible, CampaignOutcome
from plugfest.lab.recording.record import Frame
from plugfest.lab.selection import cases
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding
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
    "reference-ac",
    "reference-dc",
    "reference-ac-fixed",
    "alpitronic-hyc-200-eu",
    "btc-power-gen4-l3a",
    "reference-plug-and-charge",
)
"""Where the cases of a wrong station without a product are looked for, in this order."""

NAMED: Final = re.compile(r"\b([A-Z]\w+?)(?:Request|Response)\b")
STEP: Final = re.compile(r"step [\d.]+[a-z]?$")
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
            try:
                main = run_campaign(load_product(product), [one], settings=LabSettings(), pki=shared_pki())
                outcome = clock.run(main, simulated=True)
            except CampaignImpossible:
                continue
        for result in outcome.results:
            yield from messages_in(outcome, result, load_product(product).ocpp_version)


def messages_in(outcome: CampaignOutcome, result: CaseResult, version: str) -> set[str]:
    """The messages that findings name, or else those of their frames, or else those of their steps."""
    actions = Actions(outcome.frames, version)
    return {action for finding in result.findings for action in _of_finding(finding, result, actions)}


class Actions:
    """The actions of the frames of a campaign."""

    def __init__(self, frames: Sequence[Frame], version: str) -> None:
        self.known = frozenset(by_name(version).requests)
        self._by_id: dict[str, str] = {}
        self._of = [self._action(frame) for frame in frames]

    def at(self, indexes: Iterable[int]) -> set[str]:
        """The actions of these frames."""
        return {self._of[index] for index in indexes if index < len(self._of)} - {""}

    def _action(self, frame: Frame) -> str:
        try:
            parsed = parse(frame.text, MAX_BYTES)
        except FrameError:
            return ""
        if isinstance(parsed, Call):
            self._by_id[parsed.message_id] = parsed.action
            return parsed.action
        return self._by_id.get(parsed.message_id, "") if isinstance(parsed, CallResult) else ""


def _of_finding(finding: Finding, result: CaseResult, actions: Actions) -> set[str]:
    named = {name for text in (finding.expected, finding.actual) for name in NAMED.findall(text)}
    if named & actions.known:
        return named & actions.known
    if finding.frame is not None:
        return actions.at([finding.frame])
    return actions.at(_frames_of(finding.step, result))


def _frames_of(step: str, result: CaseResult) -> range:
    """The frames from the beginning of a step to the beginning of the next one."""
    number = next((at for at, taken in enumerate(result.steps) if taken.step == step), None)
    if number is None:
        return range(0)
    following = result.steps[number + 1 : number + 2]
    return range(result.steps[number].frame, following[0].frame if following else result.frames[1])


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
