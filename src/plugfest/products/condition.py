"""Conditions on the answers of a PICS: their structure and evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from operator import eq, ge, gt, le, lt
from typing import Protocol

import msgspec

OPERATORS = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}


class Always(msgspec.Struct, frozen=True):
    """Always true."""


class Claim(msgspec.Struct, frozen=True):
    """The feature or question `id` is answered Yes."""

    id: str


class Compare(msgspec.Struct, frozen=True):
    """The number answered under `id` is, for example, `>` `number`."""

    id: str
    operator: str
    number: int


class Named(msgspec.Struct, frozen=True):
    """The product claims the certification profile, or has the product subtype, of this name."""

    name: str


class Not(msgspec.Struct, frozen=True):
    operand: Condition


class All(msgspec.Struct, frozen=True):
    operands: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True):
    operands: tuple[Condition, ...]


Condition = Always | Claim | Compare | Named | Not | All | AnyOf
Leaf = Claim | Compare | Named


class PicsAnswers(Protocol):
    """The answers of a product."""

    def claim(self, id: str) -> bool | None:
        """Yes or No; None, which counts as No, if the PICS has no answer."""

    def number(self, id: str) -> float | None: ...

    def named(self, name: str) -> bool: ...


class Outcome(msgspec.Struct, frozen=True):
    """Whether a condition holds, and the answers that decide it."""

    holds: bool
    because: tuple[Leaf, ...]


def evaluate(condition: Condition, answers: PicsAnswers) -> Outcome:
    match condition:
        case Always():
            return Outcome(True, ())
        case Claim(id):
            return Outcome(bool(answers.claim(id)), (condition,))
        case Compare(id, operator, number):
            given = answers.number(id)
            return Outcome(given is not None and bool(OPERATORS[operator](given, number)), (condition,))
        case Named(name):
            return Outcome(answers.named(name), (condition,))
        case Not(operand):
            inner = evaluate(operand, answers)
            return Outcome(not inner.holds, inner.because)
        case All(operands):
            return _evaluate_operands(operands, answers, decisive=False)
        case AnyOf(operands):
            return _evaluate_operands(operands, answers, decisive=True)


def _evaluate_operands(operands: tuple[Condition, ...], answers: PicsAnswers, *, decisive: bool) -> Outcome:
    """One operand with the decisive value decides the result; without one, all operands do."""
    outcomes = [evaluate(operand, answers) for operand in operands]
    deciding = next((outcome for outcome in outcomes if outcome.holds is decisive), None)
    if deciding is not None:
        return deciding
    return Outcome(not decisive, tuple(dict.fromkeys(leaf for outcome in outcomes for leaf in outcome.because)))


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every claim, comparison and name in a condition, from left to right."""
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
