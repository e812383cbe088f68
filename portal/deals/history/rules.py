"""How the referrals of one partner went lately, in words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from portal.referrals.decline_reasons import DECLINE_REASONS, DeclineReason
from portal.referrals.rules import OPEN, Status

DAYS = 90
MOST = 2_000
"""So many referrals and deals are looked at, the newest first."""
TOP = 3
FEWEST = 3
"""A median of fewer says nothing."""


@dataclass(frozen=True)
class Lately:
    counts: Mapping[Status, int]
    reasons: Mapping[DeclineReason, int]
    days_to_win: tuple[int, ...]
    """Of each deal that was won, from the introduction to the signature."""


def told(lately: Lately) -> list[tuple[str, str]]:
    """Pairs of what and how many; nothing where the partner referred nobody."""
    referred = sum(lately.counts.values())
    if not referred and not lately.days_to_win:
        return []
    waiting = sum(lately.counts.get(status, 0) for status in OPEN)
    pairs = [
        ("Referred", str(referred)),
        ("Qualified", str(lately.counts.get(Status.QUALIFIED, 0))),
        ("Declined", _declined(lately)),
        ("Waiting", str(waiting) if waiting else ""),
        ("Won", _won(lately.days_to_win)),
    ]
    return [(what, value) for what, value in pairs if value]


def _declined(lately: Lately) -> str:
    count = lately.counts.get(Status.DECLINED, 0)
    most = Counter(lately.reasons).most_common(TOP)
    reasons = ", ".join(f"{DECLINE_REASONS[reason].label.lower()} {number}" for reason, number in most)
    return f"{count}: {reasons}" if reasons else str(count)


def _won(days: Iterable[int]) -> str:
    each = list(days)
    if len(each) < FEWEST:
        return str(len(each))
    return f"{len(each)}, half of them within {round(median(each))} days of the introduction"
