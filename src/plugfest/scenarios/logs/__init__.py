"""A scenario from a log of frames: what people, EVs and failures did at the station that made them."""

from pathlib import Path

from plugfest.scenarios.logs.history import history_of
from plugfest.scenarios.logs.reading import LogError, read_log
from plugfest.scenarios.logs.writing import scenario_text

__all__ = ["LogError", "scenario_of_log"]


def scenario_of_log(path: Path) -> str:
    """The file of a scenario with what happened in a log: the folder of a run, or a file with a frame in each line.

    Raises LogError.
    """
    history = history_of(read_log(path))
    if not history.actions:
        raise LogError(f"{path} shows no action at the station: give a log with transactions or changes of connectors")
    return scenario_text(history, path.name)
