"""An operator that was too slow to unplug a cable gives no evidence about its lock."""

from types import SimpleNamespace
from typing import Any

import pytest

from plugfest.clock import run_simulated
from plugfest.lab.v16.cases.core import stop_session
from plugfest.lab.v201.cases.e_transactions import e09_cable_disconnected_stop_transaction as e09
from plugfest.lab.verdict import OperatorFailed, OperatorTooSlow


def bench_whose_operator_says(error: OperatorFailed) -> Any:
    async def unplug(*_: object, **__: object) -> None:
        raise error

    bench = SimpleNamespace(unplug=unplug, operator=SimpleNamespace(unplug=unplug))
    bench.settings = SimpleNamespace(evse_id=1, connector_id=1)
    bench.step = lambda *_: bench
    return bench


def test_in_ocpp_16() -> None:
    assert (
        run_simulated(stop_session.can_unplug_at_station(bench_whose_operator_says(OperatorFailed("locked")))) is False
    )
    with pytest.raises(OperatorTooSlow):
        run_simulated(stop_session.can_unplug_at_station(bench_whose_operator_says(OperatorTooSlow("no answer"))))


def test_in_ocpp_201() -> None:
    run_simulated(e09._check_locked(bench_whose_operator_says(OperatorFailed("locked"))))
    with pytest.raises(OperatorTooSlow):
        run_simulated(e09._check_locked(bench_whose_operator_says(OperatorTooSlow("no answer"))))
