"""Configurations that several cases start from."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import sampled_updates, short_sampled_interval

OPERATOR_TIME = 10
"""Seconds for the operator's actions while the station is offline."""

LAB_TIME = 4
"""Seconds for the lab to accept connections again, where the operator does nothing."""


def tx_start_point(point: str) -> dict[str, str]:
    """Transactions start at this point only, if the station's TxStartPoint is configurable."""
    return {"TxCtrlr.TxStartPoint": point}


def tx_stop_point(point: str) -> dict[str, str]:
    """Transactions stop at this point only, if the station's TxStopPoint is configurable."""
    return {"TxCtrlr.TxStopPoint": point}


def supported_points(bench: Bench, points: dict[str, str]) -> list[str]:
    """The start or stop points that the product supports; `points` maps PICS features to them."""
    return [point for feature, point in points.items() if bench.product.supports(feature)]


def time_offline(bench: Bench) -> int:
    """Seconds to keep the station offline: at least one sample is taken, and the time exceeds all tolerances."""
    tolerance = int(bench.settings.time_tolerance)
    return max(short_sampled_interval(bench), tolerance) + tolerance


def reconnect_settings(bench: Bench, operator_time: int = OPERATOR_TIME) -> dict[str, str]:
    """The station reconnects after the time offline, which does not exceed OfflineThreshold.

    `operator_time`: seconds for the operator's actions in addition.
    """
    wait = time_offline(bench) + operator_time
    return {
        "OCPPCommCtrlr.OfflineThreshold": str(wait + 60),
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": str(wait),
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    }


def sampled_while_offline(bench: Bench) -> tuple[Need, ...]:
    """The station samples meter values while it is offline, and reconnects after the time offline."""
    updates = sampled_updates(bench, short_sampled_interval(bench))
    return needs({**updates, "SampledDataCtrlr.Enabled": "true", **reconnect_settings(bench, LAB_TIME)})


def reconnect_after_time_offline(bench: Bench) -> tuple[Need, ...]:
    """Only `reconnect_settings`."""
    return needs(reconnect_settings(bench))
