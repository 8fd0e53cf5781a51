"""Writes what happened at a station as the file of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from plugfest.products.draft.text import toml_value
from plugfest.scenarios.logs.history import Action, History
from plugfest.scenarios.values import duration_text

_UNLOCKS_WITHIN: Final = timedelta(seconds=10)
"""From a token until the cable that it unlocks can be unplugged."""


def scenario_text(history: History, source: str) -> str:
    """The scenario, with the original distances between the actions."""
    return "\n".join((*_head(history, source), *_steps(history))) + "\n"


def _head(history: History, source: str) -> Iterator[str]:
    yield f"summary = {toml_value(f'{len(history.actions)} actions from {source}')}"
    if history.remarks:
        yield "\n# Not in the steps:"
        yield from (f"# {_comment(remark)}" for remark in history.remarks)
    yield '\n[[steps]]\ndo = "wait"\naccepted = true\nwithin = "5 min"'


def _steps(history: History) -> Iterator[str]:
    before = history.begin
    for action in history.actions:
        yield from _pause(before, action.at)
        if action.operation == "plug_out" and action.at - before <= _UNLOCKS_WITHIN:
            yield f"\n{_until_unlocked(action)}"
        yield f"\n{_table(action)}"
        before = max(before, action.at)


def _pause(begin: datetime, end: datetime) -> Iterator[str]:
    text = duration_text(max(0.0, (end - begin).total_seconds()))
    if text != "0 s":
        yield f'\n[[steps]]\ndo = "pause"\nfor = "{text}"'


def _table(action: Action) -> str:
    arguments = {"do": action.operation, **action.arguments, "if_refused": "continue"}
    return "\n".join(("[[steps]]", *(f"{name} = {toml_value(value)}" for name, value in arguments.items())))


def _until_unlocked(plug_out: Action) -> str:
    """A driver waits until the cable is free: the CSMS may answer later than that of the log."""
    connector = "".join(f"{name} = {plug_out.arguments[name]}\n" for name in ("evse_id", "connector_id"))
    return f'[[steps]]\ndo = "wait"\n{connector}locked = false\nwithin = "10 s"\nif_not = "continue"'


def _comment(text: str) -> str:
    """A text of the log without what a comment may not have."""
    return "".join(each if each.isprintable() else "?" for each in text)
