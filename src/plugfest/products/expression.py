"""Conditions as text, similar to Part 5: `C-09.1 and (C-51 or not C-09.6)`.

Operands are PICS ids, comparisons (`HFS-8 > 1`), and names in quotes (`not "Smart Charging"`): profiles,
product subtypes, and fields of requests of which the PICS lists unsupported values (`"unsupported.monitoring_base"`).
`always` alone is the condition of a case that is mandatory in its profile.
"""

from __future__ import annotations

import re

from plugfest.products.condition import All, Always, AnyOf, Claim, Compare, Condition, Named, Not


def render(condition: Condition) -> str:
    """The text of a condition; the inverse of `parse`."""
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
    """A text that is not a valid condition."""


_TOKEN = re.compile(
    r"""\s*(?:(?P<id>[A-Z]{1,3}-\d+(?:\.\d+)?)|(?P<word>and|or|not|always)\b|(?P<number>\d+)"""
    r"""|"(?P<name>[^"]+)"|(?P<operator>>=|<=|>|<|=)|(?P<bracket>[()]))"""
)


def parse(text: str) -> Condition:
    """The condition in a text.

    Raises ConditionError.
    """
    if text.strip() == "always":
        return Always()
    parser = _Parser(text)
    condition = parser.alternatives()
    parser.expect_end()
    return condition


class _Parser:
    """A recursive descent parser. Precedence from low to high: `or`, `and`, `not`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.kind = ""
        self.value = ""
        self.advance()

    def advance(self) -> None:
        rest = self.text[self.at :]
        if not rest.strip():
            self.kind, self.value = "end", "end of text"
            return
        token = _TOKEN.match(rest)
        if token is None or token.lastgroup is None:
            raise ConditionError(f"unexpected {rest.strip()!r} in {self.text!r}")
        self.at += token.end()
        self.kind, self.value = token.lastgroup, token[token.lastgroup]

    def accept(self, kind: str, value: str | None = None) -> bool:
        if self.kind != kind or (value is not None and self.value != value):
            return False
        self.advance()
        return True

    def error(self, expected: str) -> ConditionError:
        return ConditionError(f"expected {expected}, got {self.value} in {self.text!r}")

    def expect_end(self) -> None:
        if self.kind != "end":
            raise self.error("end of text")

    def alternatives(self) -> Condition:
        operands = [self.conjunction()]
        while self.accept("word", "or"):
            operands.append(self.conjunction())
        return operands[0] if len(operands) == 1 else AnyOf(tuple(operands))

    def conjunction(self) -> Condition:
        operands = [self.negation()]
        while self.accept("word", "and"):
            operands.append(self.negation())
        return operands[0] if len(operands) == 1 else All(tuple(operands))

    def negation(self) -> Condition:
        if self.accept("word", "not"):
            return Not(self.negation())
        return self.primary()

    def primary(self) -> Condition:
        if self.accept("bracket", "("):
            inner = self.alternatives()
            if not self.accept("bracket", ")"):
                raise self.error("')'")
            return inner
        value = self.value
        if self.accept("name"):
            return Named(value)
        if self.accept("id"):
            return self.comparison(value)
        raise self.error("an id")

    def comparison(self, id: str) -> Condition:
        operator = self.value
        if not self.accept("operator"):
            return Claim(id)
        number = self.value
        if not self.accept("number"):
            raise self.error("a whole number")
        return Compare(id, operator, int(number))
