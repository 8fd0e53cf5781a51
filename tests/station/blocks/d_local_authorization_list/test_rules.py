"""Which updates of the Local Authorization List are accepted (D01)."""

import hypothesis.strategies as st
from hypothesis import given as with_examples

from plugfest.station.blocks.d_local_authorization_list.rules import (
    Decision,
    Limits,
    ListUpdate,
    SendLocalListStatus,
    decide,
)
from plugfest.station.model.authorization.local_list import Usage
from plugfest.station.model.authorization.tokens import Token, TokenInfo

LIMITS = Limits(message=Usage(3, 300), list=Usage(5, 500))

tokens = st.builds(Token, st.sampled_from("AaBbCD"), st.sampled_from(["ISO14443", "KeyCode"]))
entries = st.lists(st.tuples(tokens, st.none() | st.just(TokenInfo())), max_size=5)
updates = st.builds(ListUpdate, st.integers(-1, 6), st.booleans(), entries, st.integers(0, 400))
usages = st.builds(Usage, st.integers(0, 7), st.integers(0, 600))


@with_examples(updates, st.integers(0, 5), usages)
def test_an_update_is_accepted_only_if_it_keeps_every_rule(update: ListUpdate, version: int, after: Usage) -> None:
    decision = decide(update, version=version, after=after, limits=LIMITS)
    keys = [token.key() for token, _ in update.entries]
    positive = update.version > 0  # D01.FR.18
    newer = update.full or update.version > version  # D01.FR.19
    well_formed = len(set(keys)) == len(keys)  # D01.FR.06
    complete = not update.full or all(info is not None for _, info in update.entries)
    within = len(keys) <= 3 and update.bytes <= 300 and after.entries <= 5 and after.bytes <= 500  # D01.FR.11, FR.12
    accepted = positive and newer and well_formed and complete and within
    assert (decision.status is SendLocalListStatus.ACCEPTED) is accepted
    assert (decision.status is SendLocalListStatus.VERSION_MISMATCH) is (positive and not newer)
    assert bool(decision.reason) is not accepted


def test_a_refusal_gives_the_reason() -> None:
    update = ListUpdate(2, full=True, entries=[(Token("A", "KeyCode"), TokenInfo())], bytes=100)
    assert decide(update, version=5, after=Usage(1, 50), limits=LIMITS) == Decision(SendLocalListStatus.ACCEPTED)
    full = decide(update, version=5, after=Usage(6, 50), limits=LIMITS)
    assert full == Decision(SendLocalListStatus.FAILED, "OutOfStorage", "at most 5 entries in the list")
