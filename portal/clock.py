"""The one place that asks what time it is. Rules and actions get the time as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    return datetime.now(UTC)


def local_date(at: datetime, time_zone: str) -> date:
    """The civil date of an instant in a zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()
