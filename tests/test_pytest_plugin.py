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


def test_a_failed_test_shows_what_its_station_does_wrong(tester: pytest.Pytester) -> None:
    tester.makepyfile(
        """
        import pytest

        wrong = ("doubled:rate=1,message=BootNotification",)

        @pytest.mark.plugfest("reference-ac", password="a-password-of-16", simulated=True, misbehave=wrong)
        async def test_fails(station):
            assert not station.misbehaviours
        """
    )
    result = run(tester)
    result.stdout.fnmatch_lines(
        ["*misbehaviours of CS001*", "doubled:rate=1,*: a frame arrives twice", "doubled: BootNotification sent"]
    )


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


def test_the_closest_marker_with_a_product_chooses_it(tester: pytest.Pytester) -> None:
    tester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.plugfest("chargepoint-ct4000", password="a-password-of-16", simulated=True)

        @pytest.mark.plugfest(misbehave=("leaves-gaps-in-seqno",))
        async def test_settings_leave_the_product(station):
            assert station.product.slug == "chargepoint-ct4000"
            assert station.misbehaviours

        @pytest.mark.plugfest(ocpp="1.6")
        def test_a_version_replaces_the_product(lab):
            assert lab.product.ocpp_version == "1.6"
        """
    )
    run(tester).assert_outcomes(passed=2)


def test_no_two_stations_of_a_test_have_the_same_identity(tester: pytest.Pytester) -> None:
    tester.makepyfile(
        """
        import pytest
        from plugfest import UnusableSettings

        pytestmark = pytest.mark.plugfest("reference-ac", password="a-password-of-16", simulated=True)

        async def test_further_stations(station, stations):
            second, third = await stations(2)
            (fourth,) = await stations(1, identity="DEPOT-{}")
            found = [each.identity for each in (station, second, third, fourth)]
            assert found == ["CS001", "CS002", "CS003", "DEPOT-1"]

        @pytest.mark.plugfest(identity="BAY-{}")
        async def test_a_pattern_of_the_marker(stations, station):
            (second,) = await stations(1)
            assert (station.identity, second.identity) == ("BAY-1", "BAY-2")

        @pytest.mark.plugfest(identity="ONE")
        async def test_an_identity_without_a_number(stations):
            (one,) = await stations(1)
            assert one.identity == "ONE"
            with pytest.raises(UnusableSettings, match="'ONE' gives stations the same identity.*ONE{}"):
                await stations(1)
            with pytest.raises(UnusableSettings, match="no pattern"):
                await stations(1, identity="{a}")
        """
    )
    run(tester).assert_outcomes(passed=3)


def test_tests_without_a_station_need_no_other_plugin_either(tester: pytest.Pytester) -> None:
    tester.makepyfile(
        """
        import asyncio
        import pytest
        from plugfest import Station

        async def test_of_the_lab(lab):
            assert (await lab.run("TC_E_09")).passed

        @pytest.mark.plugfest(simulated=True)
        async def test_with_a_station_of_its_own(csms_url):
            async with csms_url as url, Station("reference-ac", csms=url, password="a-password-of-16") as station:
                await station.wait_for(accepted=True)
                await asyncio.sleep(3600)
        """
    )
    run(tester, "-p", "no:anyio", "-p", "no:asyncio").assert_outcomes(passed=2)


def test_what_is_wrong_is_one_line_and_ends_in_the_line_of_the_test(tester: pytest.Pytester) -> None:
    tester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.plugfest("reference-ac", password="a-password-of-16", simulated=True)

        @pytest.mark.plugfest("reference-acc")
        async def test_product(station):
            pass

        @pytest.mark.plugfest(passwrd="x")
        async def test_setting(station):
            pass

        @pytest.mark.plugfest(csms="ws://127.0.0.1:1")
        async def test_connection(station):
            pass

        @pytest.mark.plugfest("reference-acc")
        def test_lab(lab):
            pass

        async def test_wait(station):
            await station.wait_for(charging_state="Charging", within=1)
        """
    )
    result = run(tester)
    result.assert_outcomes(errors=3, failed=2)
    text = result.stdout.str()
    assert "\nreference-acc is not a product of the catalog; did you mean reference-ac" in text
    assert "\nplugfest.Station has no setting passwrd; did you mean password?" in text
    assert "\nnot reached within 30 s: accepted=true (accepted is false); the station is not connected" in text
    assert "Connection refused" in text
    assert "api/station.py" not in text
    assert "During handling" not in text
