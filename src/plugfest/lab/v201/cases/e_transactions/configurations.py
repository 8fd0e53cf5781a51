"""What several cases of this block start from."""

from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, needs
from plugfest.lab.v201.metering import sampled_interval, sampled_updates

OPERATOR_SETTINGS = 10
"""Seconds for what the operator does while the station is offline."""


def start_at(point: str) -> dict[str, str]:
    """The transaction starts there and nowhere else, where the station lets it be chosen."""
    return {"TxCtrlr.TxStartPoint": point}


def stop_at(point: str) -> dict[str, str]:
    """The transaction stops there and nowhere else, where the station lets it be chosen."""
    return {"TxCtrlr.TxStopPoint": point}


def time_offline(bench: Bench) -> int:
    """Seconds to keep the station offline: a sample is taken for certain meanwhile, and it is beyond all tolerances."""
    return 2 * max(sampled_interval(bench), int(bench.settings.time_tolerance))


def reconnecting(bench: Bench) -> dict[str, str]:
    """The station tries to come back when the time offline is over, and that does not count as a long one."""
    wait = time_offline(bench) + OPERATOR_SETTINGS
    return {
        "OCPPCommCtrlr.OfflineThreshold": str(wait + 60),
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": str(wait),
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    }


def sampled_while_offline(bench: Bench) -> tuple[Need, ...]:
    """Meter values come more often than the time offline lasts."""
    return needs({**sampled_updates(bench), "SampledDataCtrlr.Enabled": "true", **reconnecting(bench)})


def reconnecting_needs(bench: Bench) -> tuple[Need, ...]:
    """`reconnecting` and nothing else."""
    return needs(reconnecting(bench))
