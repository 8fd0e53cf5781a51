"""Values of a request that the station does not support."""

from plugfest.lab.expectations import Matcher, has, meets, optional
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import NotEquipped

CODES = frozenset({"unsupportedparam", "invalidvalue"})

UNSUPPORTED: Matcher = optional(
    has(reason_code=meets("UnsupportedParam or InvalidValue", lambda value: str(value).lower() in CODES))
)
"""The check of the statusInfo of a response to such a value; reason codes have any case (StatusInfoType)."""


def unsupported_values(bench: Bench, key: str) -> tuple[str, ...]:
    """The values in the PICS, under a key of its table [unsupported]: every value is valid in the schema.

    Raises NotEquipped if there is none.
    """
    values = bench.product.unsupported.get(key, ())
    if not values:
        raise NotEquipped(f"the PICS has no {key} in its table [unsupported]")
    return values
