"""What waits for somebody of ours: one question to the database over all kinds of it, and one over what partners are
owed. Each source looks at no more than a hundred rows, by an index, and only where the person may act on them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType, SimpleNamespace
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.readers import for_readers, values_of
from portal.choices import fixed
from portal.extensions import Kept
from portal.home.queue import MOST, Task
from portal.home.sources import SOURCES, news
from portal.home.sources.source import Moment, Source, values_at
from portal.news.staff.queries import asked
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
    found = [task._replace(about=f"{task.about}, for {name}") if name else task for task, name in told if task]
    return found, [row for row in rows if row.source == NEWS]


def _rows(user: User, now: datetime, covered: Mapping[int, str]) -> Sequence[Any]:
    if not any(user.may(source.permission) for source in SOURCES):
        return []
    others = {f"covered_{place}": each for place, each in enumerate(covered)}
    news_since = asked(user, now)
    waiting = _waiting(len(covered), has_news=news_since is not None)
    return waiting(user).read(values_of(user) | values_at(now) | others | (news_since or {})).all()


@cache
def _waiting(covered: int, *, has_news: bool) -> Callable[[User], Kept]:
    """The question of whoever stands in for so many."""
    return for_readers(
        lambda reader: Kept(
            all_partners(_together(reader, covered, has_news), "the work queue: what this person may act on")
        )
    )


def _together(reader: User, covered: int, has_news: bool) -> Any:
    parts = [
        _placed(source.rows(whose, Moment()), place, whose.id)
        for place, source in enumerate(SOURCES)
        if reader.may(source.permission)
        for whose in _of_whom(source, reader, covered)
    ]
    parts += [_placed(each, NEWS, reader.id) for each in news.parts(reader)] if has_news else []
    return sa.union_all(*(sa.select(part) for part in parts))


def _placed(rows: sa.Select[Any], place: int, of_id: Any) -> Any:
    named = (sa.literal(place).label("source"), sa.type_coerce(of_id, sa.BigInteger).label("of_id"))
    return rows.add_columns(*named).limit(fixed(MOST)).subquery()


def _of_whom(source: Source, reader: User, covered: int) -> Iterator[Any]:
    yield reader
    if source.is_covered:
        names = (f"covered_{place}" for place in range(covered))
        yield from (SimpleNamespace(id=sa.bindparam(name, type_=sa.BigInteger())) for name in names)
