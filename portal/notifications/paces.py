"""How soon a message goes out: at once, with the day's others, or never. Pure.

What has to reach a person whatever they like best is not theirs to choose: signing in, signing, where money goes."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

DIGEST_AT = time(8)
MOST_IN_DIGEST = 40


class Pace(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


PACE_LABEL = {
    Pace.AT_ONCE: "At once",
    Pace.DAILY: "Once a day, at eight on working days",
    Pace.NEVER: "Never; I look for myself",
}


class MailKind(StrEnum):
    REFERRALS = "referrals"
    TALK = "talk"
    CLAIMS = "claims"
    MONEY = "money"
    PROMISES = "promises"
    TASKS = "tasks"


class Kind(NamedTuple):
    label: str
    packages: frozenset[str]
    """That tell of the events behind these mails."""
    is_for_partners: bool


KINDS: dict[MailKind, Kind] = {
    MailKind.REFERRALS: Kind("Referrals and their deals: each step", frozenset({"referrals", "deals"}), True),
    MailKind.TALK: Kind("Messages on a referral", frozenset({"conversation"}), True),
    MailKind.CLAIMS: Kind(
        "Protection, conflicts and appeals", frozenset({"protections", "appeals", "conflicts"}), True
    ),
    MailKind.MONEY: Kind("Fees, statements and payments", frozenset({"fees", "payouts"}), True),
    MailKind.PROMISES: Kind("Answers that we owe: nearly due, or late", frozenset({"sla"}), True),
    MailKind.TASKS: Kind("Tasks that are due", frozenset({"tasks"}), False),
}
FIXED = (
    ("Signing in, invitations and your address", "so that nobody gets in as you unnoticed"),
    ("Agreements", "because a signature binds your company"),
    ("Where payouts go", "because a change that you did not make has to reach you within its 72 hours"),
)
"""What always goes out at once, each with its reason."""


def kind_of(package: str) -> MailKind | None:
    """None for what is not the reader's to choose."""
    return next((kind for kind, each in KINDS.items() if package in each.packages), None)


def package_of(event: type[object]) -> str:
    """The package that tells of it."""
    return event.__module__.split(".")[1]


def pace_of(chosen: Mapping[str, str] | None, package: str) -> Pace:
    kind = kind_of(package)
    return Pace((chosen or {}).get(kind, Pace.AT_ONCE)) if kind else Pace.AT_ONCE


def next_digest(now: datetime, zone: ZoneInfo, holidays: Collection[str]) -> datetime:
    """The next eight o'clock of the person's on a working day, as an instant."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    while not _is_working(day, holidays):
        day += timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, zone).astimezone(UTC)


def _is_working(day: date, holidays: Collection[str]) -> bool:
    return day.weekday() < 5 and day.isoformat() not in holidays
