"""Checks and holds as they stand on a page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.formats import status, when
from portal.lookalikes.models import SoftHold
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import FISHING_DAYS, LABEL, TONE, Answer, looks_like_fishing

REFER = {
    Answer.FREE: "Refer them now",
    Answer.TAKEN: "Refer them all the same",
    Answer.ASK_US: "Refer them",
    Answer.CUSTOMER: "Refer another part of it",
    Answer.REFUSED: "Refer them",
}


class CheckRow(NamedTuple):
    url: str
    company: str
    answer: Markup
    at: Markup


class HoldRow(NamedTuple):
    ref: str
    company: str
    left: str
    until: Markup


class LogRow(NamedTuple):
    company: str
    answer: Markup
    partner: str
    partner_ref: str
    person: str
    at: Markup


class Asker(NamedTuple):
    partner: str
    ref: str
    about: str
    hint: Markup


def check_rows(checks: Sequence[Any]) -> list[CheckRow]:
    return [
        CheckRow(f"/referrals/check/{each.ref}", name_of(each), answer_chip(each.answer), when(each.at))
        for each in checks
    ]


def hold_rows(holds: Sequence[Any], now: datetime) -> list[HoldRow]:
    return [HoldRow(each.ref, name_of(each), left(each.ends_at, now), when(each.ends_at)) for each in holds]


def name_of(record: CompanyCheck | SoftHold) -> str:
    """As it was asked for."""
    return record.company or record.domain


def answer_chip(answer: Answer) -> Markup:
    return status(LABEL[answer], TONE[answer])


def left(until: datetime, now: datetime) -> str:
    """`23 h 40 min left`; less than a minute is one."""
    minutes = max(1, int((until - now).total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min left" if hours else f"{rest} min left"


def log_rows(rows: Sequence[Any]) -> list[LogRow]:
    return [
        LogRow(
            row.company or row.domain,
            answer_chip(row.answer),
            row.partner,
            row.partner_ref,
            row.person,
            when(row.at),
        )
        for row in rows
    ]


def askers(rows: Sequence[Any]) -> list[Asker]:
    """Whose people ask most, with a word where hardly anything came of it."""
    return [
        Asker(
            row.name,
            row.ref,
            f"{_count(row.checks, 'check')} by {_count(row.people, 'person', 'people')}, {_past(row.refused)}"
            f"{_count(row.referrals, 'referral')} in {FISHING_DAYS} days",
            _hint(row),
        )
        for row in rows
    ]


def _past(refused: int) -> str:
    return f"{refused} of them over the quota, " if refused else ""


def _hint(row: Any) -> Markup:
    fishing = looks_like_fishing(row.checks, row.referrals)
    said = {"Many checks, few referrals": fishing, LABEL[Answer.REFUSED]: row.refused}
    return Markup(" ").join(status(words, "due") for words, holds in said.items() if holds)


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
