"""Samples are taken at their intervals, also after one has failed."""

import asyncio

import pytest
from tests.station.station_bench import StationBench, cable_first, run_on_bench

from plugfest.hardware.ports import HardwareError, Reading, SignedReading
from plugfest.hardware.virtual.meter import VirtualMeter


class UnreliableMeter(VirtualMeter):
    """A meter that fails as often as `failures`."""

    def __init__(self, meter: VirtualMeter) -> None:
        self.__dict__.update(meter.__dict__)
        self.failures = 1

    def read(self) -> Reading:
        if self.failures:
            self.failures -= 1
            raise HardwareError("the meter does not answer")
        return super().read()

    def sign(self, note: str) -> SignedReading | None:
        return None


@pytest.mark.parametrize(
    "interval",
    [
        {"SampledDataCtrlr__TxUpdatedInterval": "60"},
        {"SampledDataCtrlr__TxUpdatedInterval": "0", "AlignedDataCtrlr__Interval": "60"},
    ],
)
def test_after_a_sample_that_fails_the_next_one_is_taken(interval: dict[str, str]) -> None:
    async def body(bench: StationBench) -> None:
        await cable_first(bench)
        evse = bench.hardware.evses[1]
        evse.meter = UnreliableMeter(evse.meter)
        before = len(bench.events)
        await asyncio.sleep(190)
        assert evse.meter.failures == 0
        assert len(bench.events) - before == 2

    run_on_bench(body, **interval)
