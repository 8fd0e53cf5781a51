"""How a violation becomes a finding."""

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import evidence

from plugfest.lab.rules.rule import Rule, Violation, apply_rules
from plugfest.lab.verdict import Level


def test_a_violation_becomes_a_finding_with_name_requirement_and_level_of_its_rule() -> None:
    rule = Rule("a rule", "X01.FR.01", lambda _: iter([Violation("one", "two", 3)]), Level.SHOULD)
    (finding,) = apply_rules([rule], evidence(Conversation()))
    assert (finding.step, finding.requirement, finding.level) == ("every case: a rule", "X01.FR.01", "SHOULD")
    assert (finding.expected, finding.actual, finding.frame) == ("one", "two", 3)
    assert not finding.fails
