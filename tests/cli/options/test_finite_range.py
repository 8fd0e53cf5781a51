"""Numbers of options."""

import click
import pytest

from plugfest.cli.options.finite_range import FiniteRange


@pytest.mark.parametrize("text", ["nan", "-nan", "inf", "1e999"])
def test_what_is_not_a_finite_number_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match=f"{text} is not a number"):
        FiniteRange().convert(text, None, None)


def test_a_number_in_the_range_is_accepted() -> None:
    assert FiniteRange(min=1.0).convert("1.5", None, None) == 1.5
