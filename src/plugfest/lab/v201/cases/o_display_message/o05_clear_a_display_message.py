"""O05 Clear a DisplayMessage."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.user_interface.display_message import (
    FIRST,
    display_messages_set,
    is_stored,
    is_unknown,
    no_display_message,
    two_messages,
)
from plugfest.ocpp.v201 import messages as m


@case("TC_O_04_CS", requirements=("O05.FR.01",), before=display_messages_set)
async def success(bench: Bench) -> None:
    first, *others = await two_messages(bench)
    await bench.step(1).call(m.ClearDisplayMessageRequest(id=first.info.id), status="Accepted")
    await is_unknown(bench.step(3), first)
    for other in others:
        await is_stored(bench.step("post scenario"), other)


@case("TC_O_05_CS", requirements=("O05.FR.02",), before=no_display_message)
async def unknown_key(bench: Bench) -> None:
    await bench.step(1).call(m.ClearDisplayMessageRequest(id=FIRST), status="Unknown")
