"""The password of HTTP Basic authentication, which may be any bytes (1.6 security whitepaper A00.FR.205).

It is a variable of the device model, whose values are text. What is no text in UTF-8 stands there as its hexadecimal
digits behind a character that no password in a message can have.
"""

from typing import Final

_MARK: Final = "\0"


def from_hexadecimal(digits: str) -> str:
    """The value of the variable for a password in hexadecimal digits."""
    secret = bytes.fromhex(digits)
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return _MARK + digits
    return _MARK + digits if _MARK in text else text


def for_credentials(value: str) -> str:
    """The password for a link, which writes bytes that are no UTF-8 as surrogates."""
    if not value.startswith(_MARK):
        return value
    return bytes.fromhex(value.removeprefix(_MARK)).decode(errors="surrogateescape")
