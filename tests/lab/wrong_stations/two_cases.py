"""A campaign of two cases: the first meets a wrong station, the second shows that the campaign goes on."""

from collections.abc import Callable

from tests.lab.scripted_campaign import campaign
from tests.lab.scripted_station import Called, Script, ScriptedStation

from plugfest.lab.case import case
from plugfest.lab.v201.bench import Bench
from plugfest.lab.verdict import CaseResult
from plugfest.ocpp.v201 import messages as m

VERSION = m.GetLocalListVersionResponse(version_number=0)


@case("TC_X_01_CS")
async def requesting_case(bench: Bench) -> None:
    await bench.call(m.GetLocalListVersionRequest())


@case("TC_X_02_CS")
async def next_case(bench: Bench) -> None:
    await bench.call(m.GetTransactionStatusRequest())


def run(
    *scripts: Script, prepare: Callable[[ScriptedStation], None] = lambda _: None, can_commission: bool = True
) -> tuple[CaseResult, CaseResult]:
    """The results of a case whose requests are answered by these scripts, in order, and of an unrelated next case.

    `can_commission`: whether the operator can commission the station.
    """

    def prepare_station(station: ScriptedStation) -> None:
        station.handlers[m.GetTransactionStatusRequest] = lambda _: m.GetTransactionStatusResponse(
            messages_in_queue=False
        )
        remaining = list(scripts)

        async def script(called: Called) -> None:
            await remaining.pop(0)(called) if remaining else await called.answer(VERSION)

        station.scripts[m.GetLocalListVersionRequest] = script
        prepare(station)

    first, second = campaign(requesting_case, next_case, prepare=prepare_station, can_commission=can_commission)
    return first, second


def found(result: CaseResult) -> str:
    return "; ".join(f"{finding.expected}: {finding.actual}" for finding in result.findings)


async def never_answers(called: Called) -> None:
    pass
