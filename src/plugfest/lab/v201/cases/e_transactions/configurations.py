"""Configurations that several cases start from."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import sampled_updates, short_sampled_interval

OPERATOR_TIME = 10
"""Seconds for the operator's actions while the station is offline."""


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
    return 2 * max(short_sampled_interval(bench), int(bench.settings.time_tolerance))


def reconnect_settings(bench: Bench) -> dict[str, str]:
    """The station reconnects after the time offline, which does not exceed OfflineThreshold."""
    wait = time_offline(bench) + OPERATOR_TIME
    return {
        "OCPPCommCtrlr.OfflineThreshold": str(wait + 60),
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": str(wait),
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    }


def sampled_while_offline(bench: Bench) -> tuple[Need, ...]:
    """The station samples meter values while it is offline, and reconnects after the time offline."""
    updates = sampled_updates(bench, short_sampled_interval(bench))
    return needs({**updates, "SampledDataCtrlr.Enabled": "true", **reconnect_settings(bench)})


def reconnect_after_time_offline(bench: Bench) -> tuple[Need, ...]:
    """Only `reconnect_settings`."""
    return needs(reconnect_settings(bench))
