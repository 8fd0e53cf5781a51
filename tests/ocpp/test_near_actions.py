"""What to write instead of an action that OCPP does not have."""

import pytest

from plugfest.ocpp.near_actions import near_action


@pytest.mark.parametrize(
    ("action", "text"), [("Heartbeet", "; did you mean Heartbeat?"), ("transactionevent", ""), ("Xyz", "")]
)
def test_the_known_action_that_is_most_like_it_is_named(action: str, text: str) -> None:
    assert near_action(action, ["Heartbeat", "Authorize"]) == text
