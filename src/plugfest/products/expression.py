"""Conditions as text, much as Part 5 writes them: `C-09.1 and (C-51 or not C-09.6)`.

The words are PICS ids, numbers compared (`HFS-8 > 1`), and profiles or product subtypes in quotes
(`not "Smart Charging"`). `always` alone is the condition of a case that is mandatory in its profile.
"""

from __future__ import annotations

import re

from plugfest.products.condition import All, Always, AnyOf, Claim, Compare, Condition, Named, Not


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
