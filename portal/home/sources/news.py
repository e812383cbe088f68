"""What partners did since the reader's last visit: read with the queue, and no task in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.choices import fixed
from portal.formats import Words, counted, ninety_nine
from portal.home.queue import MOST, SHOWN
from portal.home.sources.source import part
from portal.news.rules import sentence
from portal.news.shown import Item, News
from portal.news.staff import queries

NAMED = 4
"""Referrals with news that stand above the queue."""


def parts(user: User) -> Iterator[sa.Select[Any]]:
    """For rows of the queue, with the values of `queries.asked`."""
    if user.may(Permission.MOVE_DEALS, Reach.ASSIGNED):
        yield _on_deals()
    if user.may(Permission.DECIDE_REFERRALS):
        yield _undecided()


def told(rows: Sequence[Any], since: datetime | None, words: Words) -> News | None:
    """The latest of each referral, the latest on top; None on the first visit."""
    if since is None:
        return None
    latest: dict[str, Any] = {}
    for row in sorted(rows, key=lambda row: -row.number):
        latest.setdefault(row.ref, row)
    items = [
        Item(
            row.ref, row.subject, sentence(row.step, {}, day=words.day_of(row.since), by=f"{row.person}, {row.partner}")
        )
        for row in list(latest.values())[:NAMED]
    ]
    count, rest = len(latest), len(latest) - len(items)
    many = ninety_nine(count) if count > SHOWN else ""
    more = f"And {many or counted(rest, 'more referral')}{' in all' if many else ''}." if rest else ""
    return News(words.when(since), f"{many} referrals" if many else counted(count, "referral"), items, more)


def _line(row: Any, words: Words) -> str:
    return sentence(row.step, {}, day=words.day_of(row.since), by=f"{row.person} of {row.partner}")


@cache
def _on_deals() -> sa.Select[Any]:
    return _as_part(queries.on_deals())


@cache
def _undecided() -> sa.Select[Any]:
    return _as_part(queries.undecided())


def _as_part(told: Any) -> sa.Select[Any]:
    e = told.limit(fixed(MOST)).subquery().c
    about: dict[str, Any] = {"ref": e.ref, "subject": e.company, "partner": e.partner, "person": e.name}
    return part(**about, step=e.kind, since=e.at, number=e.seq)
