"""The result of each certification profile."""

from collections.abc import Iterator, Sequence

from plugfest.lab.verdict import Verdict
from plugfest.products import Product
from plugfest.reports.model.report import CaseEntry, ProfileResult, ProfileVerdict
from plugfest.reports.model.wording import counted


def profile_results(product: Product, cases: Sequence[CaseEntry], *, partial: bool) -> Iterator[ProfileResult]:
    """The profiles of the product's OCPP version, in the order of a test report."""
    for profile in product.feature_catalog.profiles:
        profile_cases = [case for case in cases if case.profile == profile]
        result, remark = _result(profile_cases, claimed=profile in product.profiles, partial=partial)
        yield ProfileResult(
            profile=profile,
            result=result,
            description=product.feature_catalog.descriptions[profile],
            cases=len(profile_cases),
            passed=sum(case.passed for case in profile_cases),
            remark=remark,
        )


def _result(cases: Sequence[CaseEntry], *, claimed: bool, partial: bool) -> tuple[ProfileVerdict, str]:
    """The verdict, and a remark."""
    failed = sum(case.verdict is Verdict.FAIL for case in cases)
    without_result = sum(not case.passed for case in cases) - failed
    if failed:
        rest = f", {without_result} without a result" if without_result else ""
        return "Fail", f"{failed} of {len(cases)} cases failed{rest}"
    if without_result:
        return "Not Tested", f"{without_result} of {len(cases)} cases without a result"
    if partial and cases:
        return "Not Tested", f"partial run: {counted(len(cases), 'case')}"
    if not cases:
        return "Not Tested", "claimed, but no case was run" if claimed else ""
    return "Pass", ""
