"""Conditions over the facts of a PICS: what they are, how they are written, when they hold and why.

A condition is written as Part 5 writes it: `C-09.1 and (C-51 or not C-09.6)`. Its words are
PICS ids, numbers compared (`HFS-8 > 1`), and profiles or product subtypes in quotes (`not "Smart Charging"`).
`always` alone is the condition of a case that is mandatory in its profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import eq, ge, gt, le, lt
from typing import Protocol

import msgspec

OPERATORS = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}


class Always(msgspec.Struct, frozen=True):
    """The condition without a condition."""


class Claim(msgspec.Struct, frozen=True):
    """The feature or question `id` is answered with Yes."""

    id: str


class Compare(msgspec.Struct, frozen=True):
    """The number given under `id` compares so with `number`."""

    id: str
    operator: str
    number: int


class Named(msgspec.Struct, frozen=True):
    """The product claims the certification profile, or is of the product subtype, of this name."""

    name: str


class Not(msgspec.Struct, frozen=True):
    operand: Condition


class All(msgspec.Struct, frozen=True):
    operands: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True):
    operands: tuple[Condition, ...]


Condition = Always | Claim | Compare | Named | Not | All | AnyOf
Leaf = Claim | Compare | Named


class Facts(Protocol):
    """What a product answers."""

    def claim(self, id: str) -> bool | None:
        """Yes or No; None where the PICS has no answer, which counts as No."""

    def number(self, id: str) -> float | None: ...

    def named(self, name: str) -> bool: ...


class Outcome(msgspec.Struct, frozen=True):
    """Whether a condition holds, and the few facts that settle it."""

    holds: bool
    because: tuple[Leaf, ...]


def evaluate(condition: Condition, facts: Facts) -> Outcome:
    match condition:
        case Always():
            return Outcome(True, ())
        case Claim(id):
            return Outcome(bool(facts.claim(id)), (condition,))
        case Compare(id, operator, number):
            given = facts.number(id)
            return Outcome(given is not None and bool(OPERATORS[operator](given, number)), (condition,))
        case Named(name):
            return Outcome(facts.named(name), (condition,))
        case Not(operand):
            inner = evaluate(operand, facts)
            return Outcome(not inner.holds, inner.because)
        case All(operands):
            return _settle(operands, facts, decisive=False)
        case AnyOf(operands):
            return _settle(operands, facts, decisive=True)


def _settle(operands: tuple[Condition, ...], facts: Facts, *, decisive: bool) -> Outcome:
    """One operand of the decisive value settles the whole; otherwise all of them do."""
    outcomes = [evaluate(operand, facts) for operand in operands]
    deciding = next((outcome for outcome in outcomes if outcome.holds is decisive), None)
    if deciding is not None:
        return deciding
    return Outcome(not decisive, tuple(dict.fromkeys(leaf for outcome in outcomes for leaf in outcome.because)))


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every fact that a condition asks for, as written, from left to right."""
    match condition:
        case Not(operand):
            yield from leaves(operand)
        case All(operands) | AnyOf(operands):
            for operand in operands:
                yield from leaves(operand)
        case Claim() | Compare() | Named():
            yield condition
        case Always():
            pass


def render(condition: Condition) -> str:
    """The text that `parse` reads back."""
    match condition:
        case Always():
            return "always"
        case Claim(id):
            return id
        case Compare(id, operator, number):
            return f"{id} {operator} {number}"
        case Named(name):
            return f'"{name}"'
        case Not(operand):
            return f"not {_enclosed(operand)}"
        case All(operands):
            return " and ".join(_enclosed(operand) for operand in operands)
        case AnyOf(operands):
            return " or ".join(_enclosed(operand) for operand in operands)


def _enclosed(condition: Condition) -> str:
    return f"({render(condition)})" if isinstance(condition, All | AnyOf) else render(condition)


class ConditionError(ValueError):
    """A text that is no condition."""


_TOKEN = re.compile(
    r"""\s*(?:(?P<id>[A-Z]{1,3}-\d+(?:\.\d+)?)|(?P<word>and|or|not|always)\b|(?P<number>\d+)"""
    r"""|"(?P<name>[^"]+)"|(?P<operator>>=|<=|>|<|=)|(?P<bracket>[()]))"""
)


def parse(text: str) -> Condition:
    """Read a condition.

    Raises ConditionError.
    """
    if text.strip() == "always":
        return Always()
    parser = _Parser(text)
    condition = parser.alternatives()
    parser.expect_end()
    return condition


class _Parser:
    """`or` binds weakest, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.kind = ""
        self.value = ""
        self.advance()

    def advance(self) -> None:
        rest = self.text[self.at :]
        if not rest.strip():
            self.kind, self.value = "end", "the end"
            return
        token = _TOKEN.match(rest)
        if token is None or token.lastgroup is None:
            raise ConditionError(f"{rest.strip()!r} is no part of a condition in {self.text!r}")
        self.at += token.end()
        self.kind, self.value = token.lastgroup, token[token.lastgroup]

    def taken(self, kind: str, value: str | None = None) -> bool:
        if self.kind != kind or (value is not None and self.value != value):
            return False
        self.advance()
        return True

    def fail(self, wanted: str) -> ConditionError:
        return ConditionError(f"{self.text!r} has {self.value} where {wanted} belongs")

    def expect_end(self) -> None:
        if self.kind != "end":
            raise self.fail("the end")

    def alternatives(self) -> Condition:
        operands = [self.conjunction()]
        while self.taken("word", "or"):
            operands.append(self.conjunction())
        return operands[0] if len(operands) == 1 else AnyOf(tuple(operands))

    def conjunction(self) -> Condition:
        operands = [self.negation()]
        while self.taken("word", "and"):
            operands.append(self.negation())
        return operands[0] if len(operands) == 1 else All(tuple(operands))

    def negation(self) -> Condition:
        if self.taken("word", "not"):
            return Not(self.negation())
        return self.primary()

    def primary(self) -> Condition:
        if self.taken("bracket", "("):
            inner = self.alternatives()
            if not self.taken("bracket", ")"):
                raise self.fail("')'")
            return inner
        value = self.value
        if self.taken("name"):
            return Named(value)
        if self.taken("id"):
            return self.comparison(value)
        raise self.fail("an id")

    def comparison(self, id: str) -> Condition:
        operator = self.value
        if not self.taken("operator"):
            return Claim(id)
        number = self.value
        if not self.taken("number"):
            raise self.fail("a whole number")
        return Compare(id, operator, int(number))
