"""How many files and sockets a process may have open."""

import resource
from collections.abc import Sequence
from typing import Final

from plugfest.fleet.plan import PlanError, Share, files_needed

OWN_FILES: Final = 64
"""Files that a process needs besides those of its stations."""


def raise_limit() -> int:
    """Raise the limit of this process as far as the system permits; the processes that it starts inherit it.

    Returns the limit.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def check_limit(shares: Sequence[Share], limit: int) -> None:
    """Check that every process can open what it needs. Raises PlanError."""
    needed = files_needed(shares) + OWN_FILES
    if limit != resource.RLIM_INFINITY and needed > limit:
        stations = sum(len(share.members) for share in shares)
        raise PlanError(
            f"{stations} stations in {len(shares)} processes need {needed} open files in each, but the limit is"
            f" {limit}: raise it (ulimit -n, or nofile in /etc/security/limits.conf), or use more processes (--jobs)"
        )
