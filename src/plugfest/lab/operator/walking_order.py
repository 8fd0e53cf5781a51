"""An order of the cases in which a person walks less: those with the same actions at the station follow one another."""

from collections.abc import Sequence

from plugfest.lab.case import CampaignCase
from plugfest.lab.commissioning import RequiredConnection, required_connection
from plugfest.lab.operator.capabilities import Capability
from plugfest.lab.operator.needed_capabilities import NOTHING, Capabilities, needed_capabilities
from plugfest.lab.settings import LabSettings

REVERSING = frozenset({Capability.UNPLUG, Capability.UNPLUG_ONE_END, Capability.COMMISSION})
"""What every action may need afterwards, or what the connection shows: it does not distinguish cases."""

Needs = tuple[RequiredConnection, Capabilities]
"""How the station has to be commissioned for a case, and what the operator may have to do in it."""


def walking_order(chosen: Sequence[CampaignCase], settings: LabSettings) -> tuple[CampaignCase, ...]:
    """The cases in an order with few changes of the commissioning and of what the operator does.

    The next case is always the one that differs least from the one before, the first of them in the given order.
    """
    left = [(one, _needs(one, settings)) for one in chosen]
    before: Needs = (required_connection(settings, None), NOTHING)
    ordered: list[CampaignCase] = []
    while left:
        nearest = min(left, key=lambda one: _change(before, one[1]))
        left.remove(nearest)
        ordered.append(nearest[0])
        before = nearest[1]
    return tuple(ordered)


def _needs(one: CampaignCase, settings: LabSettings) -> Needs:
    if one.case is None:
        return required_connection(settings, None), NOTHING
    return required_connection(settings, one.case.connected), needed_capabilities(one.case).possible - REVERSING


def _change(before: Needs, after: Needs) -> tuple[bool, int]:
    """Whether the station is commissioned between two cases, and how much of what the operator does differs."""
    return before[0] != after[0], len(before[1] ^ after[1])
