"""The file of a scenario: every error at once, each with its line."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.scenarios import library
from plugfest.scenarios.file import load_scenario, parse_scenario
from plugfest.scenarios.model import Pause, Repeat
from plugfest.toml_files.problems import InvalidFile


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as error:
        parse_scenario("my.toml", text.encode())
    return [str(each) for each in error.value.problems]


def step(lines: str, others: str = "") -> str:
    return f'summary = "x"\n[[steps]]\n{lines}\n{others}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (step('do = "plugin"'), 'my.toml:3: steps[0].do: is "plugin"; write "plug_in"'),
        (step("evse_id = 1"), "my.toml:2: steps[0].do: is missing; write one of wait"),
        (step('do = "pause"\nfor = "soon"'), 'my.toml:4: steps[0].for: is "soon"; write a duration'),
        (step('do = "pause"'), "my.toml:2: steps[0].for: is missing; add it"),
        (step('do = "plug_in"\nevse_id = "1"'), "my.toml:4: steps[0].evse_id: is a string; write a whole number"),
        (step('do = "plug_in"\nevse = 1'), "my.toml:4: steps[0].evse: is not a key of this table; write evse_id"),
        (step('do = "plug_in"'), "my.toml:2: steps[0].evse_id: is missing; write it, or give the driver an EVSE"),
        (step('do = "present_token"'), "my.toml:2: steps[0].id_token: is missing; write it, or give the driver a"),
        (
            step('do = "plug_in"\nevse_id = 1\nif_refused = "leave"'),
            'names "leave", which is not a sequence, or one of',
        ),
        (step('do = "wait"\nwithin = "1 s"'), "steps[0].do: has nothing to wait for"),
        (step('do = "wait"\npowered = "yes"'), "my.toml:4: steps[0].powered: is a string; write true or false"),
        (step('do = "if"\npowered = true'), "my.toml:2: steps[0].then: is missing"),
        (step('do = "repeat"\nsteps = "a"'), 'names "a", which is not a sequence; add it'),
        (step('do = "at"\ntime = "7"'), 'my.toml:4: steps[0].time: is "7"; write a time of day'),
        (step('do = "one_of"\nchoices = {}'), "my.toml:3: steps[0].do: names no sequence; name one"),
        (
            step('do = "one_of"\nchoices = {a = 0}'),
            "steps[0].choices.a: is 0; write a number greater than 0",
        ),
        (step('do = "parallel"\nbranches = []'), "my.toml:3: steps[0].do: names no sequence; name one"),
        (step('do = "ev_state_of_charge"\nevse_id = 1\npercent = "some"'), 'percent: is "some"; write a number'),
        (step('do = "power_off"', '[tokens.a]\ntype = "Local"'), "my.toml:4: tokens.a: has to have either ids or"),
        (
            step('do = "power_off"', '[tokens.a]\npattern = "04#"\ncount = 11'),
            "my.toml:5: tokens.a.pattern: has too few # for 11 tokens",
        ),
        (
            step('do = "power_off"', '[[sequences.a]]\ndo = "power_on"'),
            "my.toml:4: sequences.a: is not run by any step",
        ),
        ('summary = "x"\nzone = "Mars"\nsteps = []', 'my.toml:2: zone: is "Mars"; write an IANA time zone'),
        ('summary = ""\n[[steps]]\ndo = "power_on"', "my.toml:1: summary: is empty"),
        ('[[steps]]\ndo = "power_on"', "my.toml: summary: is missing"),
        ("steps = 1", "my.toml:1: steps: is a whole number"),
        ("[[steps]", "my.toml is not valid TOML: Expected"),
    ],
)
def test_an_error_names_the_line_and_what_to_write(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(text)), problems(text)


def test_every_error_is_found_at_once_in_the_order_of_the_lines() -> None:
    text = step('do = "pause"\nfor = "x"', '[[steps]]\ndo = "plugin"\n[[steps]]\ndo = "repeat"\nsteps = "no"')
    assert [problem.split(":")[1] for problem in problems(text)] == ["4", "6", "8"]


def test_a_sequence_that_runs_itself_is_refused() -> None:
    sequences = "".join(f'[[sequences.{one}]]\ndo = "run"\nsteps = "{two}"\n' for one, two in ("ab", "ba"))
    found = problems(step('do = "run"\nsteps = "a"', sequences))
    assert any('sequences.a: runs itself; use a step with do = "repeat"' in problem for problem in found)


def test_steps_have_their_place_and_their_values() -> None:
    text = step('do = "repeat"\ntimes = 2\nsteps = "a"', '[[sequences.a]]\ndo = "pause"\nfor = "5 min"')
    scenario = parse_scenario("my.toml", text.encode())
    (repeat,), (pause,) = scenario.steps, scenario.sequences["a"]
    assert isinstance(repeat.step, Repeat)
    assert (repeat.step.times, repeat.line) == (2, 3)
    assert pause.step == Pause(duration="5 min")
    assert (pause.key, pause.line) == (("sequences", "a", 0), 7)


def test_the_tokens_of_a_pattern_are_numbered() -> None:
    text = step('do = "power_on"', '[tokens.a]\npattern = "04#A#"\ncount = 12')
    tokens = parse_scenario("my.toml", text.encode()).tokens["a"]
    assert [tokens.at(index) for index in (0, 9, 11)] == ["040A0", "040A9", "041A1"]
    assert len(tokens) == 12


def test_a_name_that_is_not_in_the_library_has_a_suggestion() -> None:
    with pytest.raises(InvalidFile, match="comute is not a scenario of the library; write commute"):
        load_scenario("comute")
    with pytest.raises(InvalidFile, match=r"write one of commute, .* or the path of a .toml file"):
        load_scenario("xyz")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="cannot be read: No such file"):
        load_scenario(str(tmp_path / "no.toml"))


@given(st.sampled_from(library.names()), st.data())
def test_a_damaged_file_is_never_more_than_an_invalid_file(name: str, data: st.DataObject) -> None:
    lines = library.text(name).decode().splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(st.sampled_from(lines) | st.text(max_size=20) | st.just('do = "one_of"'))
    lines[at] = other
    text = "\n".join(lines).encode(errors="replace")
    with contextlib.suppress(InvalidFile):
        assert parse_scenario(name, text).steps
