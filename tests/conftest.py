"""What holds for every test: none of them touches what the user keeps."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data_of_nobody(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the key of the lab is made, instead of the user's own."""
    folder = tmp_path_factory.getbasetemp() / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    monkeypatch.delenv("PLUGFEST_LAB_KEY", raising=False)
    return folder
