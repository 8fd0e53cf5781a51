"""I03 Show EV Driver Final Total Cost After Charging."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.i_tariff_and_cost.i02_show_running_total_cost import ENABLED
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, stop_authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.session_ended import ev_connected_post_session, ev_disconnected, parking_bay_unoccupied
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.lab.v201.states.user_interface.display_message import no_display_message, shown
from plugfest.lab.v201.states.user_interface.tariff import COSTS, event_answered_with
from plugfest.ocpp.v201 import messages as m

FINAL = COSTS[0]


@case(
    "TC_I_02_CS",
    requirements=("I03.FR.01", "I03.FR.03"),
    configuration={**AUTHORIZATION_ENABLED, **ENABLED},
    before=(no_display_message, energy_transfer_started),
)
async def final_total_cost(bench: Bench) -> None:
    """The cost is looked for when the transaction has ended, before the driver does anything else."""
    bench.csms.answers.override(m.TransactionEventRequest, event_answered_with(bench, "Ended", cost=FINAL.amount))
    states = (stop_authorized, ev_connected_post_session, ev_disconnected, parking_bay_unoccupied)
    for number, state in enumerate(states, start=1):
        ongoing = bench.known_state.ongoing
        await state(bench.step(number))
        if ongoing and not bench.known_state.ongoing:
            await _final_cost_shown(bench.step(number, "I03.FR.03"))
    bench.step(4, "I03.FR.01")
    bench.check(not bench.known_state.ongoing, "an event with eventType Ended", "none")


async def _final_cost_shown(bench: Bench) -> None:
    """The display shows the cost, unless the transaction has ended because the EV has left (I03.FR.05)."""
    last = bench.ledger.transactions[transaction_under_test(bench)].events[-1].message
    if last.trigger_reason != "EVDeparted":
        await shown(bench, FINAL.digits)
    else:
        seen = await bench.operator.display_shows(FINAL.digits, bench.settings.display_watch)
        bench.recommend(not seen, f'the display does not show "{FINAL.digits}": the driver has left', "shown")
