"""A case: a declaration and a short body that reads like Part 6's scenario."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from plugfest.lab.commissioning import Way

if TYPE_CHECKING:
    from plugfest.lab.bench import Workbench

B = TypeVar("B", bound="Workbench[Any, Any, Any]", contravariant=True)
Body = Callable[[B], Awaitable[None]]
Preparation = Callable[[B], Awaitable[object]]
Wanted = dict[str, str] | Callable[[B], Iterable[object]]


class Case(msgspec.Struct, frozen=True):
    """One test case of a version's document. Its name, profile and conditions stand in the test plan under its id."""

    id: str
    requirements: tuple[str, ...]
    configuration: Wanted[Any]
    connected: Way | None
    before: tuple[Preparation[Any], ...]
    body: Body[Any]

    def needs(self, bench: "Workbench[Any, Any, Any]") -> tuple[object, ...]:
        """What the station's configuration has to be when the case starts, for the product on the bench."""
        if isinstance(self.configuration, dict):
            return tuple(bench.configuration.needs(self.configuration))
        return tuple(self.configuration(bench))


def case(
    case_id: str,
    *,
    requirements: Sequence[str] = (),
    configuration: Wanted[B] | None = None,
    connected: Way | None = None,
    before: Preparation[B] | Sequence[Preparation[B]] = (),
) -> Callable[[Body[B]], Case]:
    """Declare a case.

    Args:
        case_id: as in the test plan, `TC_E_09_CS`.
        requirements: the clauses of Part 2 that the case is about; findings name them unless a step is more exact.
        configuration: variables and values to start from, `{"TxCtrlr.TxStartPoint": "EVConnected"}`, or a function of
            the bench where they depend on the product. A table is taken as "(If implemented)". In 1.6, keys and values.
        connected: how the station has to be connected, if that matters.
        before: reusable and memory states to reach first, in order.
    """
    preparations = tuple(before) if isinstance(before, Sequence) else (before,)

    def declare(body: Body[B]) -> Case:
        return Case(case_id, tuple(requirements), configuration or {}, connected, preparations, body)

    return declare
