"""The display messages of the lab."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from plugfest.lab.settings import LabSettings
from plugfest.lab.v201.states.user_interface.display_message import configured_display
from plugfest.ocpp.message import UNSET
from plugfest.ocpp.v201 import types as t


@pytest.mark.parametrize(
    ("setting", "component"),
    [
        ("", UNSET),
        ("Display", t.ComponentType(name="Display")),
        ("Display[Left]", t.ComponentType(name="Display", instance="Left")),
    ],
)
def test_the_display_of_the_messages_is_a_setting(setting: str, component: object) -> None:
    bench = cast(Any, SimpleNamespace(settings=LabSettings(display=setting)))
    assert configured_display(bench) == component
