"""Steps that a product cannot do are found before the start."""

import pytest

from plugfest.products import load_product, product_names
from plugfest.scenarios import library
from plugfest.scenarios.file import load_scenario, parse_scenario
from plugfest.scenarios.possible import check_possible
from plugfest.station.setup.virtual_hardware import virtual_hardware
from plugfest.toml_files.problems import InvalidFile


def problems(steps: str, product: str = "chargepoint-ct4000") -> list[str]:
    scenario = parse_scenario("my.toml", f'summary = "x"\n[[steps]]\n{steps}'.encode())
    try:
        check_possible(scenario, load_product(product))
    except InvalidFile as error:
        return [str(each) for each in error.problems]
    return []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ('do = "plug_in"\nevse_id = 3', "chargepoint-ct4000 has no EVSE 3; write one of 1, 2"),
        ('do = "plug_in"\nevse_id = 1\nconnector_id = 2', "no connector 2 at EVSE 1; write one of 1"),
        ('do = "wait"\nevse_id = 9\npower = 1.0', "has no EVSE 9"),
        ('do = "park"\nevse_id = 1', "EVSE 1 of chargepoint-ct4000 has no parking bay sensor; remove the step"),
        ('do = "lock_jammed"\nevse_id = 1', "has no retention lock"),
        ('do = "ev_stop"\nevse_id = 1', "has no ISO 15118"),
        (
            'do = "press_start_button"\nevse_id = 1',
            "cannot read tokens of type NoAuthorization; use a token of",
        ),
        ('do = "present_token"\nid_token = "04"\ntype = "KeyCode"', "cannot read tokens of type KeyCode"),
        ('do = "present_token"\nid_token = "hello"', "has only hexadecimal digits; write another token"),
        (
            'do = "wait"\nconnector_status = "Preparing"',
            "OCPP 2.0.1 has no connector status Preparing; write one",
        ),
        ('do = "wait"\ncharging_state = "Chargin"', "OCPP 2.0.1 has no charging state Chargin"),
        ('do = "wait_for_message"\naction = "StartTransaction"', "OCPP 2.0.1 has no action StartTransaction"),
        (
            'do = "set_measured_value"\ncomponent = "EVSE"\nvariable = "Powr"\nvalue = 1\nevse_id = 1',
            "EVSE.Powr of EVSE 1 cannot be set; write one of EVSE.Power",
        ),
        (
            'do = "set_measured_value"\ncomponent = "EVSE"\nvariable = "Power"\nvalue = 1',
            "EVSE.Power is measured at",
        ),
    ],
)
def test_an_impossible_step_is_one_line_with_its_place(steps: str, expected: str) -> None:
    (problem,) = problems(steps)
    assert problem.startswith("my.toml:3: steps[0]: ")
    assert expected in problem


@pytest.mark.parametrize(
    "steps",
    [
        'do = "plug_in"\nevse_id = 2',
        'do = "wait"\nconnector_status = "Occupied"',
        'do = "set_measured_value"\ncomponent = "EVSE"\nvariable = "Power"\nvalue = "none"\nevse_id = 1',
        'do = "external_limit"\nwatts = "1000 to 2000"',
    ],
)
def test_a_possible_step_has_no_problem(steps: str) -> None:
    assert problems(steps) == []


def test_a_step_has_to_be_possible_at_every_evse_that_a_driver_may_have() -> None:
    text = 'do = "repeat"\nevse = "each"\nsteps = "a"\n[[sequences.a]]\ndo = "park"'
    (problem,) = problems(text, "reference-16-ac")
    assert "my.toml:7: sequences.a[0]: park: EVSE 1 of reference-16-ac has no parking bay sensor" in problem
    assert problems(text, "reference-ac") == []


def test_the_tokens_of_a_driver_are_checked() -> None:
    tokens = '[tokens.t]\nids = ["0411", "x"]\n[[sequences.a]]\ndo = "present_token"'
    text = f'do = "repeat"\nevse = 1\ntoken = "t"\nsteps = "a"\n{tokens}'
    (problem,) = problems(text)
    assert '"x" is not possible' in problem


@pytest.mark.parametrize("product", product_names())
def test_a_scenario_of_the_library_is_possible_unless_the_product_lacks_what_it_needs(product: str) -> None:
    impossible = {}
    for name in library.names():
        try:
            check_possible(load_scenario(name), load_product(product))
        except InvalidFile as error:
            impossible[name] = str(error.problems[0])
    if product == "btc-power-gen4-l3a":  # no reader: its CSMS starts all transactions
        assert set(impossible) == set(library.names())
    elif not virtual_hardware(load_product(product)).evses[1].reports_state_of_charge:
        assert set(impossible) == {"motorway-holiday"}
        assert "does not receive the state of charge" in impossible["motorway-holiday"]
    else:
        assert impossible == {}
