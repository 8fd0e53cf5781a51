"""The identifiers that readers accept."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugfest.station.model.authorization.token_format import TOKEN_FORMAT_16, TOKEN_FORMAT_201, TokenFormat

IDENTIFIER = string.ascii_letters + string.digits + "*-_=:+|@."
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


@given(st.text(PRINTABLE, min_size=1, max_size=20))
def test_1_6_accepts_up_to_20_printable_ascii_characters(id_token: str) -> None:
    assert TOKEN_FORMAT_16.problem(id_token, "ISO14443") is None


@given(st.text(IDENTIFIER, min_size=1, max_size=36), st.sampled_from(["KeyCode", "Local", "MacAddress"]))
def test_2_0_1_accepts_up_to_36_characters_of_an_identifier_string(id_token: str, kind: str) -> None:
    assert TOKEN_FORMAT_201.problem(id_token, kind) is None


@given(st.text(string.hexdigits, min_size=1, max_size=36), st.sampled_from(["ISO14443", "ISO15693"]))
def test_2_0_1_accepts_the_hexadecimal_digits_of_a_card(id_token: str, kind: str) -> None:
    assert TOKEN_FORMAT_201.problem(id_token, kind) is None


@pytest.mark.parametrize(
    ("token_format", "allowed", "refused"),
    [
        (TOKEN_FORMAT_16, PRINTABLE, "1.6 allows"),
        (TOKEN_FORMAT_201, IDENTIFIER, "2.0.1 allows"),
    ],
)
def test_any_other_character_is_refused_wherever_it_stands(
    token_format: TokenFormat, allowed: str, refused: str
) -> None:
    for other in {*map(chr, range(0x180)), "\u0663", "\U0001f600"} - set(allowed):
        for id_token in (other, f"A{other}", f"{other}A", f"A{other}B"):
            assert refused in (token_format.problem(id_token, "KeyCode") or "")


@pytest.mark.parametrize(
    ("token_format", "id_token", "kind", "problem"),
    [
        (TOKEN_FORMAT_16, "", "ISO14443", "the token is empty"),
        (TOKEN_FORMAT_201, "", "KeyCode", "the token is empty"),
        (TOKEN_FORMAT_16, "A" * 21, "ISO14443", "the token has 21 characters; OCPP 1.6 allows 20"),
        (TOKEN_FORMAT_201, "A" * 37, "ISO14443", "the token has 37 characters; OCPP 2.0.1 allows 36"),
        (TOKEN_FORMAT_201, "zz", "ISO14443", "a token of type ISO14443 has only hexadecimal digits"),
        (TOKEN_FORMAT_201, "A-B", "ISO15693", "a token of type ISO15693 has only hexadecimal digits"),
        (TOKEN_FORMAT_201, "A", "NoAuthorization", "a token of type NoAuthorization is empty"),
        (TOKEN_FORMAT_201, "", "NoAuthorization", None),  # C02.FR.01
    ],
)
def test_a_refusal_has_its_reason(token_format: TokenFormat, id_token: str, kind: str, problem: str | None) -> None:
    assert token_format.problem(id_token, kind) == problem
