"""A station that its CSMS has accepted, and a scenario that is performed at it in simulated time."""

import asyncio
import contextlib
from random import Random

from tests.station.csms import Csms
from tests.station.powered_station import product_claiming
from tests.station.v16.station_bench import Csms16

from plugfest import Station
from plugfest.clock import TEST_START, run, utc_now
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.products import Product, load_product
from plugfest.scenarios.events import StepEvent, StepState
from plugfest.scenarios.file import parse_scenario
from plugfest.scenarios.model import Scenario
from plugfest.scenarios.runner import perform
from plugfest.station.control.frames import RecordedFrame

PASSWORD = "a-password-of-16"
ACCEPTED = m.AuthorizeResponse(id_token_info=t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted))


class Performance:
    """What has happened: the events with their seconds since the start, the frames, and when the scenario ended."""

    def __init__(self) -> None:
        self.events: list[tuple[float, StepEvent]] = []
        self.frames: list[RecordedFrame] = []
        self.seconds: float | None = None
        """None: it was still performed at the end."""

    def lines(self, *operations: str) -> list[str]:
        """The operations that were done or refused, with their seconds; all, or these."""
        return [
            f"{seconds:.0f} {event}"
            for seconds, event in self.events
            if event.placed.do in operations and event.state in (StepState.DONE, StepState.REFUSED)
        ]

    def texts(self) -> list[str]:
        return [str(event) for _, event in self.events]


def performed(
    scenario: str | Scenario,
    product: str | Product = "reference-ac",
    *,
    hours: float = 24.0,
    seed: int = 1,
    compress: float = 1.0,
    csms: Csms | None = None,
) -> Performance:
    """Perform a scenario, given as the text of a file or as itself, for so many hours at most."""
    loaded = scenario if isinstance(scenario, Scenario) else parse_scenario("test.toml", scenario.encode())
    found = Performance()

    async def main() -> None:
        chosen = without_tls(product)
        server = csms or (Csms() if chosen.ocpp_version == "2.0.1" else Csms16())
        if chosen.ocpp_version == "2.0.1":
            server.replies.setdefault("Authorize", lambda _: ACCEPTED)
        await server.listen()
        try:
            await at_a_station(chosen, server.url)
        finally:
            await server.server.close()

    async def at_a_station(chosen: Product, url: str) -> None:
        async with Station(chosen, csms=url, password=PASSWORD, keep_frames=10_000) as station:
            await station.wait_for(accepted=True)
            begin = utc_now()

            def happened(event: StepEvent) -> None:
                found.events.append(((utc_now() - begin).total_seconds(), event))

            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(hours * 3600):
                    await perform(station.virtual, loaded, Random(seed), on_step=happened, compress=compress)
                found.seconds = (utc_now() - begin).total_seconds()
                await asyncio.sleep(5)  # the messages about its last step
            found.frames = list(station.frames)

    run(main(), simulated=True, start=TEST_START)
    return found


def without_tls(product: str | Product) -> Product:
    """The product, if it is of the catalog with a password as its only security: tests need no certificates."""
    if isinstance(product, Product):
        return product
    return product_claiming(product, {{"2.0.1": "C-61", "1.6": "C-11"}[load_product(product).ocpp_version]: True})
