"""Only an operator that finds a cable locked gives evidence about its lock: no failure and no delay does."""

from types import SimpleNamespace
from typing import Any

import pytest

from plugfest.clock import run_simulated
from plugfest.lab.v16.cases.core import stop_session
from plugfest.lab.v201.cases.e_transactions import e09_cable_disconnected_stop_transaction as e09
from plugfest.lab.verdict import CableHeld, OperatorFailed, OperatorTooSlow

FAILURES = (OperatorTooSlow("no answer"), OperatorFailed("the fixture does not support plugout"))


def bench_whose_operator_says(error: OperatorFailed) -> Any:
    async def unplug(*_: object, **__: object) -> None:
        raise error

    bench = SimpleNamespace(unplug=unplug, operator=SimpleNamespace(unplug=unplug))
    bench.settings = SimpleNamespace(evse_id=1, connector_id=1)
    bench.step = lambda *_: bench
    return bench


def test_in_ocpp_16() -> None:
    assert run_simulated(stop_session.can_unplug_at_station(bench_whose_operator_says(CableHeld("locked")))) is False
    for error in FAILURES:
        with pytest.raises(type(error)):
            run_simulated(stop_session.can_unplug_at_station(bench_whose_operator_says(error)))


def test_in_ocpp_201() -> None:
    run_simulated(e09._check_locked(bench_whose_operator_says(CableHeld("locked"))))
    for error in FAILURES:
        with pytest.raises(type(error)):
            run_simulated(e09._check_locked(bench_whose_operator_says(error)))
