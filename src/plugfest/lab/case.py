"""A case: a declaration and a short body that reads like Part 6's scenario."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from plugfest.lab.commissioning import Way
from plugfest.lab.configuration import Need, needs

if TYPE_CHECKING:
    from plugfest.lab.bench import Bench

Body = Callable[["Bench"], Awaitable[None]]
Preparation = Callable[["Bench"], Awaitable[object]]
Wanted = dict[str, str] | Callable[["Bench"], Iterable[Need]]


class Case(msgspec.Struct, frozen=True):
    """One test case of Part 6. Its name, profile and conditions stand in the test plan under the same id."""

    id: str
    requirements: tuple[str, ...]
    configuration: Wanted
    connected: Way | None
    before: tuple[Preparation, ...]
    body: Body

    def needs(self, bench: "Bench") -> tuple[Need, ...]:
        """The variables that the case starts from, for the product on the bench."""
        if isinstance(self.configuration, dict):
            return needs(self.configuration)
        return tuple(self.configuration(bench))


def case(
    case_id: str,
    *,
    requirements: Sequence[str] = (),
    configuration: Wanted | None = None,
    connected: Way | None = None,
    before: Preparation | Sequence[Preparation] = (),
) -> Callable[[Body], Case]:
    """Declare a case.

    Args:
        case_id: as in the test plan, `TC_E_09_CS`.
        requirements: the clauses of Part 2 that the case is about; findings name them unless a step is more exact.
        configuration: variables and values to start from, `{"TxCtrlr.TxStartPoint": "EVConnected"}`, or a function of
            the bench where they depend on the product. A table is taken as "(If implemented)".
        connected: how the station has to be connected, if that matters.
        before: reusable and memory states to reach first, in order.
    """
    preparations = tuple(before) if isinstance(before, Sequence) else (before,)

    def declare(body: Body) -> Case:
        return Case(case_id, tuple(requirements), configuration or {}, connected, preparations, body)

    return declare
