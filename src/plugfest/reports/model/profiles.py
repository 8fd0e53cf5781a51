"""What a campaign says of each certification profile."""

from collections.abc import Iterator, Sequence

from plugfest.lab.verdict import Verdict
from plugfest.products import Product
from plugfest.reports.model.report import CaseEntry, ProfileResult, ProfileVerdict


def profile_results(product: Product, cases: Sequence[CaseEntry], *, narrowed: bool) -> Iterator[ProfileResult]:
    """Each profile of the product's OCPP version, in the order of a test report."""
    for profile in product.feature_catalog.profiles:
        its_own = [one for one in cases if one.profile == profile]
        result, remark = _judged(its_own, claimed=profile in product.profiles, narrowed=narrowed)
        yield ProfileResult(
            profile=profile,
            result=result,
            description=product.feature_catalog.descriptions[profile],
            cases=len(its_own),
            passed=sum(one.passed for one in its_own),
            remark=remark,
        )


def _judged(cases: Sequence[CaseEntry], *, claimed: bool, narrowed: bool) -> tuple[ProfileVerdict, str]:
    failed = sum(one.verdict is Verdict.FAIL for one in cases)
    open_ = sum(not one.passed for one in cases) - failed
    if failed:
        unknown = f", {open_} have no result" if open_ else ""
        return "Fail", f"{failed} of {len(cases)} cases failed{unknown}"
    if open_:
        return "Not Tested", f"{open_} of {len(cases)} cases have no result"
    if narrowed and cases:
        return "Not Tested", f"only {len(cases)} of its cases were run"
    if not cases:
        return "Not Tested", "claimed, but no case of it was run" if claimed else ""
    return "Pass", ""
