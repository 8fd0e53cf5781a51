"""A session at a station that is offline: what the driver does, unseen by the CSMS until the connection is back."""

from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import START_BUTTON, own_token
from plugfest.lab.v201.states.cable import has_fixed_cable
from plugfest.lab.v201.states.offline import offline
from plugfest.lab.v201.states.parking_bay import has_sensor


async def start_offline_transaction(bench: Bench) -> None:
    """StartOfflineTransaction: offline, into the bay, token, cable, and energy flows. The station is still offline."""
    await offline(bench)
    await arrive(bench)
    await show(bench, own_token(bench, "local"))
    await connect(bench)
    await bench.wait(bench.settings.transaction_duration)


def offline_token(bench: Bench) -> Token:
    """What starts a session offline: the start button where the product has no way to know a token then (C-01)."""
    knows = bench.product.supports("C-01") and any(bench.product.supports(id) for id in ("C-02", "C-49", "LA-0"))
    return own_token(bench, "local") if knows or not bench.product.supports("C-35") else START_BUTTON


async def arrive(bench: Bench) -> None:
    """The EV drives into the bay, where the product would notice."""
    if has_sensor(bench):
        await bench.operator.park(bench.settings.evse_id)
        await bench.settle()


async def connect(bench: Bench) -> None:
    """The driver plugs in."""
    await bench.operator.plug_in(bench.settings.evse_id, bench.settings.connector_id)


async def show(bench: Bench, token: Token) -> None:
    """Present a token, and give the station time to make up its mind."""
    await bench.operator.present_token(token, bench.settings.evse_id)
    await bench.settle()


async def stop_by_token(bench: Bench, token: Token) -> None:
    """The driver stops with a token, unplugs and drives off."""
    await show(bench, token)
    await depart(bench)


async def depart(bench: Bench) -> None:
    """The driver unplugs, first at the EV, where no lock of the station holds him, and drives off."""
    where = bench.settings
    if not has_fixed_cable(bench):
        await bench.operator.plug_out(where.evse_id, where.connector_id, side="ev")
        await bench.settle()
    await bench.operator.plug_out(where.evse_id, where.connector_id)
    await bench.settle()
    if has_sensor(bench):
        await bench.operator.leave(bench.settings.evse_id)
