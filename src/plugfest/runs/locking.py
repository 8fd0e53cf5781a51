"""Files that a process locks while it writes them."""

import fcntl
import os
from pathlib import Path


def is_locked(file: Path) -> bool:
    """Whether a process has locked the file now; not if it cannot be read."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
