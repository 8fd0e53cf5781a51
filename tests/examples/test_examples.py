"""The examples run, and what they print and write is right."""

import csv
import subprocess
import sys
from pathlib import Path

from tests.docs.test_guides import ROOT


def run(folder: Path, name: str, *arguments: str) -> list[str]:
    program = ROOT / "examples" / name
    result = subprocess.run(
        [sys.executable, str(program), *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_session_is_recorded_and_drawn(tmp_path: Path) -> None:
    lines = run(tmp_path, "charging_session.py")
    assert lines[0].split() == ["minute", "kW", "A", "by", "phase", "%", "kWh"]
    recorded = rows(tmp_path / "session.csv")
    powers = [float(row["power"]) for row in recorded]
    assert max(powers) > 20_000
    assert powers[-2] < max(powers)  # the charge curve
    energies = [float(row["energy"]) for row in recorded]
    assert energies == sorted(energies)
    assert float(recorded[-1]["state_of_charge"]) >= 84
    counted = sum(power / 60 for power in powers[:-1])  # one sample a minute
    assert abs(counted - energies[-1]) < 0.02 * energies[-1]
    assert (tmp_path / "session.svg").read_text().startswith("<svg")


def test_direct_current_has_no_phases(tmp_path: Path) -> None:
    run(tmp_path, "charging_session.py", "alpitronic-hyc-200-eu")
    assert "current_l2" not in rows(tmp_path / "session.csv")[0]


def test_each_start_point_starts_the_transaction_later(tmp_path: Path) -> None:
    header, *lines = run(tmp_path, "start_points.py")
    assert header.split()[0] == "start"
    found = {line.split()[0]: line.split()[1:] for line in lines}
    assert list(found) == [
        "ParkingBayOccupancy",
        "EVConnected",
        "Authorized",
        "DataSigned",
        "PowerPathClosed",
        "EnergyTransfer",
    ]
    assert found["ParkingBayOccupancy"][0] == "EVDetected"
    assert found["EVConnected"][0] == "CablePluggedIn"
    assert found["Authorized"][0] == "Authorized"
    seconds = {point: int(values[1]) for point, values in found.items()}
    assert seconds["ParkingBayOccupancy"] < seconds["EVConnected"] < seconds["Authorized"] <= seconds["PowerPathClosed"]
    assert seconds["PowerPathClosed"] <= seconds["EnergyTransfer"]


def test_the_buses_of_a_depot_share_the_power(tmp_path: Path) -> None:
    first, *buses = run(tmp_path, "depot_night.py")
    assert first.startswith("highest power of the site: ")
    assert max(float(row["site_kw"]) for row in rows(tmp_path / "depot.csv")) <= 200.0
    assert len(buses) == 6
    assert all(line.endswith("battery 100 %") for line in buses)
