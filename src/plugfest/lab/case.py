"""A case: a declaration and a short body that reads like Part 6's scenario."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from plugfest.lab.ports import Configuration

B = TypeVar("B", contravariant=True)
Body = Callable[[B], Awaitable[None]]
Preparation = Callable[[B], Awaitable[object]]
RequiredConfiguration = dict[str, str] | Callable[[B], Iterable[object]]


class ConnectionRequirement(msgspec.Struct, frozen=True):
    """How the station has to be connected for a case.

    `profiles`: the security profiles that the case can run with, the preferred one first. `root_installed`: whether the
    root certificate of the CSMS has to be installed; None if either will do.
    """

    profiles: tuple[int, ...]
    root_installed: bool | None = True


ANY_SECURE_CONNECTION = ConnectionRequirement((2, 1, 3))
"""With any security profile, and with the root certificate of the CSMS."""


class ConfiguredStation(Protocol):
    """A bench, as far as a case declares what it needs of it."""

    @property
    def configuration(self) -> Configuration:
        """What the station lets the lab read and set."""


class Case(msgspec.Struct, frozen=True):
    """One test case of a version's document. Its name, profile and conditions stand in the test plan under its id."""

    id: str
    requirements: tuple[str, ...]
    configuration: RequiredConfiguration[Any]
    connected: ConnectionRequirement | None
    before: tuple[Preparation[Any], ...]
    body: Body[Any]

    def needs(self, bench: ConfiguredStation) -> tuple[object, ...]:
        """What the station's configuration has to be when the case starts, for the product on the bench."""
        if isinstance(self.configuration, dict):
            return tuple(bench.configuration.needs(self.configuration))
        return tuple(self.configuration(bench))


class CampaignCase(msgspec.Struct, frozen=True):
    """A case of the test plan that the campaign has to run, with its code if somebody has written it."""

    id: str
    name: str
    profile: str
    case: Case | None


def case(
    case_id: str,
    *,
    requirements: Sequence[str] = (),
    configuration: RequiredConfiguration[B] | None = None,
    connected: ConnectionRequirement | None = None,
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
