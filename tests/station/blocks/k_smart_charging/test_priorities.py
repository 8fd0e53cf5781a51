"""chargingPriority: which transaction gets the power of the station first (K03)."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import pytest
from tests.station.station_bench import CARD, StationBench, run_on_bench

from plugfest.ocpp.message import UNSET, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.control.commands import Control

DC = "reference-dc"
TOTAL = 100_000.0
"""W: less than the two EVSEs can deliver."""


def answer_with(bench: StationBench, of_token: Mapping[str, int], of_transaction: Mapping[str, int] = {}) -> None:
    """The CSMS gives these priorities: to tokens in every idTokenInfo, to transactions in the answer to their start."""
    plain = {action: bench.csms.replies[action] for action in ("Authorize", "TransactionEvent")}

    def answer(request: m.AuthorizeRequest | m.TransactionEventRequest) -> object:
        token, response = given(request.id_token), plain[request.action](request)
        if token is None:
            return response
        priority = of_token.get(token.id_token, UNSET)
        info = msgspec.structs.replace(response.id_token_info, charging_priority=priority)
        changed = msgspec.structs.replace(response, id_token_info=info)
        if isinstance(request, m.TransactionEventRequest) and token.id_token in of_transaction:
            return msgspec.structs.replace(changed, charging_priority=of_transaction[token.id_token])
        return changed

    bench.csms.replies |= dict.fromkeys(plain, answer)


async def limit_station(bench: StationBench, limit: float = TOTAL) -> None:
    schedule = t.ChargingScheduleType(
        id=1,
        charging_rate_unit=t.ChargingRateUnitEnumType.W,
        charging_schedule_period=[t.ChargingSchedulePeriodType(start_period=0, limit=limit)],
        start_schedule=datetime(2020, 1, 1, tzinfo=UTC),
    )
    profile = t.ChargingProfileType(
        id=1,
        stack_level=0,
        charging_profile_purpose=t.ChargingProfilePurposeEnumType.ChargingStationMaxProfile,
        charging_profile_kind=t.ChargingProfileKindEnumType.Absolute,
        charging_schedule=[schedule],
    )
    response = await bench.csms.call(m.SetChargingProfileRequest(evse_id=0, charging_profile=profile))
    assert response.status.value == "Accepted"


async def charge(bench: StationBench, evse_id: int, token: str) -> None:
    bench.hardware.park(evse_id)
    bench.hardware.plug_in(evse_id, 1)
    await asyncio.sleep(1)
    bench.hardware.present_token(token, CARD, evse_id=evse_id)
    await asyncio.sleep(30)


def offered(bench: StationBench) -> list[float]:
    return [evse.offered for evse in bench.hardware.evses.values()]


def priorities(bench: StationBench) -> list[int]:
    """As the control API shows them."""
    state = Control(bench.station, bench.hardware).state()
    return [each.charging_priority for each in state.transactions]


def test_without_priorities_the_power_is_shared_equally() -> None:
    async def body(bench: StationBench) -> None:
        await limit_station(bench)
        await charge(bench, 1, "A")
        await charge(bench, 2, "B")
        assert offered(bench) == [pytest.approx(TOTAL / 2), pytest.approx(TOTAL / 2)]
        assert priorities(bench) == [0, 0]  # K03.FR.06

    run_on_bench(body, DC)


def test_a_token_with_a_higher_priority_gets_the_power_and_the_other_is_suspended() -> None:
    async def body(bench: StationBench) -> None:
        answer_with(bench, {"A": -2, "B": 3})
        await limit_station(bench)
        await charge(bench, 1, "A")
        assert offered(bench)[0] == pytest.approx(TOTAL)
        await charge(bench, 2, "B")
        assert offered(bench) == [0, pytest.approx(TOTAL)]  # K03.FR.04
        assert priorities(bench) == [-2, 3]
        assert "Updated ChargingStateChanged SuspendedEVSE" in bench.transcript()

    run_on_bench(body, DC)


def test_the_priority_of_a_transaction_has_precedence_over_that_of_its_token() -> None:
    async def body(bench: StationBench) -> None:
        answer_with(bench, {"A": 5, "B": 3}, of_transaction={"A": -1})
        await limit_station(bench)
        await charge(bench, 1, "A")
        await charge(bench, 2, "B")
        assert priorities(bench) == [-1, 3]  # K03.FR.05
        assert offered(bench) == [0, pytest.approx(TOTAL)]

    run_on_bench(body, DC)
