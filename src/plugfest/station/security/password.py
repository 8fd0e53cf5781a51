"""How a password of any bytes (1.6 security whitepaper A00.FR.205) is stored as text in the device model.

A password that is not UTF-8 is stored as hexadecimal digits, marked by a character that no password in a message can
contain. `device_model.keys` writes such values, `connection.connection_opener` reads them.
"""

from typing import Final

_MARK: Final = "\0"


def from_hexadecimal(digits: str) -> str:
    """The value of the variable for a password given in hexadecimal digits."""
    secret = bytes.fromhex(digits)
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return _MARK + digits
    return _MARK + digits if _MARK in text else text


def for_credentials(value: str) -> str:
    """The password for `plugfest.link`, where surrogates stand for bytes that are not UTF-8."""
    if not value.startswith(_MARK):
        return value
    return bytes.fromhex(value.removeprefix(_MARK)).decode(errors="surrogateescape")
