"""Fixtures of every test: no test uses the files of the user."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine with other work is no fault of the code.
settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("any machine")


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """SIGINT interrupts tests, and what they start, also where the parent ignores it (`nohup make test &`)."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def private_data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the key of the lab, instead of the folder of the user."""
    folder = tmp_path_factory.getbasetemp() / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    monkeypatch.delenv("PLUGFEST_LAB_KEY", raising=False)
    return folder
