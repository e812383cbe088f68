"""Temporary files in memory where the machine has room: a database is copied for each test; a disk is slow at it."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 the kernel's own file system in memory
ROOM_BYTES = 4_000_000_000
ROOT = "PYTEST_DEBUG_TEMPROOT"


def keep_in_memory(config: pytest.Config) -> None:
    """Where pytest makes its folders, unless somebody said where: one of this run alone, gone with it."""
    if ROOT in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        return
    folder = tempfile.mkdtemp(prefix="portal-tests-", dir=MEMORY)
    os.environ[ROOT] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
