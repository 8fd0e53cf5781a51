"""Conditions over the facts of a PICS: what they are, when they hold and why."""

from __future__ import annotations

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
