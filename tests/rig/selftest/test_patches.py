"""A function that a wrong station or a variant replaces is called as before."""

import inspect
from inspect import Parameter
from typing import Any

import pytest

from plugfest.rig.selftest.behaviours.behaviour import Behaviour
from plugfest.rig.selftest.behaviours.catalogue import CATALOGUE as BEHAVIOURS
from plugfest.rig.selftest.variants.catalogue import CATALOGUE as VARIANTS
from plugfest.rig.selftest.variants.variant import Variant


def function_of(attribute: Any) -> Any:
    match attribute:
        case staticmethod():
            return attribute.__func__
        case property():
            return attribute.fget
    return attribute


@pytest.mark.parametrize("one", [*BEHAVIOURS, *VARIANTS], ids=lambda one: one.name)
def test_each_replacement_accepts_the_arguments_of_its_original(one: Behaviour | Variant) -> None:
    for patch in one.patches:
        original = function_of(vars(patch.owner)[patch.name])
        parameters = inspect.signature(original).parameters.values()
        positional = [each.name for each in parameters if each.kind is Parameter.POSITIONAL_OR_KEYWORD]
        named = {each.name: each.default for each in parameters if each.kind is Parameter.KEYWORD_ONLY}
        inspect.signature(patch.make_wrong(original)).bind(*positional, **named)
