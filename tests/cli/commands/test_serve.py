"""`plugfest serve`."""

import socket
import webbrowser
from pathlib import Path

import httpx
import pytest
from tests.web.site import chromium, needs_chromium, served

from plugfest.cli.execution import serve
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


def test_the_token_is_not_in_the_arguments_of_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: dict[str, str] = {}

    def browse(url: str) -> None:
        file = Path(url.removeprefix("file://"))
        assert file.parent.stat().st_mode & 0o077 == 0
        opened[url] = file.read_text(encoding="ascii")

    async def stopped_at_once(_: Path, listening: socket.socket, token: str) -> None:
        listening.close()

    monkeypatch.setattr(webbrowser, "open", browse)
    monkeypatch.setattr(serve, "run_site", stopped_at_once)
    monkeypatch.setenv("PLUGFEST_CONTROL_TOKEN", "secret")
    with pytest.raises(SystemExit, match="0"):
        main(["serve", "--listen", "0.0.0.0:0", "--open", "--data", str(tmp_path)])
    ((url, page),) = opened.items()
    assert "secret" not in url
    assert "/?token=secret" in page
    assert not Path(url.removeprefix("file://")).exists()


@needs_chromium
def test_a_page_that_leads_to_the_address_with_the_token_opens_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUGFEST_CONTROL_TOKEN", "secret")
    with served(tmp_path, "--listen", "0.0.0.0:0") as site, chromium() as browser:
        address = site.replace("0.0.0.0", "127.0.0.1")
        page = tmp_path / "open.html"
        tab = browser.new_page()
        page.write_text(f'<meta http-equiv="refresh" content="0; url={address}/?token=secret">')
        tab.goto(page.as_uri())
        tab.wait_for_url(f"{address}/bench")
        assert tab.locator("h1").is_visible()


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as left:
        main(["serve", "--listen", str(taken.getsockname()[1])])
    assert left.value.code == 2
    assert "choose another port with --listen" in capsys.readouterr().err
