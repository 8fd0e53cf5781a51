"""Tariff and cost of OCPP 2.0.1 on the display (I01 to I06): CostUpdated, and what transaction events bring."""

from collections.abc import Callable
from functools import partial

from plugfest.hardware.ports import Display
from plugfest.ocpp.message import Response, given
from plugfest.ocpp.v201 import messages as m
from plugfest.ocpp.v201 import types as t
from plugfest.station.blocks.conversion.v201 import text_of
from plugfest.station.context import Context
from plugfest.station.device_model.model import DeviceModel
from plugfest.station.model.charging.charging import Charging
from plugfest.station.model.charging.charging_sessions import ChargingSessions
from plugfest.station.model.connectors.connectors import Connectors
from plugfest.station.model.display.pages import Pages
from plugfest.station.model.display.prices import Prices, PriceSettings
from plugfest.station.model.timers import Timers
from plugfest.station.model.transactions.transactions import Transactions

_CONTROLLER = "TariffCostCtrlr"


def register(context: Context) -> None:
    display = context.hardware.display
    if display is None:
        return
    if not context.device_model.has(_CONTROLLER, "Currency"):
        context.outbox.on_answer(m.TransactionEventRequest, partial(_show_message, display))
        return
    prices = Prices(
        display,
        context.shared.get(ChargingSessions),
        context.shared.get(Pages),
        context.shared.get(Timers),
        settings=lambda: _settings(context.device_model),
        online=lambda: context.csms.online,
    )
    _subscribe(context, prices)
    context.handlers.add(m.CostUpdatedRequest, partial(_cost_updated, prices))
    context.outbox.on_answer(m.TransactionEventRequest, partial(_answered, prices))
    prices.start()


def _subscribe(context: Context, prices: Prices) -> None:
    shared = context.shared
    shared.get(Pages).on_arrival.append(prices.refresh)
    shared.get(Charging).on_authorized.append(prices.driver_authorized)
    shared.get(Transactions).on_end(prices.transaction_ended)
    shared.get(Connectors).on_update_complete(prices.refresh)
    context.lifecycle.disconnected.add(prices.disconnected)
    for instance in ("Tariff", "Cost"):
        context.device_model.watch(_CONTROLLER, "Enabled", _refresher(prices), instance=instance)


def _refresher(prices: Prices) -> Callable[[object, str, str], None]:
    return lambda address, old, new: prices.refresh()


def _settings(model: DeviceModel) -> PriceSettings:
    return PriceSettings(
        tariff_enabled=model.text(_CONTROLLER, "Enabled", instance="Tariff") == "true",
        cost_enabled=model.text(_CONTROLLER, "Enabled", instance="Cost") == "true",
        currency=model.text(_CONTROLLER, "Currency"),
        tariff_fallback=model.text(_CONTROLLER, "TariffFallbackMessage"),
        cost_fallback=model.text(_CONTROLLER, "TotalCostFallbackMessage"),
        formats=model.members("DisplayMessageCtrlr", "SupportedFormats"),
    )


def _cost_updated(prices: Prices, request: m.CostUpdatedRequest) -> m.CostUpdatedResponse:
    """I02.FR.02, I02.FR.03"""
    prices.cost_updated(request.transaction_id, request.total_cost)
    return m.CostUpdatedResponse()


def _answered(prices: Prices, request: m.TransactionEventRequest, response: m.TransactionEventResponse | None) -> None:
    transaction_id = request.transaction_info.transaction_id
    cost = None if response is None else given(response.total_cost)
    message = None if response is None else text_of(response.updated_personal_message)
    if request.event_type is t.TransactionEventEnumType.Ended:
        departed = request.trigger_reason is t.TriggerReasonEnumType.EVDeparted
        prices.final_cost(transaction_id, cost, departed=departed, message=message)
    elif cost is not None:
        prices.cost_updated(transaction_id, cost)
    info = None if response is None else given(response.id_token_info)
    prices.tariff_updated(transaction_id, None if info is None else text_of(info.personal_message))
    prices.tariff_updated(transaction_id, message)  # I06.FR.03


def _show_message(display: Display, request: m.TransactionEventRequest, response: Response | None) -> None:
    """Without tariffs, the message is a text for the driver like any other."""
    if isinstance(response, m.TransactionEventResponse):
        message = text_of(response.updated_personal_message)
        if message is not None:
            display.show(message.text)
