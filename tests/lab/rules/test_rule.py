"""How a violation becomes a finding."""

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import evidence

from plugfest.lab.rules.rule import MAX_VIOLATIONS, Rule, Violation, apply_rules
from plugfest.lab.verdict import Level


def test_a_violation_becomes_a_finding_with_name_requirement_and_level_of_its_rule() -> None:
    rule = Rule("a rule", "X01.FR.01", lambda _: iter([Violation("one", "two", 3)]), Level.SHOULD)
    (finding,) = apply_rules([rule], evidence(Conversation()))
    assert (finding.step, finding.requirement, finding.level) == ("every case: a rule", "X01.FR.01", "SHOULD")
    assert (finding.expected, finding.actual, finding.frame) == ("one", "two", 3)
    assert not finding.fails


def test_of_many_violations_of_a_rule_the_first_ones_are_findings_and_the_rest_is_counted() -> None:
    many = [Violation("one", f"number {index}", index) for index in range(MAX_VIOLATIONS + 5)]
    rule = Rule("a rule", "X01.FR.01", lambda _: iter(many))
    found = list(apply_rules([rule, rule], evidence(Conversation())))
    assert [one.frame for one in found] == [*range(MAX_VIOLATIONS), *range(MAX_VIOLATIONS)]
    assert found[MAX_VIOLATIONS - 1].actual == "number 19; the rule is broken 5 more times in this case"
