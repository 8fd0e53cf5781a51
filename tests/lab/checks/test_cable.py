"""A cable that the driver may unplug: a lock that holds it fails the case, an operator that fails does not."""

import pytest
from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab.case import case
from plugfest.lab.checks.cable import cable_released
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import CableHeld, OperatorFailed, Verdict


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (CableHeld("the cable is locked"), Verdict.FAIL),
        (OperatorFailed("no operator is available"), Verdict.INCONCLUSIVE),
    ],
)
def test_only_a_lock_that_holds_the_cable_fails_the_case(error: OperatorFailed, verdict: Verdict) -> None:
    @case("TC_X_01_CS")
    async def unplug(bench: Bench) -> None:
        bench.judge.check(True, "a check", "it holds")
        await bench.operator.plug_in(1, 1)
        await cable_released(bench, bench.operator.unplug(1, 1))

    errors = iter([error])

    async def acted(_: ScriptedStation, action: str) -> None:
        if action == "unplug" and (fault := next(errors, None)) is not None:
            raise fault

    (result,) = campaign(unplug, on_action=acted)
    assert result.verdict is verdict
    assert str(error) in result.findings[0].actual
