"""A case: a declaration, and a short body with the steps of the scenario in Part 6."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from plugfest.lab.ports import Configuration
from plugfest.lab.verdict import CaseResult, Finding, Verdict

B = TypeVar("B", contravariant=True)
Body = Callable[[B], Awaitable[None]]
Preparation = Callable[[B], Awaitable[object]]
RequiredConfiguration = dict[str, str] | Callable[[B], Iterable[object]]


class ConnectionRequirement(msgspec.Struct, frozen=True):
    """How the station has to be connected for a case.

    `profiles`: the security profiles that the case can run with, the preferred one first. `root_installed`: whether the
    root certificate of the CSMS has to be installed; None if it does not matter.
    """

    profiles: tuple[int, ...]
    root_installed: bool | None = True


ANY_SECURE_CONNECTION = ConnectionRequirement((2, 1, 3))
"""Any security profile, with the root certificate of the CSMS installed."""


class ConfiguredStation(Protocol):
    """The part of a bench that the required configuration of a case depends on."""

    @property
    def configuration(self) -> Configuration:
        """The configuration of the station."""


class Case(msgspec.Struct, frozen=True):
    """The code of one test case. Its name, profile and conditions are in the test plan, under its id."""

    id: str
    requirements: tuple[str, ...]
    configuration: RequiredConfiguration[Any]
    connected: ConnectionRequirement | None
    before: tuple[Preparation[Any], ...]
    body: Body[Any]
    continues: bool = False

    def needs(self, bench: ConfiguredStation) -> tuple[object, ...]:
        """The configuration that the case starts from, for the product on the bench."""
        if isinstance(self.configuration, dict):
            return tuple(bench.configuration.needs(self.configuration))
        return tuple(self.configuration(bench))


class CampaignCase(msgspec.Struct, frozen=True):
    """A case of the test plan that the campaign runs. `case` is its code, None if the lab has none."""

    id: str
    name: str
    profile: str
    case: Case | None

    def result(self, verdict: Verdict, *findings: Finding, frames: tuple[int, int] = (0, 0)) -> CaseResult:
        """The result of the case, as far as it does not need a scenario."""
        return CaseResult(
            id=self.id, name=self.name, profile=self.profile, verdict=verdict, findings=findings, frames=frames
        )


def case(
    case_id: str,
    *,
    requirements: Sequence[str] = (),
    configuration: RequiredConfiguration[B] | None = None,
    connected: ConnectionRequirement | None = None,
    before: Preparation[B] | Sequence[Preparation[B]] = (),
    continues: bool = False,
) -> Callable[[Body[B]], Case]:
    """Declare a case.

    Args:
        case_id: as in the test plan, `TC_E_09_CS`.
        requirements: the requirements of Part 2 that the case tests. Findings cite them unless the step has its own.
        configuration: variables and values to start from, `{"TxCtrlr.TxStartPoint": "EVConnected"}`, or a function of
            the bench if they depend on the product. The values of a table are "(If implemented)". In 1.6, keys and
            values.
        connected: how the station has to be connected; None if it does not matter.
        before: the reusable and memory states that the preparation reaches, in order.
        continues: whether the scenario begins with what follows from the last action of the preparation by itself, such
            as the authorization of an EV with a contract that is plugged in.
    """
    preparations = tuple(before) if isinstance(before, Sequence) else (before,)

    def declare(body: Body[B]) -> Case:
        return Case(case_id, tuple(requirements), configuration or {}, connected, preparations, body, continues)

    return declare
