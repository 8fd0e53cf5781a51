"""What a person configures, its QR code, and the time that is left."""

import asyncio
import io
import re

import pytest
from rich.console import Console

from plugfest import clock
from plugfest.cli.terminal.commissioning import CommissioningScreen, waiting, waiting_line
from plugfest.lab import events
from plugfest.lab.ports import Commissioning
from plugfest.lab.settings import LabSettings
from plugfest.rig.commissioning_guide import CommissioningGuide
from plugfest.security.profile import SecurityProfile

HALF_BLOCK = "\N{UPPER HALF BLOCK}"


def guide(identity: str = "CS1") -> CommissioningGuide:
    settings = LabSettings()
    commissioning = Commissioning(
        csms_url="ws://192.168.1.10:9000",
        identity=identity,
        password=settings.password,
        security_profile=SecurityProfile.BASIC,
        csms_roots=None,
    )
    return CommissioningGuide(commissioning, ["2.0.1"], None)


def console(width: int, *, terminal: bool = True) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=width, color_system=None)


def output(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


@pytest.mark.parametrize(
    ("width", "terminal", "qr", "shown"),
    [(120, True, True, True), (20, True, True, False), (120, False, True, False), (120, True, False, False)],
)
def test_a_terminal_that_is_wide_enough_shows_the_qr_code(width: int, terminal: bool, qr: bool, shown: bool) -> None:
    printed = console(width, terminal=terminal)
    CommissioningScreen(printed, qr=qr).show(guide())
    assert (HALF_BLOCK in output(printed)) is shown
    assert "ws://192.168.1.10:9000/CS1" in output(printed)


def test_the_same_code_is_shown_once() -> None:
    printed = console(120)
    screen = CommissioningScreen(printed, qr=True)
    screen.show_code(guide())
    once = output(printed)
    screen.show_code(guide())
    assert output(printed) == once
    screen.show_code(guide("CS2"))
    assert output(printed) != once


def test_a_terminal_shows_the_time_that_is_left_until_the_station_connects() -> None:
    printed = console(120)

    async def scenario() -> None:
        with waiting(printed, qr=False) as screen:
            screen.announce(guide(), 120)
            await asyncio.sleep(61.5)
            screen.on_event(events.StationConnected("192.168.1.20:1", ""))
            await asyncio.sleep(10)

    clock.run_simulated(scenario())
    left = re.findall("at most (.*?)\\. Ctrl-C", output(printed))
    assert (left[0], left[-1]) == ("2 min 00 s", "59 s")
    assert "station connected from 192.168.1.20:1" in output(printed)


def test_a_pipe_gets_one_line() -> None:
    printed = console(120, terminal=False)

    async def scenario() -> None:
        with waiting(printed, qr=False) as screen:
            screen.announce(guide(), 900)
            await asyncio.sleep(20)

    clock.run_simulated(scenario())
    assert output(printed).count("Waiting for the station") == 1
    assert waiting_line(900) == "Waiting for the station, at most 15 min 00 s. Ctrl-C ends."
