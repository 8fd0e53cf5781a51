"""The operator over the control API calls only operations that a station has."""

import ast
import inspect
from collections.abc import Iterator

from plugfest.rig.operators import control_api
from plugfest.station.control.operations import OPERATIONS


def called() -> Iterator[str]:
    """The names of the operations in all calls of `_do`."""
    for node in ast.walk(ast.parse(inspect.getsource(control_api))):
        match node:
            case ast.Call(func=ast.Attribute(attr="_do"), args=[ast.Constant(value=str(name))]):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="_do"),
                args=[ast.IfExp(body=ast.Constant(value=str(name)), orelse=ast.Constant(value=str(other)))],
            ):
                yield from (name, other)
            case ast.Call(func=ast.Attribute(attr="_do")):
                raise AssertionError(f"line {node.lineno}: which operation is called?")


def test_each_operation_that_the_lab_calls_is_one_of_the_control_api() -> None:
    names = set(called())
    assert len(names) > 20
    assert names <= {operation.name for operation in OPERATIONS}
