"""Replaces passwords, keys and tokens in what the pages show of a run, as reports do."""

import msgspec

from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseResult, Finding
from plugfest.reports.redaction.redactor import Redactor
from plugfest.runs.progress import ProductProgress


class Redactors:
    """One for each product of a run, so that equal secrets have equal names on its pages."""

    def __init__(self) -> None:
        self._redactors: dict[ProductProgress, Redactor] = {}

    def of(self, product: ProductProgress) -> Redactor:
        if product not in self._redactors:
            began = [one.began for one in product.sittings if one.began is not None]
            self._redactors[product] = Redactor([one.settings for one in began] or [LabSettings()], ())
        return self._redactors[product]


def redacted(result: CaseResult, redactor: Redactor) -> CaseResult:
    """A result with its findings redacted."""
    findings = tuple(redacted_finding(one, redactor) for one in result.findings)
    return msgspec.structs.replace(result, findings=findings) if findings else result


def redacted_finding(finding: Finding, redactor: Redactor) -> Finding:
    """A finding with its texts redacted."""
    texts = {name: redactor.text(getattr(finding, name)) for name in ("expected", "actual", "step")}
    return msgspec.structs.replace(finding, contradictions=tuple(map(redactor.text, finding.contradictions)), **texts)
