"""Tariff and cost on the display (I01 to I06)."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from tests.station.station_bench import StationBench, run_on_bench

from plugfest.ocpp.message import UNSET, UnsetType
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.model.display.prices import FINAL_COST_SECONDS

PRODUCT = "reference-dc"
POINTS = {"start": "Authorized", "stop": "Authorized"}
TARIFF_FALLBACK, COST_FALLBACK = "The tariff is not known now", "The cost is not known now"


def content(text: str, text_format: str = "UTF8") -> t.MessageContentType:
    return t.MessageContentType(format=t.MessageFormatEnumType(text_format), content=text)


def prices(bench: StationBench) -> list[str]:
    """Tariff and cost on the display, of all EVSEs."""
    display = bench.hardware.display
    assert display is not None
    return [each.text for texts in display.prices.values() for each in texts]


def accepts_with(bench: StationBench, tariff: t.MessageContentType | UnsetType) -> None:
    """The CSMS accepts every token with this tariff."""
    info = t.IdTokenInfoType(status=t.AuthorizationStatusEnumType.Accepted, personal_message=tariff)
    bench.csms.replies["Authorize"] = lambda _: m.AuthorizeResponse(id_token_info=info)


def answers_events(bench: StationBench, fields: Callable[[m.TransactionEventRequest], dict[str, Any]]) -> None:
    """The CSMS adds these fields to its answers to transaction events."""
    default = bench.csms.replies["TransactionEvent"]
    bench.csms.replies["TransactionEvent"] = lambda request: msgspec.structs.replace(
        default(request), **fields(request)
    )


async def start(bench: StationBench) -> str:
    """Begin a transaction at EVSE 1. Returns its id."""
    bench.hardware.present_token("A", "ISO14443", 1)
    await asyncio.sleep(2)
    bench.hardware.plug_in(1, 1)
    await asyncio.sleep(20)
    return bench.events[-1].transaction_info.transaction_id


async def stop(bench: StationBench) -> None:
    bench.hardware.present_token("A", "ISO14443", 1)
    await asyncio.sleep(2)


def test_the_tariff_of_the_driver_is_shown_from_the_authorization_on() -> None:
    async def body(bench: StationBench) -> None:
        accepts_with(bench, content("0.30 EUR/kWh"))
        bench.hardware.present_token("A", "ISO14443", 1)
        await asyncio.sleep(1)
        assert prices(bench) == ["0.30 EUR/kWh"]  # I01.FR.03
        await asyncio.sleep(600)  # the driver does not plug in
        assert prices(bench) == []

    run_on_bench(body, PRODUCT, start="EnergyTransfer")


def test_a_driver_without_a_tariff_sees_the_fallback_message() -> None:
    async def body(bench: StationBench) -> None:
        await start(bench)
        assert prices(bench) == [TARIFF_FALLBACK]  # I04.FR.01

    run_on_bench(body, PRODUCT, **POINTS)


def test_a_tariff_in_a_format_that_the_display_cannot_show_is_not_known() -> None:
    async def body(bench: StationBench) -> None:
        accepts_with(bench, content("https://tariffs.example/1", "URI"))
        await start(bench)
        assert prices(bench) == [TARIFF_FALLBACK]

    run_on_bench(body, PRODUCT, **POINTS)


def test_a_tariff_is_not_cached() -> None:
    async def body(bench: StationBench) -> None:
        accepts_with(bench, content("0.30 EUR/kWh"))
        await bench.set("AuthCacheCtrlr.Enabled", "true")
        await bench.set("AuthCtrlr.LocalPreAuthorize", "true")
        await start(bench)
        await stop(bench)
        bench.hardware.unplug(1, 1)
        await asyncio.sleep(5)
        await start(bench)
        assert len(bench.csms.all(m.AuthorizeRequest)) == 1
        assert prices(bench) == [TARIFF_FALLBACK]  # C10.FR.09

    run_on_bench(body, PRODUCT, **POINTS)


def test_an_updated_tariff_replaces_the_earlier_one() -> None:
    async def body(bench: StationBench) -> None:
        accepts_with(bench, content("0.30 EUR/kWh"))
        answers_events(bench, lambda event: {"updated_personal_message": content("0.40 EUR/kWh")})
        await start(bench)
        assert prices(bench) == ["0.40 EUR/kWh"]  # I06.FR.03

    run_on_bench(body, PRODUCT, **POINTS)


def test_the_running_cost_is_shown_whichever_message_brings_it() -> None:
    async def body(bench: StationBench) -> None:
        answers_events(bench, lambda event: {"total_cost": 1.5 if event.event_type == "Updated" else UNSET})
        transaction_id = await start(bench)
        assert prices(bench) == [TARIFF_FALLBACK, "1.50 EUR"]  # I02.FR.04
        await bench.csms.call(m.CostUpdatedRequest(total_cost=2.345, transaction_id=transaction_id))
        assert prices(bench)[1] in ("2.34 EUR", "2.35 EUR")  # I02.FR.03
        await bench.csms.call(m.CostUpdatedRequest(total_cost=99.0, transaction_id="unknown"))
        assert "99.00 EUR" not in prices(bench)

    run_on_bench(body, PRODUCT, **POINTS)


def test_the_total_cost_is_shown_for_a_while_after_the_end() -> None:
    async def body(bench: StationBench) -> None:
        answers_events(bench, lambda event: {"total_cost": 7.0 if event.event_type == "Ended" else UNSET})
        await start(bench)
        await stop(bench)
        assert prices(bench) == ["7.00 EUR"]  # I03.FR.03
        await asyncio.sleep(FINAL_COST_SECONDS)
        assert prices(bench) == []

    run_on_bench(body, PRODUCT, **POINTS)


def test_the_message_that_comes_with_the_total_cost_is_shown() -> None:
    async def body(bench: StationBench) -> None:
        answers_events(bench, lambda event: {"total_cost": 7.0, "updated_personal_message": content("Thank you")})
        await start(bench)
        await stop(bench)
        display = bench.hardware.display
        assert display is not None
        assert (display.text, prices(bench)) == ("Thank you", ["7.00 EUR"])

    run_on_bench(body, PRODUCT, **POINTS)


def test_a_message_for_a_driver_who_has_left_is_not_shown() -> None:
    async def body(bench: StationBench) -> None:
        await start(bench)
        bench.station.network_off()
        answers_events(bench, lambda event: {"updated_personal_message": content("Thank you")})
        await stop(bench)
        bench.station.network_on()
        await asyncio.sleep(60)
        display = bench.hardware.display
        assert display is not None
        assert (display.text, bench.events[-1].event_type) == ("Goodbye", "Ended")

    run_on_bench(body, PRODUCT, **POINTS)


def test_an_unknown_total_cost_is_the_fallback_message() -> None:
    async def body(bench: StationBench) -> None:
        await start(bench)
        await stop(bench)
        assert prices(bench) == [COST_FALLBACK]

    run_on_bench(body, PRODUCT, **POINTS)


def test_the_total_cost_is_not_shown_when_the_ev_has_left() -> None:
    async def body(bench: StationBench) -> None:
        answers_events(bench, lambda event: {"total_cost": 7.0 if event.event_type == "Ended" else UNSET})
        bench.hardware.park(1)
        await start(bench)
        await stop(bench)
        bench.hardware.unplug(1, 1)
        bench.hardware.leave(1)
        await asyncio.sleep(5)
        assert bench.events[-1].event_type == "Ended"
        assert prices(bench) == []  # I03.FR.05

    run_on_bench(body, PRODUCT, start="ParkingBayOccupancy", stop="ParkingBayOccupancy")


def test_a_transaction_that_ends_offline_has_no_known_cost() -> None:
    async def body(bench: StationBench) -> None:
        answers_events(bench, lambda event: {"total_cost": 7.0 if event.event_type == "Ended" else UNSET})
        await start(bench)
        bench.station.network_off()
        await stop(bench)
        assert prices(bench) == [COST_FALLBACK]  # I05.FR.02
        bench.station.network_on()
        await bench.csms.until(lambda: bench.events[-1].event_type == "Ended")
        await asyncio.sleep(1)
        assert "7.00 EUR" not in prices(bench)  # I03.FR.03

    run_on_bench(body, PRODUCT, **POINTS)


def test_the_next_driver_does_not_see_the_cost_of_the_last_one() -> None:
    async def body(bench: StationBench) -> None:
        answers_events(bench, lambda event: {"total_cost": 7.0 if event.event_type == "Ended" else UNSET})
        await start(bench)
        await stop(bench)
        bench.hardware.unplug(1, 1)
        bench.hardware.present_token("B", "ISO14443", 1)
        await asyncio.sleep(5)
        assert prices(bench) == [TARIFF_FALLBACK]

    run_on_bench(body, PRODUCT, **POINTS)


def test_tariff_and_cost_can_be_disabled() -> None:
    async def body(bench: StationBench) -> None:
        transaction_id = await start(bench)
        await bench.csms.call(m.CostUpdatedRequest(total_cost=2.0, transaction_id=transaction_id))
        for instance, left in (("Tariff", ["2.00 EUR"]), ("Cost", [])):
            data = t.SetVariableDataType(
                attribute_value="false",
                component=t.ComponentType(name="TariffCostCtrlr"),
                variable=t.VariableType(name="Enabled", instance=instance),
            )
            await bench.csms.call(m.SetVariablesRequest(set_variable_data=[data]))
            assert prices(bench) == left

    run_on_bench(body, PRODUCT, **POINTS)


def test_a_product_without_tariffs_shows_the_message_as_a_text() -> None:
    async def body(bench: StationBench) -> None:
        answers_events(bench, lambda event: {"updated_personal_message": content("Thank you")})
        await start(bench)
        display = bench.hardware.display
        assert display is not None
        assert display.lines == ["Thank you"]

    run_on_bench(body, "chargepoint-ct4000")
