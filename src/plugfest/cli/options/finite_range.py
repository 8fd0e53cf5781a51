"""Numbers of options."""

from math import isfinite
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """A range without `nan`, which is neither above nor below its limits, and without `inf`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number
