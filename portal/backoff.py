"""When something that failed is tried again. Work is one attempt; the wait is a time in the row, never a sleep."""

from datetime import datetime, timedelta
from hashlib import sha256

GIVE_UP_AFTER = timedelta(hours=72)
LEASE = timedelta(minutes=3)
"""How long an attempt may take: a row whose worker died meanwhile is due again after it."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))


def next_try(*, attempts: int, now: datetime, give_up_at: datetime, seed: str) -> datetime | None:
    """The time of the next attempt after this many failed ones, or None where that would be too late.

    The wait grows, and is up to a tenth shorter or longer by the seed: what failed together returns apart."""
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    spread = sha256(f"{seed}/{attempts}".encode()).digest()[0] / 255 * 0.2 + 0.9
    at = now + wait * spread
    return at if at <= give_up_at else None
