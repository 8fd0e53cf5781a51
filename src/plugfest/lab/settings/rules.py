"""Which settings can be: their limits by OCPP version, their relations, and what the product under test has."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

import msgspec

from plugfest.lab.settings import LabSettings, Token
from plugfest.ocpp.v201 import types as t
from plugfest.products import Product
from plugfest.toml_files.problems import Key, Problem

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9*\-_=+|@.]*")
"""identifierString (Part 2, primitive data types), without the colon (A00.FR.204)."""

SECONDS_OF_A_DAY: Final = 86400
LONGEST: Final = {"customer_identifier": 64, "emaid": 36, "exi_response": 5600}
"""The lengths that the messages of OCPP 2.0.1 have room for."""

MUST_BE_ACCEPTED: Final = ("valid", "second", "same_group", "master_pass", "central")
"""Tokens whose status is Accepted; that of the others is another one."""


class _Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of an OCPP version. A password is measured in bytes."""

    identity: int | None
    password: tuple[int, int]
    token: int


_LIMITS: Final = {
    # 1.6: CiString20Type; whitepaper A00.FR.205. OCPP-J 1.6 has no maximum length of the identity.
    "1.6": _Limits(identity=None, password=(16, 20), token=20),
    # 2.0.1: Part 4 section 3.1.1; A00.FR.205 with erratum 2.1; IdTokenType.
    "2.0.1": _Limits(identity=48, password=(16, 64), token=36),
}

Problems = Iterator[Problem]
Rule = Callable[[LabSettings, Product], Problems]


def setting_problems(settings: LabSettings, product: Product) -> Problems:
    """What is wrong with settings for a campaign of this product."""
    for rule in RULES:
        yield from rule(settings, product)


def _identity(settings: LabSettings, product: Product) -> Problems:
    identity, longest = settings.identity, _LIMITS[product.ocpp_version].identity
    if not identity or ":" in identity:  # A00.FR.204: the colon is between user name and password
        yield Problem(("identity",), f'is "{identity}"', "write a name without a colon")
    elif longest is not None and len(identity) > longest:
        yield Problem(("identity",), f"has {len(identity)} characters", f"write at most {longest}")
    elif longest is not None and not _IDENTIFIER.fullmatch(identity):
        yield Problem(("identity",), f'is "{identity}"', "use only letters, digits and *-_=+|@. (identifierString)")


def _password(settings: LabSettings, product: Product) -> Problems:
    shortest, longest = _LIMITS[product.ocpp_version].password
    length = len(settings.password.encode())
    if not shortest <= length <= longest:
        yield Problem(("password",), f"has {length} bytes", f"write {shortest} to {longest} (A00.FR.205)")


def _addresses(settings: LabSettings, product: Product) -> Problems:
    if not settings.host:
        yield Problem(("host",), "is empty", "write the name or address of this computer")
    if settings.port and settings.port == settings.second_port:
        yield Problem(("second_port",), f"is {settings.port}, as port", "write another port, or 0 for any free one")
    yield from _one_of(settings.ocpp_interface, t.OCPPInterfaceEnumType, ("ocpp_interface",))


def _evse(settings: LabSettings, product: Product) -> Problems:
    evses = {evse.id: [connector.id for connector in evse.connectors] for evse in product.evses}
    if not evses:  # a PICS that is being written
        return
    if settings.evse_id not in evses:
        yield Problem(("evse_id",), f"is {settings.evse_id}", f"write an EVSE of the PICS: {_list(evses)}")
    elif settings.connector_id not in evses[settings.evse_id]:
        right = f"write a connector of EVSE {settings.evse_id} of the PICS: {_list(evses[settings.evse_id])}"
        yield Problem(("connector_id",), f"is {settings.connector_id}", right)


def _durations(settings: LabSettings, product: Product) -> Problems:
    tolerance = settings.time_tolerance
    least = (
        ("transaction_duration", settings.transaction_duration, tolerance, "time_tolerance"),
        ("sampled_interval", settings.sampled_interval, tolerance, "time_tolerance"),
        ("message_attempt_interval", settings.message_attempt_interval, 2 * tolerance, "twice time_tolerance"),
        ("display_offset", settings.display_offset, settings.display_watch, "display_watch"),
    )
    for name, value, bound, of in least:
        if value <= bound:
            yield Problem((name,), f"is {value:g}", f"write more than {bound:g}, which is {of}")
    if SECONDS_OF_A_DAY % settings.aligned_interval:
        right = f"write a divisor of {SECONDS_OF_A_DAY}, the seconds of a day"
        yield Problem(("aligned_interval",), f"is {settings.aligned_interval}", right)


def _tokens(settings: LabSettings, product: Product) -> Problems:
    tokens: dict[str, Token] = {name: getattr(settings.tokens, name) for name in settings.tokens.__struct_fields__}
    seen: dict[tuple[str, str], str] = {}
    for name, token in tokens.items():
        key: Key = ("tokens", name)
        yield from _one_of(token.type, t.IdTokenEnumType, (*key, "type"))
        yield from _one_of(token.status, t.AuthorizationStatusEnumType, (*key, "status"))
        yield from _length(token, key, product)
        if (token.status == "Accepted") is not (name in MUST_BE_ACCEPTED):
            right = 'write "Accepted"' if name in MUST_BE_ACCEPTED else "write the status for which it is used"
            yield Problem((*key, "status"), f'is "{token.status}"', right)
        other = seen.setdefault((token.id_token, token.type), name)
        if other != name:
            yield Problem((*key, "id_token"), f"is that of {other}", "use another token")
    group = tokens["same_group"].group
    if tokens["valid"].group != group:
        wrong = f'is "{tokens["valid"].group}"' if tokens["valid"].group else "is missing"
        yield Problem(("tokens", "valid", "group"), wrong, f'write "{group}", the group of same_group')


def _length(token: Token, key: Key, product: Product) -> Problems:
    """The length of an idToken and of its group. OCPP 1.6 has no Central tokens."""
    longest = _LIMITS[product.ocpp_version].token
    if product.ocpp_version == "1.6" and token.type == t.IdTokenEnumType.Central:
        return
    for name, text in (("id_token", token.id_token), ("group", token.group or "")):
        if len(text) > longest:
            yield Problem((*key, name), f"has {len(text)} characters", f"write at most {longest}")


def _identifiers(settings: LabSettings, product: Product) -> Problems:
    for name, longest in LONGEST.items():
        length = len(getattr(settings, name))
        if not 0 < length <= longest:
            yield Problem((name,), f"has {length} characters", f"write 1 to {longest}")
    try:
        base64.b64decode(settings.exi_response, validate=True)
    except (binascii.Error, ValueError):
        yield Problem(("exi_response",), "is not base64", "write the EXI stream in base64")


def _one_of(value: str, known: type[StrEnum], key: Key) -> Problems:
    names = [str(one) for one in known]
    if value not in names:
        near = get_close_matches(value, names, n=1, cutoff=0.4)
        yield Problem(key, f'is "{value}"', f"write {near[0] if near else 'one of ' + ', '.join(names)}")


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


RULES: Final[tuple[Rule, ...]] = (_identity, _password, _addresses, _evse, _durations, _tokens, _identifiers)
