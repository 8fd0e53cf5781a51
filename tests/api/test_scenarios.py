"""A scenario in a program."""

from pathlib import Path

import pytest
from tests.api.test_station import online
from tests.station.csms import Csms

from plugfest import NotReached, UnusableSettings, run


def test_a_scenario_is_performed_until_it_ends() -> None:
    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            steps: list[str] = []
            await station.perform("single-charge", seed=7, on_step=lambda event: steps.append(event.placed.do))
            assert steps.count("plug_in") == steps.count("plug_out") == 1
            (ended,) = station.frames.of("TransactionEvent", eventType="Ended")
            assert ended.payload["transactionInfo"]["stoppedReason"] == "Local"

    run(main(), simulated=True)


def test_errors_of_a_scenario_are_those_of_the_python_api(tmp_path: Path) -> None:
    failing = tmp_path / "failing.toml"
    failing.write_text('summary = "x"\n[[steps]]\ndo = "plug_out"\nevse_id = 1\n')

    async def main() -> None:
        async with online("reference-ac", Csms()) as station:
            with pytest.raises(UnusableSettings, match="nope is not a scenario of the library"):
                await station.perform("nope")
            for factor in (0.0, 0.5, float("nan"), float("inf")):
                with pytest.raises(UnusableSettings, match=f"compress is 1 or more, not {factor:g}"):
                    await station.perform("single-charge", compress=factor)
            with pytest.raises(UnusableSettings, match="does not receive the state of charge"):
                await station.perform("motorway-holiday")
            with pytest.raises(
                NotReached, match=r"failing.toml:3: steps\[0\]: plug_out evse_id=1: nothing is plugged in"
            ):
                await station.perform(failing)

    run(main(), simulated=True)
