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
async def asks(bench: Bench) -> None:
    await bench.call(m.GetLocalListVersionRequest())


@case("TC_X_02_CS")
async def afterwards(bench: Bench) -> None:
    await bench.call(m.GetTransactionStatusRequest())


def run(*scripts: Script, prepare: Callable[[ScriptedStation], None] = lambda _: None) -> tuple[CaseResult, CaseResult]:
    """A case whose request meets these scripts, one after the other, and then a case that has nothing to do with it."""

    def bad(station: ScriptedStation) -> None:
        station.handlers[m.GetTransactionStatusRequest] = lambda _: m.GetTransactionStatusResponse(
            messages_in_queue=False
        )
        left = list(scripts)

        async def script(called: Called) -> None:
            await left.pop(0)(called) if left else await called.answer(VERSION)

        station.scripts[m.GetLocalListVersionRequest] = script
        prepare(station)

    first, second = campaign(asks, afterwards, prepare=bad)
    return first, second


def found(result: CaseResult) -> str:
    return "; ".join(f"{finding.expected}: {finding.actual}" for finding in result.findings)


async def never(called: Called) -> None:
    pass
