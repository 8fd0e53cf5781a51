"""`plugfest serve`."""

import socket
from pathlib import Path

import httpx
import pytest
from tests.web.site import served

from plugfest.cli.main import main


def test_the_address_of_the_loopback_interface_has_no_token(tmp_path: Path) -> None:
    with served(tmp_path) as site:
        assert site.startswith("http://127.0.0.1:")
        assert httpx.get(f"{site}/unknown").status_code == 404


def test_other_machines_need_the_token_that_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGFEST_CONTROL_TOKEN", "secret")
    with served(tmp_path, "--listen", "0.0.0.0:0") as site:
        address = site.replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{address}/unknown").status_code == 401
        assert httpx.get(f"{address}/unknown", headers={"Authorization": "Bearer secret"}).status_code == 404


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as left:
        main(["serve", "--listen", str(taken.getsockname()[1])])
    assert left.value.code == 2
    assert "choose another port with --listen" in capsys.readouterr().err
