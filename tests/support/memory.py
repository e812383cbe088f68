"""Temporary files in memory where the machine has room: a database is copied for each test; a disk is slow at it."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 the kernel's own file system in memory
ROOM_BYTES = 4_000_000_000


def keep_in_memory() -> None:
    """Where pytest makes its folders from now on, unless somebody said where."""
    if "PYTEST_DEBUG_TEMPROOT" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)
