"""The plugin for pytest, in tests that pytest runs in a process of its own."""

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tests.docs.test_guides import ROOT

pytest_plugins = ["pytester"]

GUIDE = ROOT / "docs" / "guides" / "test-your-csms.md"
REGISTERED = any(each.value == "plugfest.pytest_plugin" for each in entry_points(group="pytest11"))
PLUGIN = () if REGISTERED else ("-p", "plugfest.pytest_plugin")


def programs() -> dict[str, str]:
    """The programs of the guide by their file names."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return dict(blocks)


@pytest.fixture
def tester(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with the CSMS of the guide."""
    pytester.makeconftest(programs()["conftest.py"])
    return pytester


def run(tester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return tester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider", *arguments, timeout=120)


def test_the_examples_of_the_guide_pass(tester: pytest.Pytester) -> None:
    found = programs()
    for name in ("test_charging.py", "test_sessions.py"):
        tester.makepyfile(**{name.removesuffix(".py"): found[name]})
    result = run(tester)
    result.assert_outcomes(passed=5)


def test_a_failed_test_shows_the_messages_and_keeps_the_frames(tester: pytest.Pytester, tmp_path: Path) -> None:
    tester.makepyfile(
        """
        import pytest

        @pytest.mark.plugfest("alpitronic-hyc-200-eu", password="a-password-of-16", simulated=True)
        async def test_fails(station):
            await station.plug_in()
            await station.wait_for(charging_state="Charging", within=10)
        """
    )
    result = run(tester, "--plugfest-frames", str(tmp_path))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*EVSE 1: charging_state is EVConnected*"])
    result.stdout.re_match_lines([r".*├─ BootNotification: PowerUp.*►│", r".*│◄─+ BootNotification answer: Accepted.*"])
    result.stdout.re_match_lines([r'-> \[2,"[^"]+","BootNotification",.*'])
    (file,) = tmp_path.iterdir()
    frames = [json.loads(line) for line in file.read_text().splitlines()]
    assert any("BootNotification" in frame["text"] for frame in frames)
    assert {frame["station"] for frame in frames} == {"CS001"}
    assert "a-password-of-16" not in file.read_text() + result.stdout.str().partition("messages of")[2]


def test_a_test_runs_with_each_product_of_the_marker(tester: pytest.Pytester) -> None:
    tester.makepyfile(
        """
        import asyncio

        import pytest

        @pytest.mark.plugfest("alpitronic-hyc-200-eu", "chargepoint-ct4000", password="a-password-of-16")
        async def test_boots(station):
            assert station.state.accepted

        @pytest.mark.plugfest(ocpp="1.6")
        def test_product(lab):
            assert lab.product.ocpp_version == "1.6"

        @pytest.mark.anyio
        @pytest.mark.plugfest(password="a-password-of-16")
        async def test_by_anyio(station, anyio_backend_name):
            assert (anyio_backend_name, station.state.accepted) == ("asyncio", True)

        @pytest.mark.anyio
        @pytest.mark.plugfest(password="a-password-of-16", simulated=True)
        async def test_a_day_in_simulated_time(station):
            began = station.now
            await asyncio.sleep(86400)
            assert (station.now - began).total_seconds() >= 86400
        """
    )
    result = run(tester, "-k", "not trio")
    result.assert_outcomes(passed=5)


def test_what_is_missing_is_named(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        async def test_without_a_csms(station):
            pass

        @pytest.mark.plugfest(csms="ws://127.0.0.1:1", password="a-password-of-16")
        def test_that_is_no_coroutine(stations):
            pass
        """
    )
    result = run(pytester)
    result.stdout.fnmatch_lines(["*the URL of the CSMS is missing*", "*async def*"], consecutive=False)
    assert result.ret != 0
