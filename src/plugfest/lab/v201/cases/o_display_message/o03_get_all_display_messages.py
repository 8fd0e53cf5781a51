"""O03 Get All DisplayMessages."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.user_interface.display_message import (
    all_reported,
    display_messages_set,
    no_display_message,
    request_messages,
    two_messages,
)


@case(
    "TC_O_02_CS",
    requirements=("O03.FR.01", "O03.FR.02", "O03.FR.03", "O03.FR.04", "O03.FR.05"),
    before=display_messages_set,
)
async def success(bench: Bench) -> None:
    ones = await two_messages(bench)
    request_id = await request_messages(bench.step(1, "O03.FR.01"))
    await all_reported(bench.step(3, "O03.FR.02, O03.FR.04, O03.FR.05"), request_id, *ones)


@case("TC_O_03_CS", requirements=("O03.FR.06",), before=no_display_message)
async def none_configured(bench: Bench) -> None:
    await request_messages(bench.step(1), status="Unknown")
