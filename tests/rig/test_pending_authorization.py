"""An authorization that is pending when a case stops is gone before the next case."""

import pytest

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.bench import AnyBench
from plugfest.lab.case import CampaignCase, case
from plugfest.lab.engine import CampaignOutcome, Engine
from plugfest.lab.operator.left import NOTHING_LEFT, LeftAtStation
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import CaseFailed, CaseResult, Verdict
from plugfest.products import load_product
from plugfest.rig.virtual import virtual_bench, virtual_lab
from plugfest.station.model.charging.connection_timeout import ConnectionTimeout

PRODUCTS = ["reference-ac", "reference-16-ac"]
STARTED = ('"StartTransaction"', '"chargingState":"Charging"')


@case("TC_X_01_CS")
async def stops_after_a_token(bench: AnyBench) -> None:
    if bench.product.ocpp_version != "1.6":
        await bench.configuration.establish(bench.configuration.needs({"TxCtrlr.TxStartPoint": "EVConnected"}))
    await bench.operator.present_token(bench.tokens.valid, 1)
    await bench.wait(1.0)
    raise CaseFailed("the scenario cannot continue")


@case("TC_X_02_CS")
async def plugs_in(bench: AnyBench) -> None:
    await bench.operator.plug_in(1, 1)
    await bench.wait(5.0)
    bench.check(True, "the case runs to its end", "it does")


async def campaign(product_name: str) -> CampaignOutcome:
    product = load_product(product_name)
    lab = virtual_lab(product, LabSettings())
    chosen = [CampaignCase(one.id, "a case", "Core", one) for one in (stops_after_a_token, plugs_in)]
    async with virtual_bench(lab, product) as operator:
        return await Engine(lab).run(chosen, operator)


def frames_of(outcome: CampaignOutcome, result: CaseResult) -> str:
    return "\n".join(frame.text for frame in outcome.frames[slice(*result.frames)])


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_next_driver_is_not_charged_with_the_token_of_the_case_before(product: str) -> None:
    outcome = clock.run_simulated(campaign(product))
    first, second = outcome.results
    assert first.verdict is Verdict.FAIL
    assert "restore" not in [finding.step for finding in first.findings]
    assert not any(text in frames_of(outcome, second) for text in STARTED)


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_station_that_never_ends_the_authorization_is_power_cycled(
    product: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConnectionTimeout, "start", lambda *_, **__: None)
    outcome = clock.run_simulated(campaign(product))
    first, second = outcome.results
    after_first = outcome.frames[first.frames[1] : second.frames[0]]
    assert any("BootNotification" in frame.text for frame in after_first)
    assert not any(text in frames_of(outcome, second) for text in STARTED)


def test_the_driver_of_an_earlier_sitting_is_not_charged_in_the_first_case() -> None:
    left: list[LeftAtStation] = []

    def on_event(event: events.Event) -> None:
        if isinstance(event, events.LeftChanged):
            left.append(event.left)

    async def resumed() -> CampaignOutcome:
        product, settings = load_product("reference-ac"), LabSettings()
        lab = virtual_lab(product, settings, [on_event])
        async with virtual_bench(lab, product) as operator:
            await lab.wait_booted()
            configuration = lab.version.configuration
            await configuration.begin()
            await configuration.establish(configuration.needs({"TxCtrlr.TxStartPoint": "EVConnected"}))
            await operator.present_token(settings.tokens.valid, settings.evse_id)
            presented = LeftAtStation(presented=(settings.evse_id,))
            chosen = [CampaignCase(plugs_in.id, "a case", "Core", plugs_in)]
            return await Engine(lab).run(chosen, operator, left=presented)

    outcome = clock.run_simulated(resumed())
    (result,) = outcome.results
    assert outcome.findings == ()
    assert not any(text in frames_of(outcome, result) for text in STARTED)
    assert left[0].presented == (LabSettings().evse_id,)
    assert left[-1] == NOTHING_LEFT
