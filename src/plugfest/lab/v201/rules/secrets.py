"""What can only be written is never told."""

from collections.abc import Iterator

from plugfest.lab.rules.evidence import Evidence
from plugfest.lab.rules.rule import Breach, Rule
from plugfest.ocpp.message import given
from plugfest.ocpp.v201 import messages as m


def _judge(evidence: Evidence) -> Iterator[Breach]:
    for told in evidence.told(m.NotifyReportRequest):
        for data in given(told.message.report_data) or ():
            for attribute in data.variable_attribute:
                if given(attribute.mutability) == "WriteOnly" and given(attribute.value) is not None:
                    name = f"{data.component.name}.{data.variable.name}"
                    yield Breach(f"no value of {name} in a report: it is WriteOnly", "a value", told.frame)


SECRETS = Rule("no value of what is write-only", "B07.FR.03, B08.FR.03", _judge)
