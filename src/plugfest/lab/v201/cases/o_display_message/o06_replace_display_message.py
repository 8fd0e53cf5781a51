"""O06 Replace DisplayMessage."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.user_interface.display_message import (
    display_message_set,
    is_stored,
    message,
    not_shown,
    send_message,
    shown,
)


@case("TC_O_12_CS", requirements=("O06.FR.01",), before=display_message_set)
async def replaced(bench: Bench) -> None:
    earlier = await message(bench)
    replacement = await message(bench, words="Replacement by Plugfest")
    await send_message(bench.step(1), replacement)
    await shown(bench.step(2), replacement.words)
    await not_shown(bench.step(2), earlier.words)
    await is_stored(bench.step("post scenario"), replacement)
