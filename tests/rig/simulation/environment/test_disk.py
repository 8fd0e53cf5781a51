"""A disk that is full, and one that loses power at a write."""

import pytest

from plugfest.rig.simulation.environment.disk import PowerLost, SimulatedDisk


@pytest.mark.parametrize(("written", "left"), [(False, ["a"]), (True, ["a", "b"])])
def test_power_is_lost_before_or_after_a_write(written: bool, left: list[str]) -> None:
    disk, losses = SimulatedDisk(), []
    records = disk.records("values", str)
    records.put("1", "a")
    disk.lose_power_at(1, lambda: losses.append(1), written=written)
    with pytest.raises(PowerLost):
        records.put("2", "b")
    with pytest.raises(PowerLost):
        records.get("1")
    disk.restore()
    assert losses == [1]
    assert records.values() == left


def test_a_transaction_that_power_interrupts_is_rolled_back() -> None:
    disk = SimulatedDisk()
    records = disk.records("values", str)
    disk.lose_power_at(1, lambda: None, written=False)
    with pytest.raises(PowerLost), disk.transaction():
        records.put("1", "a")
    disk.restore()
    assert records.values() == []
    with disk.transaction():
        records.put("1", "b")
    assert records.values() == ["b"]


def test_a_full_disk_refuses_more_data_until_there_is_space() -> None:
    disk = SimulatedDisk()
    records = disk.records("values", str)
    disk.fill()
    with pytest.raises(Exception, match="full"):
        records.put("1", "a" * 100_000)
    disk.free()
    records.put("1", "a" * 100_000)
    assert len(records) == 1
