"""Until when an answer or an appeal is waited for: by the program's settings, to the end of a day."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.program import the_program
from portal.referrals.deadlines import ANSWER_DAYS, APPEAL_DAYS, end_of_day, warnings_past


def begins(now: datetime) -> dict[str, Any]:
    """Until when an answer is waited for, and which warnings are behind already."""
    answer_by = _end(now, "answer_days", ANSWER_DAYS)
    return {"answer_by": answer_by, "warned": warnings_past(answer_by, now)}


def appeal_until(decided_at: datetime) -> datetime:
    """The last moment at which a decision can be appealed."""
    return _end(decided_at, "appeal_days", APPEAL_DAYS)


def _end(after: datetime, setting: str, usual: int) -> datetime:
    program = the_program()
    if program is None:
        return end_of_day(after, usual, ZoneInfo("UTC"))
    return end_of_day(after, getattr(program, setting), ZoneInfo(program.time_zone))
