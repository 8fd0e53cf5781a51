"""Hypothesis strategies for conditions and answers."""

import hypothesis.strategies as st

from plugfest.products.condition import OPERATORS, All, AnyOf, Claim, Compare, Condition, Named, Not

claims = st.builds(Claim, st.sampled_from(["C-01", "C-09.1", "AQ-2", "HFS-1", "LA-0"]))
comparisons = st.builds(
    Compare, st.sampled_from(["HFS-8", "ORS-1"]), st.sampled_from(list(OPERATORS)), st.integers(0, 9)
)
names = st.builds(Named, st.sampled_from(["Smart Charging", "ISO 15118 Support"]))


def _composed(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.builds(Not, inner) | st.builds(All, several) | st.builds(AnyOf, several)


conditions: st.SearchStrategy[Condition] = st.recursive(claims | comparisons | names, _composed, max_leaves=12)


class Answers:
    """Answers from a strategy."""

    def __init__(self, claimed: dict[str, bool], numbers: dict[str, float], named: set[str]) -> None:
        self.claimed = claimed
        self.numbers = numbers
        self.names = named

    def claim(self, id: str) -> bool | None:
        return self.claimed.get(id)

    def number(self, id: str) -> float | None:
        return self.numbers.get(id)

    def named(self, name: str) -> bool:
        return name in self.names


answers = st.builds(
    Answers,
    st.dictionaries(st.sampled_from(["C-01", "C-09.1", "AQ-2", "HFS-1", "LA-0"]), st.booleans()),
    st.dictionaries(st.sampled_from(["HFS-8", "ORS-1"]), st.integers(0, 9)),
    st.sets(st.sampled_from(["Smart Charging", "ISO 15118 Support"])),
)
