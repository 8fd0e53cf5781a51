"""Whoever was asked to pull at a cable and was too slow with it says nothing about its lock."""

from types import SimpleNamespace
from typing import Any

import pytest

from plugfest.clock import run_simulated
from plugfest.lab.cases.v16.core import stop_session
from plugfest.lab.cases.v201.e_transactions import e09_cable_disconnected_stop_transaction as e09
from plugfest.lab.verdict import HandsFailed, HandsTooSlow


def bench_whose_hands_say(error: HandsFailed) -> Any:
    async def plug_out(*_: object, **__: object) -> None:
        raise error

    bench = SimpleNamespace(plug_out=plug_out, operator=SimpleNamespace(plug_out=plug_out))
    bench.settings = SimpleNamespace(evse_id=1, connector_id=1)
    bench.step = lambda *_: bench
    return bench


def test_in_ocpp_16() -> None:
    assert run_simulated(stop_session.cable_comes_out(bench_whose_hands_say(HandsFailed("locked")))) is False
    with pytest.raises(HandsTooSlow):
        run_simulated(stop_session.cable_comes_out(bench_whose_hands_say(HandsTooSlow("no answer"))))


def test_in_ocpp_201() -> None:
    run_simulated(e09._held(bench_whose_hands_say(HandsFailed("locked"))))
    with pytest.raises(HandsTooSlow):
        run_simulated(e09._held(bench_whose_hands_say(HandsTooSlow("no answer"))))
