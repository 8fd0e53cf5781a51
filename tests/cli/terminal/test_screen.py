"""The terminal of a person at a station: the live line stays below everything that is printed."""

import io

import pytest
from rich.console import Console

from plugfest.cli.terminal.screen import BELL, PromptScreen, notify, ring


def console(*, terminal: bool = True) -> Console:
    return Console(file=io.StringIO(), width=60, force_terminal=terminal, color_system=None)


def shown(on: Console) -> list[str]:
    """The lines that a terminal shows after it has received all that was printed."""
    assert isinstance(on.file, io.StringIO)
    lines, row, column, saved = [""], 0, 0, (0, 0)
    text = on.file.getvalue()
    while text:
        for sequence, effect in (
            ("\x1b[2K", "erase"),
            ("\x1b[1A", "up"),
            ("\x1b[2m", ""),
            ("\x1b[0m", ""),
            ("\x1b7", "save"),
            ("\x1b8", "load"),
        ):
            if text.startswith(sequence):
                text = text.removeprefix(sequence)
                if effect == "erase":
                    lines[row] = ""
                row -= effect == "up"
                saved = (row, column) if effect == "save" else saved
                row, column = saved if effect == "load" else (row, column)
                break
        else:
            one, text = text[0], text[1:]
            if one == "\n":
                row, column = row + 1, 0
                lines += [""] * (row - len(lines) + 1)
            elif one == "\r":
                column = 0
            else:
                lines[row] = lines[row][:column].ljust(column) + one + lines[row][column + 1 :]
                column += 1
    return lines


def test_what_is_printed_comes_above_the_live_line() -> None:
    on = console()
    with PromptScreen(on) as screen:
        screen.print("[1] Plug in.")
        screen.show_live("9:30 left")
        on.print("PASS")
        assert shown(on) == ["[1] Plug in.", "PASS", "9:30 left", "> "]
        screen.show_live("9:29 left")
        assert shown(on) == ["[1] Plug in.", "PASS", "9:29 left", "> "]
    assert shown(on) == ["[1] Plug in.", "PASS", "", ""]


def test_after_a_line_of_input_the_live_line_is_drawn_anew() -> None:
    on = console()
    with PromptScreen(on) as screen:
        screen.show_live("9:30 left")
        assert isinstance(on.file, io.StringIO)
        on.file.write("no\n")  # the echo
        screen.note_input()
        screen.print("Not understood.")
        assert shown(on) == ["9:30 left", "> no", "Not understood.", "9:30 left", "> "]


def test_a_long_live_line_is_cut_and_has_no_control_characters() -> None:
    on = console()
    with PromptScreen(on) as screen:
        screen.show_live("\x1b[31m" + "x" * 100)
        assert len(shown(on)[0]) == 59
        assert "\x1b[31m" not in shown(on)[0]


def test_a_file_has_no_live_line() -> None:
    on = console(terminal=False)
    with PromptScreen(on, alerts=[ring(on)]) as screen:
        screen.show_live("9:30 left")
        screen.print("[1] Plug in.")
        screen.alert("Plug in.")
    assert isinstance(on.file, io.StringIO)
    assert on.file.getvalue() == "[1] Plug in.\n"


def test_the_bell_rings_at_each_instruction() -> None:
    on = console()
    PromptScreen(on, alerts=[ring(on)]).alert("Plug in.")
    assert isinstance(on.file, io.StringIO)
    assert on.file.getvalue() == BELL


def test_without_a_desktop_the_terminal_gets_the_notification(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    on = console()
    notify(on)("Plug in\n  at EVSE 1.\x07\x1b]")
    assert isinstance(on.file, io.StringIO)
    assert on.file.getvalue() == "\x1b]9;Plug in at EVSE 1.��]\a"
