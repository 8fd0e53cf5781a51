"""A scenario at a virtual station: what each kind of step does, and what follows when it cannot be done."""

import asyncio
from datetime import datetime, timedelta
from random import Random

import pytest
from tests.scenarios.performing import PASSWORD, performed, without_tls
from tests.station.csms import Csms

from plugfest import Station, run
from plugfest.scenarios.branch import seconds_until
from plugfest.scenarios.events import ScenarioFailed
from plugfest.scenarios.file import parse_scenario
from plugfest.scenarios.runner import perform

HEAD = """\
summary = "test"
[tokens.drivers]
pattern = "0400##"
count = 30
"""


def scenario(*steps: str, **sequences: str) -> str:
    """The text of a file. Steps are separated by a bar, their lines by semicolons."""
    parts = [f"[[steps]]\n{each}" for each in steps]
    parts += [f"[[sequences.{name}]]\n{each}" for name, text in sequences.items() for each in text.split("|")]
    return HEAD + "\n".join(parts).replace(";", "\n")


PLUG_IN = 'do = "plug_in"; evse_id = 1'
SECOND_CAR = f'{PLUG_IN}; if_refused = "{{}}"'
ARRIVALS = 'do = "arrivals"; every = "1 min"; evse = "any free"; token = "drivers"; steps = "a"'
CHARGE = (
    'do = "present_token"|do = "plug_in"|do = "wait"; charging_state = "Charging"|do = "pause"; for = "30 min"'
    '|do = "present_token"|do = "wait"; transaction = false|do = "plug_out"'
)


def test_a_driver_charges_and_the_messages_are_those_of_the_station() -> None:
    text = scenario('do = "repeat"; times = 1; evse = 2; token = "drivers"; steps = "charge"', charge=CHARGE)
    done = performed(text)
    events = [each.payload for each in done.frames if each.action == "TransactionEvent" and each.kind == "call"]
    assert [events[0]["eventType"], events[-1]["eventType"]] == ["Started", "Ended"]
    assert {each["evse"]["id"] for each in events if "evse" in each} == {2}
    assert done.seconds == pytest.approx(1801, abs=3)


@pytest.mark.parametrize(
    ("policy", "operations"),
    [
        ("continue", ["0 plug_in evse_id=1", "0 plug_in evse_id=1: refused", "0 network_off"]),
        ("next", ["0 plug_in evse_id=1", "0 plug_in evse_id=1: refused"]),
        ("other", ["0 plug_in evse_id=1", "0 plug_in evse_id=1: refused", "0 network_on", "0 network_off"]),
    ],
)
def test_what_follows_a_refused_operation_is_its_policy(policy: str, operations: list[str]) -> None:
    other = {"other": 'do = "network_on"'} if policy == "other" else {}
    done = performed(scenario(PLUG_IN, SECOND_CAR.format(policy), 'do = "network_off"', **other))
    lines = done.lines("plug_in", "network_off", "network_on")
    assert [line.partition(": the cable")[0] for line in lines] == operations
    assert done.seconds is not None


def test_a_refused_operation_fails_the_scenario_unless_it_has_another_policy() -> None:
    with pytest.raises(ScenarioFailed) as error:
        performed(scenario(PLUG_IN, PLUG_IN))
    assert str(error.value).startswith(
        "test.toml:9: steps[1]: plug_in evse_id=1: the cable of connector 1 of EVSE 1 is"
    )


def test_a_wait_that_is_not_reached_fails_with_what_did_not_hold() -> None:
    with pytest.raises(ScenarioFailed, match=r"not reached within 5 s: .*no transaction is ongoing"):
        performed(scenario('do = "wait"; evse_id = 1; transaction = true; within = "5 s"'))


def test_next_ends_the_iteration_and_finally_is_performed_nevertheless() -> None:
    done = performed(
        scenario(
            'do = "repeat"; times = 2; evse = 1; steps = "a"; finally = "b"',
            a='do = "wait"; power = 1.0; within = "10 s"; if_not = "next"|do = "power_off"',
            b='do = "ev_suspend"',
        )
    )
    assert done.lines("ev_suspend", "power_off") == ["10 EVSE 1: ev_suspend", "20 EVSE 1: ev_suspend"]


def test_an_exception_in_one_branch_ends_the_others() -> None:
    with pytest.raises(ScenarioFailed):
        performed(
            scenario(
                'do = "parallel"; branches = ["a", "b"]',
                a='do = "pause"; for = "1 h"|do = "network_off"',
                b='do = "wait"; evse_id = 1; transaction = true',
            )
        )


def test_branches_are_performed_at_one_time() -> None:
    done = performed(
        scenario(
            'do = "parallel"; branches = ["a", "b"]',
            'do = "fault_on"; evse_id = 1',
            a='do = "pause"; for = "2 min"|do = "network_off"',
            b='do = "pause"; for = "1 min"|do = "ev_suspend"; evse_id = 1',
        )
    )
    operations = done.lines("network_off", "ev_suspend", "fault_on")
    assert operations == ["60 ev_suspend evse_id=1", "120 network_off", "120 fault_on evse_id=1"]


def test_each_evse_has_a_driver_of_its_own() -> None:
    text = scenario('do = "repeat"; times = 1; evse = "each"; token = "drivers"; steps = "charge"', charge=CHARGE)
    done = performed(text, "alpitronic-hyc-400-us")
    plugged = done.lines("plug_in")
    tokens = {line.rpartition("=")[2] for line in done.lines("present_token")}
    assert sorted(line.split(": ")[0].split(" ", 1)[1] for line in plugged) == [f"EVSE {each}" for each in (1, 2, 3, 4)]
    assert len(tokens) == 4


def test_drivers_take_a_free_evse_and_those_who_wait_too_long_leave() -> None:
    text = scenario(
        f'{ARRIVALS}; times = 5; queue = "10 s"',
        a=CHARGE,
    )
    done = performed(text)
    assert sorted(line.partition(": plug_in")[0].split(" ", 1)[1] for line in done.lines("plug_in")) == [
        "EVSE 1",
        "EVSE 2",
    ]
    assert sum("no EVSE is free within 10 s" in each for each in done.texts()) == 3


def test_a_driver_who_waits_has_the_evse_when_it_is_free() -> None:
    text = scenario(
        f'{ARRIVALS}; times = 3; queue = "1 h"',
        a=CHARGE,
    )
    starts = [int(line.split()[0]) for line in performed(text).lines("plug_in")]
    assert starts == [60, 120, pytest.approx(60 + 1801, abs=3)]


def test_no_iteration_begins_after_the_time_of_a_loop() -> None:
    text = scenario('do = "repeat"; for = "25 min"; steps = "a"', a='do = "network_off"|do = "pause"; for = "10 min"')
    done = performed(text)
    assert done.lines("network_off") == ["0 network_off", "600 network_off", "1200 network_off"]
    assert done.seconds == pytest.approx(1800, abs=1)


def test_a_loop_without_pauses_does_not_stop_time() -> None:
    done = performed(scenario('do = "repeat"; steps = "a"', a='do = "ev_suspend"; evse_id = 1'), hours=0.01)
    assert len(done.lines("ev_suspend")) == 36


def test_a_choice_follows_its_weights_and_the_seed() -> None:
    text = scenario(
        'do = "repeat"; times = 300; steps = "a"',
        a='do = "one_of"; choices = { b = 3, c = 1 }|do = "pause"; for = "1 s to 9 s"',
        b='do = "ev_suspend"; evse_id = 1',
        c='do = "ev_resume"; evse_id = 1',
    )
    one, same, other = (performed(text, seed=seed).lines("ev_suspend", "ev_resume") for seed in (1, 1, 2))
    assert one == same != other
    assert 190 < sum("ev_suspend" in line for line in one) < 260


def test_a_state_decides_which_sequence_is_performed() -> None:
    text = scenario(
        'do = "if"; powered = true; then = "a"; else = "b"',
        'do = "if"; evse_id = 1; transaction = true; then = "a"; else = "b"',
        a='do = "ev_suspend"; evse_id = 1',
        b='do = "ev_suspend"; evse_id = 2',
    )
    assert performed(text).lines("ev_suspend") == ["0 ev_suspend evse_id=1", "0 ev_suspend evse_id=2"]


def test_a_message_that_came_after_the_operation_counts_once() -> None:
    message = 'do = "wait_for_message"; action = "StatusNotification"; contains = { connectorStatus = "Occupied" }'
    text = scenario(PLUG_IN, 'do = "pause"; for = "5 s"', message, f'{message}; within = "3 s"; if_not = "continue"')
    waits = [each for each in performed(text).events if each[1].placed.do == "wait_for_message"]
    states = [(event.state.value, seconds) for seconds, event in waits]
    assert [state for state, _ in states] == ["begun", "done", "begun", "not reached"]
    assert states[1][1] == pytest.approx(5, abs=0.1)


def test_a_driver_waits_for_energy_since_the_arrival() -> None:
    text = scenario(
        'do = "repeat"; times = 2; evse = 1; token = "drivers"; steps = "a"',
        a=CHARGE.replace('do = "pause"; for = "30 min"', 'do = "wait"; energy = 5000; within = "3 h"'),
    )
    done = performed(text)
    plugged, unplugged = (
        [int(line.split()[0]) for line in done.lines(operation)] for operation in ("plug_in", "plug_out")
    )
    expected = 5000 / (3 * 230 * 32) * 3600
    for begin, end in zip(plugged, unplugged, strict=True):
        assert end - begin == pytest.approx(expected, rel=0.05)


def test_drivers_at_one_time_have_different_tokens_and_different_evses() -> None:
    text = scenario(
        'do = "repeat"; times = 20; steps = "two"',
        two='do = "parallel"; branches = ["one", "one"]',
        one='do = "repeat"; times = 1; evse = "any free"; token = "pair"; steps = "stay"',
        stay='do = "pause"; for = "1 min"|do = "ev_suspend"|do = "present_token"',
    ).replace("[tokens.drivers]", '[tokens.pair]\nids = ["04A1", "04A2"]\n[tokens.drivers]')
    lines = performed(text).lines("ev_suspend", "present_token")
    for at in range(60, 1200, 60):
        evses = {line.split(":")[0] for line in lines if line.startswith(f"{at} ") and "suspend" in line}
        tokens = {line[-4:] for line in lines if line.startswith(f"{at} ") and "token" in line}
        assert (len(evses), len(tokens)) == (2, 2)


def test_the_choices_of_a_branch_do_not_follow_from_what_another_does() -> None:
    def choices(pause: str) -> list[str]:
        text = scenario(
            'do = "parallel"; branches = ["a", "b"]',
            a='do = "repeat"; times = 20; steps = "choose"',
            choose='do = "one_of"; choices = { c = 1, d = 1 }|do = "pause"; for = "1 s to 9 s"',
            b='do = "repeat"; times = 20; steps = "other"',
            c='do = "ev_suspend"; evse_id = 1',
            d='do = "ev_resume"; evse_id = 1',
            other=f'do = "pause"; for = "{pause}"',
        )
        return performed(text).lines("ev_suspend", "ev_resume")

    assert choices("1 s to 2 s") == choices("3 s")
    assert len(choices("3 s")) == 20


def test_compressed_pauses_keep_the_times_of_day() -> None:
    text = scenario(
        'do = "pause"; for = "1 h"', 'do = "at"; time = "07:00"', 'do = "network_off"', 'do = "at"; time = "08:00"'
    )
    done = performed(text, compress=60.0)
    assert done.lines("network_off") == ["420 network_off"]
    assert done.seconds == pytest.approx(480, abs=2)


def test_compressed_iterations_keep_the_times_of_day() -> None:
    text = scenario(
        'do = "repeat"; times = 3; steps = "a"',
        a='do = "at"; time = "07:00"|do = "ev_suspend"; evse_id = 1|do = "pause"; for = "3 h"',
    )
    begins = [int(line.split()[0]) for line in performed(text, compress=60.0).lines("ev_suspend")]
    assert begins == [420, 420 + 1440, 420 + 2880]


def test_the_next_time_of_day_is_in_the_zone_of_the_scenario() -> None:
    now = datetime.fromisoformat("2026-03-28T12:00:00+00:00")  # summer time begins in the night after it
    assert seconds_until(7 * 3600.0, now, "UTC") == 19 * 3600
    assert seconds_until(7 * 3600.0, now, "Europe/Amsterdam") == 17 * 3600
    assert seconds_until(14 * 3600.0, now, "Europe/Amsterdam") == 3600
    assert seconds_until(12 * 3600.0, now + timedelta(microseconds=1), "UTC") == pytest.approx(86400, abs=1)


def test_a_scenario_that_is_cancelled_ends_at_once() -> None:
    text = scenario('do = "repeat"; evse = "each"; steps = "a"', a='do = "pause"; for = "1 d"')
    done = performed(text, hours=0.5)
    assert done.seconds is None
    assert done.texts().count("EVSE 1: pause for 24 h") == 1


def test_two_scenarios_at_one_station_do_not_disturb_each_other() -> None:
    one = parse_scenario(
        "one.toml", scenario(PLUG_IN, 'do = "wait"; evse_id = 1; connector_status = "Occupied"').encode()
    )
    two = parse_scenario("two.toml", scenario('do = "pause"; for = "1 s"', 'do = "plug_in"; evse_id = 2').encode())

    async def main() -> None:
        csms = Csms()
        await csms.listen()
        async with Station(without_tls("reference-ac"), csms=csms.url, password=PASSWORD) as station:
            await station.wait_for(accepted=True)
            await asyncio.gather(*(perform(station.virtual, each, Random(1)) for each in (one, two)))
            assert [each.connectors[0].cable_in_ev for each in station.state.evses] == [True, True]
        await csms.server.close()

    run(main(), simulated=True)
