"""What has changed in a run since a page was shown, so that only these parts of it are replaced.

The page sends back what it shows, in a few characters: the server keeps nothing for it.
"""

from collections.abc import Sequence

import msgspec

from plugfest.lab.verdict import CaseResult
from plugfest.runs.progress import ProductProgress, RunProgress, RunState


class ShownProgress(msgspec.Struct, frozen=True, array_like=True):
    """What a page shows: the number of cases and of results of each product, and the case that runs."""

    state: RunState = "running"
    cases: tuple[int, ...] = ()
    results: tuple[int, ...] = ()
    running: str = ""

    @classmethod
    def of(cls, progress: RunProgress) -> "ShownProgress":
        """What a page about the run shows now."""
        state = progress.state
        running = progress.current.running if state == "running" else None
        return cls(
            state,
            tuple(len(one.cases()) for one in progress.products),
            tuple(len(_results(one)) for one in progress.products),
            "" if running is None else running.id,
        )

    @classmethod
    def read(cls, text: str) -> "ShownProgress":
        """What a page has sent; nothing if it cannot be read."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError:
            return cls()

    @property
    def text(self) -> str:
        """What the page sends back."""
        return msgspec.json.encode(self).decode()


class ProductChange(msgspec.Struct, frozen=True):
    """The cases of a product that have changed. `findings`: whether a list of findings has to be shown again."""

    cases: frozenset[str]
    findings: bool


def changes(progress: RunProgress, before: ShownProgress, now: ShownProgress) -> list[ProductChange]:
    """The changes of each product, if the cases are the same."""
    assert before.cases == now.cases
    moved = {before.running, now.running} - {""} if before.running != now.running else set()
    found = []
    for product, count in zip(progress.products, before.results, strict=True):
        results = _results(product)
        new = results[max(count, 0) :]
        repeated = {one.id for one in new} & {one.id for one in results[:count] if one.findings}
        findings = bool(repeated) or any(one.findings for one in new)
        found.append(ProductChange(frozenset({one.id for one in new} | moved), findings))
    return found


def _results(product: ProductProgress) -> Sequence[CaseResult]:
    """In the order in which they came."""
    return [result for sitting in product.sittings for result in sitting.results]
