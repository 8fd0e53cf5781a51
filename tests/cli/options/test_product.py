"""Every command takes its product as an argument, and as --product."""

import pytest
from tests.cli.test_main import run

COMMANDS = {
    "cases": (),
    "certify": (),
    "connect": ("--listen", "ws://127.0.0.1:1"),
    "station": ("--csms", "ws://127.0.0.1:1"),
    "selftest": ("--case", "TC_B_06"),
    "firmware build": ("--version", "1", "-o", "image.bin"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("given", [["chargepoint-ct400"], ["--product", "chargepoint-ct400"]])
def test_a_near_miss_is_suggested(command: str, given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*command.split(), *COMMANDS[command], *given) == 2
    assert (
        "chargepoint-ct400 is not a product of the catalog; did you mean chargepoint-ct4000" in capsys.readouterr().err
    )


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"selftest"}))
def test_a_product_is_given_once(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("chargepoint-ct4000", "--product", "chargepoint-ct4000")
    assert run(*command.split(), *COMMANDS[command], *given) == 2
    assert "give the product once" in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"selftest", "certify"}))
def test_a_missing_product_is_named_with_the_right_call(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*command.split(), *COMMANDS[command]) == 2
    assert (
        f"give a product of the catalog or a PICS file: plugfest {command} PRODUCT_OR_FILE" in capsys.readouterr().err
    )
