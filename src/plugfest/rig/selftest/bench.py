"""What all benches of the self-test in a process share, because it is slow to make and no station can change it."""

from functools import cache

from plugfest import clock
from plugfest.lab.case import CampaignCase
from plugfest.lab.selection import written_cases
from plugfest.products import load_product
from plugfest.security.pki import TestPki


@cache
def shared_pki() -> TestPki:
    """The PKI of the lab. An RSA key takes longer to generate than many cases to run."""
    return TestPki(clock.SystemClock().now())


@cache
def written_cases_of(product: str) -> tuple[CampaignCase, ...]:
    """Every case that has code and can be run with a product, by its name."""
    return tuple(written_cases(load_product(product)))
