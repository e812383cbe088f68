"""What waits for somebody of ours: one question to the database over all kinds of it, and one over what partners are
owed. Each source looks at no more than a hundred rows, by an index, and only where the person may act on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType, SimpleNamespace
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.extensions import db
from portal.fees.rules import LineState
from portal.formats import counted, money
from portal.home.queue import MOST, Task
from portal.home.sources import SOURCES, news
from portal.home.sources.source import Source
from portal.news.staff.queries import asked
from portal.payouts.queries import Sum, sums
from portal.scope import all_partners

NEWS = -1
"""Stands where a source has its place."""


def tasks(user: User, now: datetime, covered: Mapping[int, str] = MappingProxyType({})) -> list[Task]:
    """Everything that this person has to do, in no order yet; `covered` are those for whom they stand in, by id."""
    return with_news(user, now, covered)[0]


def with_news(user: User, now: datetime, covered: Mapping[int, str]) -> tuple[list[Task], list[Any]]:
    """The same, and beside it what partners did since the person's last visit: rows of `sources.news`."""
    rows = _rows(user, now, covered)
    waits = [row for row in rows if row.source != NEWS]
    told = ((SOURCES[row.source].tell(row, now), covered.get(row.of_id)) for row in waits)
    found = [replace(task, about=f"{task.about}, for {name}") if name else task for task, name in told if task]
    if user.may(Permission.APPROVE_FEES) or user.may(Permission.MANAGE_PARTNERS):
        found += _statements(user, sums(user, LineState.APPROVED, MOST))
    return found, [row for row in rows if row.source == NEWS]


def _rows(user: User, now: datetime, covered: Mapping[int, str]) -> Sequence[Any]:
    parts = [
        _placed(source.rows(whose, now), place, whose.id)
        for place, source in enumerate(SOURCES)
        if user.may(source.permission)
        for whose in _of_whom(source, user, covered)
    ]
    given = asked(user, now)
    parts += [_placed(each, NEWS, user.id) for each in news.parts(user)] if given else []
    if not parts:
        return []
    together = sa.union_all(*(sa.select(part) for part in parts))
    wanted = all_partners(together, "the work queue: what this person may act on")
    return db.session.execute(wanted, given or {}).all()


def _placed(rows: sa.Select[Any], place: int, of_id: int) -> Any:
    named = (sa.literal(place).label("source"), sa.literal(of_id).label("of_id"))
    return rows.add_columns(*named).limit(MOST).subquery()


def _of_whom(source: Source, user: User, covered: Mapping[int, str]) -> Iterator[Any]:
    yield user
    if source.is_covered:
        yield from (SimpleNamespace(id=each) for each in covered)


def _statements(user: User, found: Sequence[Sum]) -> list[Task]:
    """Finance issues what can be paid; whoever looks after partners asks for what is missing."""
    may_issue, may_ask = user.may(Permission.APPROVE_FEES), user.may(Permission.MANAGE_PARTNERS)
    told = []
    for each in found:
        amount, fees = money(each.amount.minor, each.amount.currency), counted(each.fees, "fee")
        if each.missing and may_ask:
            url = f"/staff/partners/{each.partner_ref}"
            told.append(_of(each, "Talk to", f"{amount} waits. {each.missing}", url))
        elif may_issue and not each.missing:
            told.append(_of(each, "Issue a statement", f"{amount}, {fees} approved", "/staff/payouts/"))
    return told


def _of(each: Sum, verb: str, about: str, url: str) -> Task:
    return Task(title=f"{verb}: {each.partner}", about=about, partner=each.partner, url=url)
