"""How long a connection lasted."""

import msgspec


class Span(msgspec.Struct, frozen=True):
    """From one loop time to another; `ended` is None while the connection lives."""

    began: float
    ended: float | None = None
