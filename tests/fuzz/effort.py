"""How much is fuzzed: in `make test` little, and the same each time; in `make fuzz` more, and something new."""

import os
from collections import Counter
from typing import Final

from hypothesis import HealthCheck, Phase, settings

FACTOR: Final = int(os.environ.get("PLUGFEST_FUZZ", "1"))
"""How many times the effort of `make test`."""

inputs: Final[Counter[str]] = Counter()
"""How many inputs each door has got in this process."""


def fuzzed(examples: int) -> settings:
    """The settings of a test with this number of examples in `make test`."""
    return settings(
        max_examples=examples * FACTOR,
        deadline=None,
        derandomize=FACTOR == 1,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],  # shrinking whole sessions takes longer than reading them
    )
