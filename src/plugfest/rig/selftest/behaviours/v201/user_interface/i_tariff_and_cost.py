"""Block I: tariff and cost."""

from typing import Any

from plugfest.hardware.ports import FormattedText
from plugfest.ocpp.v201 import messages as m
from plugfest.rig.selftest.behaviours.behaviour import Behaviour, Function, Patch, wrong_v201
from plugfest.rig.selftest.behaviours.builders import NOTHING, always, except_when, with_arguments, with_fields
from plugfest.station.blocks.i_tariff_and_cost import v201 as block
from plugfest.station.model.display.prices import Prices

RUNNING = "TC_I_01 TC_I_07"


def _fallback(original: Function) -> Function:
    def driver_authorized(self: Any, session: Any, info: Any) -> None:
        self._set(session, tariff=FormattedText(self._settings().tariff_fallback), cost=None)
        self.refresh()

    return driver_authorized


def _unknown_cost(original: Function) -> Function:
    return lambda self, transaction_id, cost, **facts: original(self, transaction_id, None, **facts)


def _costs_add_up(original: Function) -> Function:
    """Shows the sum of the costs that it has received."""
    total = [0.0]

    def cost_updated(self: Any, transaction_id: str, cost: float) -> None:
        total[0] += cost
        original(self, transaction_id, total[0])

    return cost_updated


BEHAVIOURS: tuple[Behaviour, ...] = (
    wrong_v201(
        "does not show the tariff of the driver", "I01.FR.03", RUNNING, Patch(Prices, "driver_authorized", NOTHING)
    ),
    wrong_v201(
        "shows the fallback message although the tariff is known",
        "I01.FR.03",
        RUNNING,
        Patch(Prices, "driver_authorized", _fallback),
    ),
    wrong_v201("does not show an updated tariff", "I06.FR.03", RUNNING, Patch(Prices, "tariff_updated", NOTHING)),
    wrong_v201(
        "has tariff and cost, and shows neither",
        "I01.FR.03, I02.FR.03",
        f"{RUNNING} TC_I_02",
        Patch(block, "_settings", with_fields(tariff_enabled=False, cost_enabled=False)),
    ),
    wrong_v201(
        "does not show the running cost", "I02.FR.03, I02.FR.04", RUNNING, Patch(Prices, "cost_updated", NOTHING)
    ),
    wrong_v201(
        "does not show the cost in CostUpdated",
        "I02.FR.03",
        "TC_I_01",
        Patch(block, "_cost_updated", always(m.CostUpdatedResponse())),
    ),
    wrong_v201(
        "shows only the first running cost",
        "I02.FR.03, I02.FR.04",
        RUNNING,
        Patch(
            Prices,
            "cost_updated",
            except_when(lambda self, id, cost: self._sessions.with_transaction(id).cost is not None),
        ),
    ),
    wrong_v201(
        "adds up the running costs", "I02.FR.03, I02.FR.04", RUNNING, Patch(Prices, "cost_updated", _costs_add_up)
    ),
    wrong_v201(
        "shows the cost in another unit",
        "I02.FR.03, I03.FR.03",
        f"{RUNNING} TC_I_02",
        Patch(Prices, "_amount", with_arguments(lambda self, cost: (self, cost * 100))),
    ),
    wrong_v201("does not show the total cost", "I03.FR.03", "TC_I_02", Patch(Prices, "final_cost", NOTHING)),
    wrong_v201(
        "shows the fallback message although the total cost is known",
        "I03.FR.03",
        "TC_I_02",
        Patch(Prices, "final_cost", _unknown_cost),
    ),
)
