"""How a breach of a rule becomes a finding."""

from tests.lab.conversations import Conversation
from tests.lab.rules.evidence import evidence

from plugfest.lab.rules.rule import Rule, Violation, apply_rules
from plugfest.lab.verdict import Level


def test_a_breach_becomes_a_finding_with_the_name_and_the_weight_of_its_rule() -> None:
    rule = Rule("quiet please", "X01.FR.01", lambda _: iter([Violation("silence", "noise", 3)]), Level.SHOULD)
    (finding,) = apply_rules([rule], evidence(Conversation()))
    assert (finding.step, finding.requirement, finding.level) == ("every case: quiet please", "X01.FR.01", "SHOULD")
    assert (finding.expected, finding.actual, finding.frame) == ("silence", "noise", 3)
    assert not finding.fails
