"""The cases of a campaign, as the user has chosen them."""

from collections.abc import Sequence

from plugfest.lab.selection import Choice, cases, choose
from plugfest.lab.verdict import LabError
from plugfest.products import Product


def choose_cases(product: Product, case_ids: Sequence[str], shuffle: int | None) -> Choice:
    """The cases of a campaign. Raises LabError if there is none."""
    choice = choose(product, case_ids, shuffle=shuffle)
    if not choice.chosen:
        raise LabError(f"no case of the OCPP {product.ocpp_version} test plan applies to {product.slug}")
    if not cases(product.ocpp_version):
        raise LabError(f"the lab implements no case of OCPP {product.ocpp_version}: it cannot test {product.slug}")
    return choice
