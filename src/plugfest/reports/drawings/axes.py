"""The size of charts, and their axes."""

import math
from typing import Final

WIDTH: Final = 440
LEFT, RIGHT = 8.0, 432.0
FONT_SIZE, LARGE_FONT_SIZE = 11, 12
MIDDLE, END = ' text-anchor="middle"', ' text-anchor="end"'
TIME_UNITS: Final = (("h", 3600.0), ("min", 60.0), ("s", 1.0))


def round_step(extent: float, max_steps: int) -> float:
    """A round step (1, 2, 5 or 10 times a power of ten) of which at most `max_steps` fit into the extent."""
    minimum = max(extent, 1e-6) / max_steps
    power = 10.0 ** math.floor(math.log10(minimum))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= minimum * 0.9999)
