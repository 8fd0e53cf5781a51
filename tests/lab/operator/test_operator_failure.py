"""What the operator could not do is no finding about a requirement of the station."""

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import ScriptedStation

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import OperatorFailed, Verdict


def test_the_reason_of_the_operator_has_no_requirement_in_the_case_nor_after_it() -> None:
    @case("TC_X_01_CS", requirements=("C01.FR.01",))
    async def presents(bench: Bench) -> None:
        await bench.operator.plug_in(1, 1)
        await bench.step(1, "C01.FR.02").operator.present_token(bench.tokens.valid, 1)

    async def fails(_: ScriptedStation, action: str) -> None:
        if action != "plug in":
            raise OperatorFailed("the reader is broken")

    (result,) = campaign(presents, on_action=fails, can_commission=False)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert {finding.requirement for finding in result.findings} == {""}
    assert all("the reader is broken" in finding.actual for finding in result.findings)
    assert [finding.step for finding in result.findings] == ["step 1", "restore"]
