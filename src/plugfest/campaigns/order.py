"""In which orders the cases of a campaign can run."""

from typing import Literal

Order = Literal["plan", "walking"]
"""As in the test plan, or such that a person walks less."""
