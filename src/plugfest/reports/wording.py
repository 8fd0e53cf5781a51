"""Durations in the words of every report."""


def duration(seconds: float) -> str:
    """Seconds as a person says them: 0.2 s, 3.4 s, 2 min 05 s, 1 h 04 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
