"""The transaction under test."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from plugfest.lab.v201.known_state import KnownState
from plugfest.lab.v201.states.transaction_event import transaction_under_test
from plugfest.lab.verdict import NotEquipped


def test_without_a_reported_transaction_there_is_no_id_to_send() -> None:
    with pytest.raises(NotEquipped, match="has reported no transaction"):
        transaction_under_test(cast(Any, SimpleNamespace(known_state=KnownState())))
