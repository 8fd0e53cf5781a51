"""An impatient person never makes a conforming station fail. The tool runs more of these campaigns."""

import pytest
from tools.impatient_person import PRODUCTS, run

from plugfest.lab.verdict import Verdict


@pytest.mark.parametrize("seed", range(len(PRODUCTS)))
def test_no_case_fails_whatever_a_person_types_and_does(seed: int) -> None:
    product, results = run(seed)
    assert product == PRODUCTS[seed]
    assert {one.verdict for one in results} <= {Verdict.PASS, Verdict.INCONCLUSIVE}
