"""What the operator of a campaign cannot do, and the cases that need it."""

from collections.abc import Iterable, Iterator

import msgspec

from plugfest.lab.case import CampaignCase, Case
from plugfest.lab.commissioning import Commissioner
from plugfest.lab.operator.capabilities import PROVIDED, Capability
from plugfest.lab.operator.needed_capabilities import needed_capabilities
from plugfest.lab.operator.operator import Operator


class MissingCapability(msgspec.Struct, frozen=True):
    """A capability that the operator lacks, with the reason.

    `cases` are the ids of the cases that cannot be run without it, `possible_cases` those that may request it.
    """

    capability: Capability
    reason: str
    cases: tuple[str, ...] = ()
    possible_cases: tuple[str, ...] = ()


def obstacles(case: Case, operator: Operator, commissioner: Commissioner) -> Iterator[str]:
    """Why the operator cannot bring the case to its end; nothing if it may be able to."""
    if not operator.cannot:  # to find out what a case needs takes time
        return
    lacking = _always(case, operator, commissioner) & operator.cannot.keys()
    if Capability.COMMISSION in lacking:
        lacking -= {Capability.COMMISSION}
        yield commissioner.obstacle(operator, case.connected) or operator.cannot[Capability.COMMISSION]
    yield from (operator.cannot[capability] for capability in Capability if capability in lacking)


def missing_capabilities(
    plan: Iterable[CampaignCase], operator: Operator, commissioner: Commissioner
) -> tuple[MissingCapability, ...]:
    """What the operator cannot do, with the cases of the campaign that need it."""
    if not operator.cannot:
        return ()
    planned = [(one.id, one.case) for one in plan if one.case is not None]
    always = {id: _always(case, operator, commissioner) for id, case in planned}
    possible = {id: needed_capabilities(case).possible for id, case in planned}
    missing = (
        MissingCapability(
            capability,
            operator.cannot[capability],
            tuple(id for id in always if capability in always[id]),
            tuple(id for id in possible if capability in possible[id] - always[id]),
        )
        for capability in Capability
        if capability in operator.cannot
    )
    return tuple(one for one in missing if one.cases or one.possible_cases or one.capability not in PROVIDED)


def _always(case: Case, operator: Operator, commissioner: Commissioner) -> frozenset[Capability]:
    """What the case cannot come to its end without."""
    connecting = {Capability.COMMISSION} if commissioner.obstacle(operator, case.connected) else frozenset()
    installing = {Capability.INSTALL_ROOT} if commissioner.installs_root(case.connected) else frozenset()
    return needed_capabilities(case).always | connecting | installing
