"""A wrong function is active in the context of one station and in no other."""

import asyncio
from contextvars import Context, copy_context

import pytest

from plugfest.clock import run_simulated
from plugfest.rig.misbehaviour.activation import ACTIVE, ActiveFunctions, install
from plugfest.rig.selftest.behaviours.behaviour import FunctionNotFound, Patch, patched, wrong
from plugfest.rig.selftest.behaviours.builders import always, changed


class Meter:
    def read(self) -> int:
        return 1

    @property
    def unit(self) -> str:
        return "Wh"

    @staticmethod
    def phases() -> int:
        return 3


def behaviour(*patches: Patch) -> tuple[Context, ActiveFunctions]:
    """A context in which these patches are active."""
    functions, context = ActiveFunctions(), copy_context()
    context.run(ACTIVE.set, functions)
    functions.add([wrong("a wrong meter", "J01.FR.01", "TC_J_01", *patches)])
    return context, functions


def test_a_function_is_wrong_in_its_context_only() -> None:
    context, functions = behaviour(Patch(Meter, "read", always(7)))
    assert (Meter().read(), context.run(Meter().read)) == (1, 7)
    functions.clear()
    assert context.run(Meter().read) == 1


def test_properties_and_static_methods_too() -> None:
    context, _ = behaviour(Patch(Meter, "unit", always("J")), Patch(Meter, "phases", always(1)))
    assert (Meter().unit, Meter.phases()) == ("Wh", 3)
    assert context.run(lambda: (Meter().unit, Meter.phases(), Meter().phases())) == ("J", 1, 1)


def test_of_two_wrong_functions_the_later_changes_the_earlier() -> None:
    context, functions = behaviour(Patch(Meter, "read", changed(lambda value: value + 1)))
    functions.add([wrong("ten times", "J01.FR.01", "TC_J_01", Patch(Meter, "read", changed(lambda value: value * 10)))])
    assert (context.run(Meter().read), Meter().read()) == (20, 1)


def test_two_contexts_have_states_of_their_own() -> None:
    def counting(original: object) -> object:
        calls: list[None] = []

        def read(self: object) -> int:
            calls.append(None)
            return len(calls)

        return read

    patch = Patch(Meter, "read", counting)  # type: ignore[arg-type]
    (first, _), (second, _) = behaviour(patch), behaviour(patch)
    assert [first.run(Meter().read) for _ in range(3)] == [1, 2, 3]
    assert second.run(Meter().read) == 1


def test_tasks_and_timers_inherit_the_context() -> None:
    context, _ = behaviour(Patch(Meter, "read", always(7)))

    async def main() -> tuple[list[int], list[int]]:
        wrong_values: list[int] = []
        right_values: list[int] = []

        async def read(values: list[int]) -> None:
            await asyncio.sleep(1)
            asyncio.get_running_loop().call_later(1, lambda: values.append(Meter().read()))
            values.append(Meter().read())

        task = asyncio.create_task(read(wrong_values), context=context.copy())
        await asyncio.gather(task, read(right_values))
        await asyncio.sleep(5)
        return wrong_values, right_values

    assert run_simulated(main()) == ([7, 7], [1, 1])


def test_the_self_test_replaces_and_restores_a_function_that_is_installed() -> None:
    context, _ = behaviour(Patch(Meter, "read", always(7)))
    with patched([Patch(Meter, "read", always(9))]):
        assert (Meter().read(), context.run(Meter().read)) == (9, 9)
    assert (Meter().read(), context.run(Meter().read)) == (1, 7)


def test_a_function_is_replaced_once() -> None:
    install(Patch(Meter, "read", always(7)))
    before = vars(Meter)["read"]
    install(Patch(Meter, "read", always(8)))
    assert vars(Meter)["read"] is before


def test_a_missing_function_is_an_error() -> None:
    with pytest.raises(FunctionNotFound, match=r"Meter\.write is not a function"):
        install(Patch(Meter, "write", always(7)))
