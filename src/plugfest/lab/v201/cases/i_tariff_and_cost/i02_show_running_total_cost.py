"""I02 Show EV Driver Running Total Cost During Charging."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import sampled_updates, short_sampled_interval
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session
from plugfest.lab.v201.states.transaction_event import transaction_event, transaction_under_test
from plugfest.lab.v201.states.user_interface.display_message import no_display_message, not_shown, shown
from plugfest.lab.v201.states.user_interface.tariff import (
    COSTS,
    authorized_with,
    event_answered_with,
    tariff,
    tariff_words,
)
from plugfest.ocpp.v201 import messages as m

ENABLED = {
    "TariffCostCtrlr.Enabled[Tariff]": "true",
    "TariffCostCtrlr.Enabled[Cost]": "true",
}


def _configuration(bench: Bench) -> tuple[Need, ...]:
    """Tariff and cost enabled, and meter values at an interval, so that events with eventType Updated come."""
    return needs({**AUTHORIZATION_ENABLED, **ENABLED, **sampled_updates(bench, short_sampled_interval(bench))})


async def _charging_with_tariff(bench: Bench) -> None:
    """Steps 1 to 5: the driver is authorized with a tariff and charges; the display shows the tariff."""
    bench.csms.answers.override(m.AuthorizeRequest, authorized_with(bench, await tariff(bench, 0)))
    before = len(bench.csms.inbox.of_type(m.AuthorizeRequest))
    await authorized(bench.step(1))
    if len(bench.csms.inbox.of_type(m.AuthorizeRequest)) > before:  # not for a remote start without authorization
        await shown(bench.step(4, "I01.FR.03"), tariff_words(0))
    await energy_transfer_started(bench.step(5))


async def _updated_tariff(bench: Bench, number: int) -> None:
    """Steps 6 and 7: the next event with eventType Updated is answered with another tariff."""
    answer = event_answered_with(bench, "Updated", message=await tariff(bench, number))
    bench.csms.answers.override(m.TransactionEventRequest, answer)
    await _next_event(bench.step(6))
    bench.csms.answers.reset(m.TransactionEventRequest)
    await shown(bench.step(7, "I06.FR.03"), tariff_words(number))
    await not_shown(bench.step(7, "I06.FR.03"), tariff_words(number - 1))


async def _next_event(bench: Bench) -> None:
    bench.csms.inbox.set_mark()
    await transaction_event(bench, "Updated")
    await bench.settle()


@case(
    "TC_I_01_CS",
    requirements=("I02.FR.02", "I02.FR.03"),
    configuration=_configuration,
    before=(no_display_message, ev_connected_pre_session),
)
async def cost_updated(bench: Bench) -> None:
    await _charging_with_tariff(bench)
    for number, cost in enumerate(COSTS, start=1):
        await _updated_tariff(bench, number)
        request = m.CostUpdatedRequest(total_cost=cost.amount, transaction_id=transaction_under_test(bench))
        await bench.step(8, "I02.FR.02").call(request)
        await shown(bench.step(9, "I02.FR.03"), cost.digits)
        for other in COSTS[: number - 1]:
            await not_shown(bench.step(9, "I02.FR.03"), other.digits)


@case(
    "TC_I_07_CS",
    requirements=("I02.FR.04",),
    configuration=_configuration,
    before=(no_display_message, ev_connected_pre_session),
)
async def cost_in_transaction_event(bench: Bench) -> None:
    """Steps 8 and 9 are an event of the station and its answer: printed the other way round."""
    await _charging_with_tariff(bench)
    for number, cost in enumerate(COSTS, start=1):
        await _updated_tariff(bench, number)
        bench.csms.answers.override(m.TransactionEventRequest, event_answered_with(bench, "Updated", cost=cost.amount))
        await _next_event(bench.step(8))
        bench.csms.answers.reset(m.TransactionEventRequest)
        await shown(bench.step(9, "I02.FR.04"), cost.digits)
        for other in COSTS[: number - 1]:
            await not_shown(bench.step(9, "I02.FR.04"), other.digits)
