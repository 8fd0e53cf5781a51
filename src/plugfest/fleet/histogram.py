"""A histogram of durations that can be merged, in buckets of equal ratio."""

import math
from typing import Final

import msgspec

SHORTEST: Final = 1e-6
"""Seconds: shorter durations count as this one."""

BUCKETS_PER_DOUBLING: Final = 16
"""A quantile is at most 2.2 % away from a duration that was added."""


class Histogram(msgspec.Struct, kw_only=True):
    """How many durations fell into each bucket, and the longest one in seconds."""

    counts: dict[int, int] = {}
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        """Count a duration."""
        bucket = int(math.log2(max(seconds, SHORTEST) / SHORTEST) * BUCKETS_PER_DOUBLING)
        self.counts[bucket] = self.counts.get(bucket, 0) + 1
        self.longest = max(self.longest, seconds)

    def merge(self, other: "Histogram") -> None:
        """Count what another histogram has counted."""
        for bucket, count in other.counts.items():
            self.counts[bucket] = self.counts.get(bucket, 0) + count
        self.longest = max(self.longest, other.longest)

    def since(self, before: "Histogram") -> "Histogram":
        """What was counted after `before`, an earlier state. Its `longest` is that of its last bucket at most."""
        counts = {one: left for one, count in self.counts.items() if (left := count - before.counts.get(one, 0)) > 0}
        longest = min(_upper_bound(max(counts)), self.longest) if counts else 0.0
        return Histogram(counts=counts, longest=longest)

    @property
    def count(self) -> int:
        """How many durations there are."""
        return sum(self.counts.values())

    def quantile(self, share: float) -> float | None:
        """The duration in seconds that this share of all does not exceed; None if there is none."""
        rank = math.ceil(share * self.count)
        for bucket in sorted(self.counts):
            rank -= self.counts[bucket]
            if rank <= 0:
                return min(_middle(bucket), self.longest)
        return None


def _middle(bucket: int) -> float:
    return SHORTEST * math.exp2((bucket + 0.5) / BUCKETS_PER_DOUBLING)


def _upper_bound(bucket: int) -> float:
    return SHORTEST * math.exp2((bucket + 1) / BUCKETS_PER_DOUBLING)
