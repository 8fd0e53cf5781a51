"""Numbers that a station reports."""

import math
import re
from typing import Final

_INTEGER: Final = re.compile(r"-?\d+", re.ASCII)

_MAX_EXPONENT: Final = 308
_MIN_EXPONENT: Final = -400


def number(text: str) -> float | None:
    """The number in a text; None if it is not a finite one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def integer(text: str) -> int | None:
    """The integer in a text, such as the value of a key or variable; None if it is not one."""
    return int(text) if _INTEGER.fullmatch(text) else None


def power_of_ten(exponent: int) -> float:
    """Ten to this power. A multiplier may be any integer: infinite or zero beyond the range of a float."""
    return math.inf if exponent > _MAX_EXPONENT else 10.0 ** max(exponent, _MIN_EXPONENT)
