"""C01 EV Driver Authorization using RFID: no energy for a token that the CSMS does not accept."""

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.c_authorization.id_tokens import token_refused, unauthorized_stop_attempt
from plugfest.lab.v201.states.authorized import AUTHORIZATION_ENABLED
from plugfest.lab.v201.states.energy_transfer import charging_continues, energy_transfer_started
from plugfest.lab.v201.states.ev_connected import ev_connected_pre_session


@case(
    "TC_C_02_CS",
    requirements=("C01.FR.02", "C06.FR.02"),
    configuration=AUTHORIZATION_ENABLED,
    before=ev_connected_pre_session,
)
async def invalid(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.invalid, how="local")


@case(
    "TC_C_05_CS",
    requirements=("C01.FR.02", "C06.FR.02"),
    configuration=AUTHORIZATION_ENABLED,
)
async def invalid_before_a_locked_socket(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.invalid, how="local")


@case(
    "TC_C_06_CS",
    requirements=("C01.FR.02",),
    configuration=AUTHORIZATION_ENABLED,
    before=ev_connected_pre_session,
)
async def blocked(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.blocked, how="local")


@case(
    "TC_C_07_CS",
    requirements=("C01.FR.02",),
    configuration=AUTHORIZATION_ENABLED,
    before=ev_connected_pre_session,
)
async def expired(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.expired, how="local")


@case(
    "TC_C_56_CS",
    requirements=("C01.FR.02",),
    configuration=AUTHORIZATION_ENABLED,
    before=ev_connected_pre_session,
)
async def unknown(bench: Bench) -> None:
    await token_refused(bench.step(1), bench.tokens.unknown, how="local")


@case(
    "TC_C_04_CS",
    requirements=("C01.FR.02", "C01.FR.03"),
    configuration=AUTHORIZATION_ENABLED,
    before=energy_transfer_started,
)
async def different_id_token(bench: Bench) -> None:
    await unauthorized_stop_attempt(bench.step(1), bench.tokens.second)  # in no group: stops nothing
    bench.step(2)
    await charging_continues(bench)
