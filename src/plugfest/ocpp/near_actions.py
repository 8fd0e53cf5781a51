"""What to write instead of an action that OCPP does not have."""

from collections.abc import Collection
from difflib import get_close_matches


def near_action(action: str, known: Collection[str]) -> str:
    """The end of an error text: the known action that is most like this one; empty if none is like it."""
    near = get_close_matches(action, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
