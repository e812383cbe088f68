"""What a look for missed and near promises takes while none is: it is made each second."""

import time
from datetime import UTC, datetime
from statistics import median

from portal.extensions import db
from portal.sla import jobs

LOOKS = 50
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
"""No clock is due yet."""


def sweep_ms() -> float:
    """Milliseconds of both questions together: the median of fifty looks."""
    return median(_look() for _ in range(LOOKS))


def _look() -> float:
    began = time.perf_counter()
    found = [*jobs.due(BEFORE_ALL, 100), *jobs.warnings_due(BEFORE_ALL, 100)]
    took = (time.perf_counter() - began) * 1000
    db.session.rollback()
    if found:
        raise RuntimeError("something was due before anything began")
    return took
