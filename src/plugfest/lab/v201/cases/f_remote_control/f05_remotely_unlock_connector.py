"""F05 Remotely Unlock Connector."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.energy_transfer import charging_continues, energy_transfer_started
from plugfest.ocpp.v201 import messages as m

UNKNOWN_CONNECTOR = 999


def unlock(bench: Bench, connector_id: int | None = None) -> m.UnlockConnectorRequest:
    """UnlockConnector for the connector under test, or for another one of its EVSE."""
    return m.UnlockConnectorRequest(
        evse_id=bench.settings.evse_id, connector_id=connector_id or bench.settings.connector_id
    )


@case("TC_F_05_CS", requirements=("F05.FR.01", "F05.FR.02"), before=energy_transfer_started)
async def with_ongoing_transaction(bench: Bench) -> None:
    await bench.step(2).call(unlock(bench), status="OngoingAuthorizedTransaction")
    await charging_continues(bench, seconds=bench.settings.time_tolerance)


@case("TC_F_06_CS", requirements=("F05.FR.01", "F05.FR.04"))
async def accepted(bench: Bench) -> None:
    await bench.step(2).call(unlock(bench), status="Unlocked")


@case("TC_F_07_CS", requirements=("F05.FR.01", "F05.FR.06"))
async def no_cable_connected(bench: Bench) -> None:
    await bench.step(2).call(unlock(bench), status="Unlocked")


@case("TC_F_10_CS", requirements=("F05.FR.03",))
async def unknown_connector(bench: Bench) -> None:
    await bench.step(2).call(unlock(bench, UNKNOWN_CONNECTOR), status="UnknownConnector")
