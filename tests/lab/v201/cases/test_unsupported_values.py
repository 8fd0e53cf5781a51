"""The values that the PICS lists as unsupported, for cases that send them."""

from types import SimpleNamespace
from typing import cast

import pytest

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.cases.unsupported_values import unsupported_values
from plugfest.lab.verdict import NotEquipped
from plugfest.products import load_product


def bench(product: str) -> Bench:
    return cast(Bench, SimpleNamespace(product=load_product(product)))


def test_the_values_are_those_of_the_pics() -> None:
    assert unsupported_values(bench("reference-dc"), "component_criteria") == ("Active",)


def test_a_product_without_the_table_names_it() -> None:
    with pytest.raises(NotEquipped, match=r"the PICS has no monitoring_base in its table \[unsupported\]"):
        unsupported_values(bench("reference-dc"), "monitoring_base")
