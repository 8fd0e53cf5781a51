"""What all events of a world have in common."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that happens at a time. Its text is one line of the story."""

    at: float
