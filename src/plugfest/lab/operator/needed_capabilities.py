"""What the operator has to be able to do for a case, found in the code of the case and of its states.

The code is read, not run: what is requested on every path that ends without a failure is always needed; whatever the
code refers to is possibly needed, as the PICS or the station decides.
"""

import ast
import functools
import inspect
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

import msgspec

from plugfest.lab.case import Case
from plugfest.lab.operator.capabilities import ACTIONS, Capability

Capabilities = frozenset[Capability]
NOTHING: Capabilities = frozenset()

LAB = "plugfest.lab."
RECOMMISSIONS = "check_can_recommission"
"""The method that a case calls before it changes what only the operator can restore."""


class NeededCapabilities(msgspec.Struct, frozen=True):
    """`always`: without these the case cannot come to its end. `possible`: these too may be requested."""

    always: Capabilities = NOTHING
    possible: Capabilities = NOTHING


def needed_capabilities(case: Case) -> NeededCapabilities:
    """What the preparation and the scenario of a case need."""
    parts = [one for value in (*case.before, case.body) for one in _functions(value)]
    always = _union(_always(part) for part in parts)
    return NeededCapabilities(always, always | _union(_reader(one).requested for one in _reachable(parts)))


def _reachable(functions: Iterable[FunctionType]) -> set[FunctionType]:
    """These functions and all that they refer to, directly or not."""
    reached: set[FunctionType] = set()
    waiting = list(functions)
    while waiting:
        function = waiting.pop()
        if function not in reached:
            reached.add(function)
            waiting += _reader(function).references
    return reached


_under_way: set[FunctionType] = set()


def _always(function: FunctionType) -> Capabilities:
    """What every call of the function needs. A recursive call adds nothing."""
    if function in _under_way:
        return NOTHING
    _under_way.add(function)
    try:
        return _reader(function).always
    finally:
        _under_way.discard(function)


@functools.cache
def _reader(function: FunctionType) -> "_Reader":
    return _Reader(function)


class _Reader:
    """Reads one function."""

    def __init__(self, function: FunctionType) -> None:
        self._names: Mapping[str, Any] = {
            **function.__globals__,
            **inspect.getclosurevars(function).nonlocals,
        }
        self._body = _body(function)
        self._returned: list[Capabilities] = []

    @functools.cached_property
    def always(self) -> Capabilities:
        """What is requested on every path through the function."""
        end = self._block(self._body, NOTHING)
        paths = [*self._returned, *(() if end is None else (end,))]
        return frozenset.intersection(*paths) if paths else NOTHING

    @functools.cached_property
    def requested(self) -> Capabilities:
        """What is requested anywhere in the function."""
        return _union(_requested_by(node) for statement in self._body for node in ast.walk(statement))

    @functools.cached_property
    def references(self) -> frozenset[FunctionType]:
        """The functions of the lab that the function refers to."""
        nodes = (node for statement in self._body for node in ast.walk(statement))
        return frozenset(function for node in nodes for function in self._resolved(node))

    # Every path. None: no path reaches the end.

    def _block(self, statements: Iterable[ast.stmt], done: Capabilities | None) -> Capabilities | None:
        for statement in statements:
            if done is None:
                return None
            done = self._statement(statement, done)
        return done

    def _statement(self, statement: ast.stmt, done: Capabilities) -> Capabilities | None:
        match statement:
            case ast.Return(value):
                self._returned.append(done | self._expressions(value))
                return None
            case ast.Raise() | ast.Break() | ast.Continue():
                return None
            case ast.If(test, body, orelse):
                done |= self._expressions(test)
                return _either(self._block(body, done), self._block(orelse, done))
            case ast.For(_, evaluated, body) | ast.AsyncFor(_, evaluated, body) | ast.While(evaluated, body):
                done |= self._expressions(evaluated)
                self._block(body, done)  # perhaps never: only its returns matter
                return done
            case ast.With(items, body) | ast.AsyncWith(items, body):
                done |= self._expressions(*(item.context_expr for item in items))
                end = self._block(body, done)
                return _either(end, done) if any(map(_suppresses, items)) else end
            case ast.Try(body, handlers, orelse, finalbody):
                ends: list[Capabilities | None] = [self._block(orelse, self._block(body, done))]
                ends += [self._block(handler.body, done) for handler in handlers]
                return self._block(finalbody, functools.reduce(_either, ends))
            case ast.Match(subject, cases):
                done |= self._expressions(subject)
                ends = [done, *(self._block(one.body, done) for one in cases)]
                return functools.reduce(_either, ends)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return done
        return done | self._expressions(*ast.iter_child_nodes(statement))

    def _expressions(self, *nodes: ast.AST | None) -> Capabilities:
        """What the evaluation of these expressions always needs."""
        evaluated = [one for node in nodes if node is not None for one in _unconditional(node)]
        return _union(self._call(one) if isinstance(one, ast.Call) else _provided_for(one) for one in evaluated)

    def _call(self, call: ast.Call) -> Capabilities:
        return _requested_by(call.func) | _always_one_end(call) | _union(map(_always, self._resolved(call.func)))

    def _resolved(self, node: ast.AST) -> Iterator[FunctionType]:
        """The functions of the lab that an expression refers to: a global name, or a method of the bench."""
        match node:
            case ast.Name(name):
                yield from _functions(self._names.get(name))
            case ast.Attribute(ast.Name(name), attribute) if isinstance(self._names.get(name), ModuleType):
                yield from _functions(getattr(self._names[name], attribute, None))
            case ast.Attribute(_, attribute):
                yield from _functions(vars(self._names.get("Bench", object)).get(attribute))


def _either(one: Capabilities | None, other: Capabilities | None) -> Capabilities | None:
    """What is done whichever of two paths is taken."""
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _suppresses(item: ast.withitem) -> bool:
    """Whether a context manager may end its block early."""
    return "suppress" in ast.unparse(item.context_expr)


def _unconditional(node: ast.AST) -> Iterator[ast.expr]:
    """The calls and the attributes that are evaluated whenever the expression is."""
    match node:
        case ast.Lambda():
            return
        case ast.IfExp(test):
            children: Iterable[ast.AST] = (test,)
        case ast.BoolOp(_, values):
            children = values[:1]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            children = (node.generators[0].iter,)
        case _:
            children = ast.iter_child_nodes(node)
    if isinstance(node, ast.Call | ast.Attribute):
        yield node
    for child in children:
        yield from _unconditional(child)


def _requested_by(node: ast.AST) -> Capabilities:
    """What `….operator.METHOD` needs; a call of it may need more than the method."""
    match node:
        case ast.Call(ast.Attribute(ast.Attribute(_, "operator"), "unplug"), _, keywords) if _side(keywords):
            return frozenset({Capability.UNPLUG_ONE_END})
        case ast.Attribute(ast.Attribute(_, "operator"), action) if action in ACTIONS:
            return frozenset({ACTIONS[action]})
        case ast.Attribute(_, attribute) if attribute == RECOMMISSIONS:
            return frozenset({Capability.COMMISSION})
    return _provided_for(node)


def _provided_for(node: ast.AST) -> Capabilities:
    """`….manufacturer.files` needs firmware that the user provides."""
    match node:
        case ast.Attribute(ast.Attribute(_, "manufacturer"), "files"):
            return frozenset({Capability.FIRMWARE})
    return NOTHING


def _always_one_end(call: ast.Call) -> Capabilities:
    """UNPLUG_ONE_END if the cable is unplugged at one side, whatever the PICS."""
    return _requested_by(call) if isinstance(_side(call.keywords), ast.Constant) else NOTHING


def _side(keywords: Iterable[ast.keyword]) -> ast.expr | None:
    """The side at which a cable is unplugged; None for both."""
    return next((keyword.value for keyword in keywords if keyword.arg == "side"), None)


def _union(parts: Iterable[Capabilities]) -> Capabilities:
    return frozenset().union(*parts)


def _functions(value: object) -> Iterator[FunctionType]:
    """The functions of the lab in a value: a function, a partial, a class, or a table of these."""
    match value:
        case FunctionType():
            if (value.__module__ or "").startswith(LAB):  # none: code that was not imported
                yield value
        case functools.partial():
            yield from _functions(value.func)
        case type():
            if (value.__module__ or "").startswith(LAB) and value.__name__ != "Bench":
                for member in vars(value).values():
                    yield from _functions(member)
        case tuple() | list():
            for one in value:
                yield from _functions(one)
        case dict():
            yield from _functions(list(value.values()))


def _body(function: FunctionType) -> list[ast.stmt]:
    """The parsed code of a function, empty if it is not available."""
    code = function.__code__
    definition = _definitions(code.co_filename).get((code.co_name, code.co_firstlineno))
    return definition.body if definition else []


@functools.cache
def _definitions(file: str) -> dict[tuple[str, int], ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a file by name and first line, which is that of the first decorator."""
    try:
        with open(file, encoding="utf-8") as text:
            tree = ast.parse(text.read())
    except OSError:
        return {}
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {(node.name, min([node.lineno, *(one.lineno for one in node.decorator_list)])): node for node in functions}
