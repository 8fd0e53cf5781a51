"""F01 Remote Start Transaction - Cable Plugin First."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED, authorized
from plugfest.lab.v201.states.energy_transfer import energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session


@case(
    "TC_F_01_CS",
    requirements=("F01.FR.03", "F01.FR.04", "F01.FR.05", "F01.FR.13", "F01.FR.17", "F01.FR.19", "F02.FR.01"),
    configuration=AUTHORIZATION_ENABLED,
    before=ev_connected_pre_session,
)
async def cable_plugin_first(bench: Bench) -> None:
    bench.step(1)
    await authorized(bench, how="remote")
    await energy_transfer_started(bench.step(2))
