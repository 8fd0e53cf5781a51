"""Numbers that a station reports as text."""

import math


def number(text: str) -> float | None:
    """The number in a text; None if it is not a finite one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
