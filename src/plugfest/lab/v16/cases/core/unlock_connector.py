"""UnlockConnector."""

from plugfest.lab.case import case
from plugfest.lab.v16.bench import Bench
from plugfest.lab.v16.states.charging import charging
from plugfest.lab.v16.states.stopped import stop_reported, unplugged
from plugfest.ocpp.v16 import messages as m


async def unlock(bench: Bench, status: str, connector_id: int | None = None) -> None:
    """UnlockConnector, by default for the connector under test (5.18)."""
    bench.csms.inbox.set_mark()
    request = m.UnlockConnectorRequest(connector_id=bench.connector_id if connector_id is None else connector_id)
    await bench.call(request, status=status)


@case("TC_017_1_CS", requirements=("section 5.18",))
async def idle(bench: Bench) -> None:
    await unlock(bench.step(1), "Unlocked")


@case("TC_017_2_CS", requirements=("section 5.18",))
async def idle_with_fixed_cable(bench: Bench) -> None:
    await unlock(bench.step(1), "NotSupported")


@case("TC_018_1_CS", requirements=("section 5.18", "section 4.10"), before=charging)
async def charging_with_own_cable(bench: Bench) -> None:
    await unlock(bench.step(1), "Unlocked")
    await stop_reported(bench.step(3), reason="UnlockCommand")
    await unplugged(bench.step(7))


@case("TC_018_2_CS", requirements=("section 5.18",), before=charging)
async def charging_with_fixed_cable(bench: Bench) -> None:
    """Derived: an unsupported request changes nothing, so the transaction continues."""
    await unlock(bench.step(1), "NotSupported")
    await bench.silence(m.StopTransactionRequest, seconds=bench.settings.transaction_duration)


@case("TC_030_CS", requirements=("section 5.18",))
async def failure(bench: Bench) -> None:
    """Derived from the case for a CSMS with the same number; a StatusNotification is not required."""
    bench.step("before 1")
    await bench.jam_lock(jammed=True)
    await unlock(bench.step(1), "UnlockFailed")


@case("TC_031_CS", requirements=("section 5.18",))
async def unknown_connector(bench: Bench) -> None:
    """Derived from the case for a CSMS with the same number."""
    await unlock(bench.step(1), "NotSupported", max(bench.connectors) + 1)
