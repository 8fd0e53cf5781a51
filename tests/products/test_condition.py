"""When a condition holds, and which answers decide it."""

from hypothesis import given
from tests.products.strategies import Answers, answers, conditions

from plugfest.products.condition import (
    All,
    Always,
    AnyOf,
    Claim,
    Compare,
    Condition,
    Named,
    Not,
    Outcome,
    evaluate,
    leaves,
)

YES = Answers({"C-01": True, "C-02": False}, {"HFS-8": 2}, {"Smart Charging"})


def test_a_claim_without_an_answer_counts_as_no() -> None:
    assert not evaluate(Claim("C-99"), YES).holds


def test_a_comparison_with_a_missing_number_is_false() -> None:
    assert not evaluate(Compare("HFS-99", "<", 5), YES).holds


def test_the_first_false_operand_decides_a_conjunction() -> None:
    outcome = evaluate(All((Claim("C-01"), Claim("C-02"), Claim("C-99"))), YES)
    assert outcome == Outcome(False, (Claim("C-02"),))


def test_every_operand_decides_a_false_disjunction() -> None:
    outcome = evaluate(AnyOf((Claim("C-02"), Claim("C-99"))), YES)
    assert not outcome.holds
    assert outcome.because == (Claim("C-02"), Claim("C-99"))


def test_an_answer_that_is_used_twice_is_named_once() -> None:
    assert evaluate(All((Claim("C-01"), Claim("C-01"))), YES).because == (Claim("C-01"),)


def test_always_needs_no_answer() -> None:
    assert evaluate(Always(), YES).holds
    assert list(leaves(Always())) == []


@given(conditions, answers)
def test_negation_keeps_the_deciding_answers_and_inverts_the_result(condition: Condition, facts: Answers) -> None:
    plain, negated = evaluate(condition, facts), evaluate(Not(condition), facts)
    assert negated.holds is not plain.holds
    assert negated.because == plain.because


@given(conditions, answers)
def test_the_deciding_answers_are_sufficient(condition: Condition, facts: Answers) -> None:
    """The result does not change with the other answers."""
    outcome = evaluate(condition, facts)
    assert evaluate(condition, _Inverted(facts, keep=set(outcome.because))).holds is outcome.holds


class _Inverted:
    """The same answers for `keep`, the opposite for all others."""

    def __init__(self, facts: Answers, keep: set[Claim | Compare | Named]) -> None:
        self.facts = facts
        self.ids = {leaf.id for leaf in keep if not isinstance(leaf, Named)}
        self.names = {leaf.name for leaf in keep if isinstance(leaf, Named)}

    def claim(self, id: str) -> bool | None:
        answer = self.facts.claim(id)
        return answer if id in self.ids else not answer

    def number(self, id: str) -> float | None:
        return self.facts.number(id) if id in self.ids else 1000

    def named(self, name: str) -> bool:
        answer = self.facts.named(name)
        return answer if name in self.names else not answer
