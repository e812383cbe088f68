"""A source of the work queue: who may act on a kind of thing, which rows of it wait, and how each is told.

Its question is built once for all who hold the same roles: of the reader it asks what they may, and their id."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.emergency.rules import ASK_HOLDS
from portal.extensions import UTCDateTime
from portal.home.queue import Task

SOON = timedelta(days=2)
COLUMNS: dict[str, Any] = {
    "ref": sa.String(),
    "subject": sa.String(),
    "partner": sa.String(),
    "person": sa.String(),
    "step": sa.String(),
    "text": sa.String(),
    "number": sa.BigInteger(),
    "version": sa.BigInteger(),
    "minor": sa.BigInteger(),
    "currency": sa.String(),
    "since": UTCDateTime(),
    "due_at": UTCDateTime(),
    "due_on": sa.Date(),
    "is_mine": sa.Boolean(),
}


class Moment:
    """Stands for the moment of asking while a question is built: its times are parameters, see `values_at`."""

    at = sa.bindparam("now", type_=UTCDateTime())
    today = sa.bindparam("today", type_=sa.Date())
    soon = sa.bindparam("soon", type_=UTCDateTime())
    soon_on = sa.bindparam("soon_on", type_=sa.Date())
    asked_since = sa.bindparam("asked_since", type_=UTCDateTime())
    """From when on what somebody asked for still waits for a second person."""


def values_at(now: datetime) -> dict[str, Any]:
    soon = now + SOON
    times = {"now": now, "today": now.date(), "soon": soon, "soon_on": soon.date()}
    return times | {"asked_since": now - ASK_HOLDS}


@dataclass(frozen=True)
class Source:
    """Its `rows` begin at `part`, are ordered by an index, and need no limit: at most a hundred of them are read.

    `tell` makes a line of the queue from a row; None leaves it out."""

    permission: Permission
    rows: Callable[[User, Moment], sa.Select[Any]]
    tell: Callable[[Any, datetime], Task | None]
    is_covered: bool = False
    """Whoever stands in for somebody sees theirs too. Of the user its rows ask only for the id."""


def part(**given: Any) -> sa.Select[Any]:
    """The columns that every source has, in one order and of one type; what is not given is null.

    `is_mine` says that it is in the reader's own hands, and not in anybody's who may take it."""
    unknown = given.keys() - COLUMNS.keys()
    if unknown:
        raise TypeError(f"no columns of the work queue: {', '.join(sorted(unknown))}")
    given = {"is_mine": sa.false()} | given
    return sa.select(*(_typed(given.get(name), of_type).label(name) for name, of_type in COLUMNS.items()))


def task(title: str, about: str, url: str, row: Any = None) -> Task:
    """A line with what the row says of its partner, its sender and its time."""
    said = {name: getattr(row, name) for name in _SAID} if row is not None else {}
    return Task(title=title, about=about, url=url, **{name: value for name, value in said.items() if value})


_SAID = ("partner", "person", "since", "due_at", "due_on", "is_mine")


def _typed(value: Any, of_type: Any) -> Any:
    """A null says its type, else PostgreSQL takes it for a text; a time is not cast, else SQLite makes it a number."""
    return sa.cast(sa.null(), of_type) if value is None else sa.type_coerce(value, of_type)
