"""Which settings can be, for each OCPP version."""

import msgspec
import pytest

from plugfest.lab.settings import LabSettings, Token, Tokens
from plugfest.lab.settings.rules import setting_problems
from plugfest.products import load_product, product_names

V16, V201 = "reference-16-ac", "reference-ac"


def problems(product: str, **changes: object) -> list[str]:
    settings = msgspec.structs.replace(LabSettings(), **changes)
    return [
        f"{'.'.join(map(str, one.key))}: {one.wrong}; {one.right}"
        for one in setting_problems(settings, load_product(product))
    ]


@pytest.mark.parametrize("product", product_names())
def test_the_default_settings_are_valid_for_every_product(product: str) -> None:
    assert problems(product) == []


@pytest.mark.parametrize(
    ("product", "identity", "expected"),
    [
        (V201, "x" * 48, []),
        (V201, "x" * 49, ["identity: has 49 characters; write at most 48"]),
        (V201, "RDAM 123", ['identity: is "RDAM 123"; use only letters, digits and *-_=+|@. (identifierString)']),
        (V201, "a:b", ['identity: is "a:b"; write a name without a colon']),
        (V16, "RDAM 123", []),
        (V16, "x" * 60, []),
        (V16, "a:b", ['identity: is "a:b"; write a name without a colon']),
        (V16, "", ['identity: is ""; write a name without a colon']),
    ],
)
def test_an_identity_has_the_characters_and_the_length_of_its_version(
    product: str, identity: str, expected: list[str]
) -> None:
    assert problems(product, identity=identity) == expected


@pytest.mark.parametrize(
    ("product", "length", "valid"),
    [
        *((V201, length, valid) for length, valid in ((15, False), (16, True), (64, True), (65, False))),
        *((V16, length, valid) for length, valid in ((15, False), (16, True), (20, True), (21, False))),
    ],
)
def test_a_password_has_the_length_of_its_version(product: str, length: int, valid: bool) -> None:
    assert (problems(product, password="p" * length) == []) is valid


def test_a_password_is_measured_in_bytes_and_not_repeated() -> None:
    assert problems(V16, password="ä" * 11) == ["password: has 22 bytes; write 16 to 20 (A00.FR.205)"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"port": 9000, "second_port": 9000}, "second_port: is 9000, as port"),
        ({"host": ""}, "host: is empty"),
        ({"ocpp_interface": "Wire0"}, 'ocpp_interface: is "Wire0"; write Wire'),
        ({"evse_id": 3}, "evse_id: is 3; write an EVSE of the PICS: 1, 2"),
        ({"connector_id": 9}, "connector_id: is 9; write a connector of EVSE 1 of the PICS: 1"),
        ({"transaction_duration": 4.0}, "transaction_duration: is 4; write more than 4, which is time_tolerance"),
        ({"message_attempt_interval": 8}, "message_attempt_interval: is 8; write more than 8, which is twice"),
        ({"display_offset": 30}, "display_offset: is 30; write more than 30, which is display_watch"),
        ({"aligned_interval": 7}, "aligned_interval: is 7; write a divisor of 86400"),
        ({"customer_identifier": "x" * 65}, "customer_identifier: has 65 characters; write 1 to 64"),
        ({"emaid": ""}, "emaid: has 0 characters; write 1 to 36"),
        ({"exi_response": "not base64"}, "exi_response: is not base64"),
    ],
)
def test_a_setting_that_cannot_be_is_a_problem(changes: dict[str, object], expected: str) -> None:
    (line,) = problems(V201, **changes)
    assert line.startswith(expected)


def with_token(name: str, token: Token) -> Tokens:
    return msgspec.structs.replace(Tokens(), **{name: token})


@pytest.mark.parametrize(
    ("product", "name", "token", "expected"),
    [
        (V201, "second", Token("1", "RFID"), 'tokens.second.type: is "RFID"; write '),
        (V201, "blocked", Token("1", "ISO14443", "Stolen"), 'tokens.blocked.status: is "Stolen"; write '),
        (V201, "second", Token("x" * 37, "KeyCode"), "tokens.second.id_token: has 37 characters; write at most 36"),
        (V16, "second", Token("x" * 21, "ISO14443"), "tokens.second.id_token: has 21 characters; write at most 20"),
        (V201, "second", Token("1", "ISO14443", "Blocked"), 'tokens.second.status: is "Blocked"; write "Accepted"'),
        (V201, "expired", Token("1", "ISO14443"), 'tokens.expired.status: is "Accepted"; write the status'),
        (V201, "second", Token("10000001", "ISO14443"), "tokens.second.id_token: is that of valid; use another token"),
        (V201, "same_group", Token("1", "ISO14443", group="B"), 'tokens.valid.group: is "FLEET-A"; write "B"'),
    ],
)
def test_a_token_that_cannot_be_is_a_problem(product: str, name: str, token: Token, expected: str) -> None:
    (line,) = problems(product, tokens=with_token(name, token))
    assert line.startswith(expected)
