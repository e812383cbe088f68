"""Partner scope, closed by default.

Every table with a `partner_id`, and `partners` itself, is owned. A SELECT that touches one says whose rows it
reads, by `owned_by` or `all_partners`; the engine refuses one that does not. Writes of a partner's user are
checked when they are flushed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import TableClause, TextClause, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import Executable

from portal.extensions import Base

OPTION = "partner_scope"
Statement = TypeVar("Statement", bound=Executable)
_writer: ContextVar[int | None] = ContextVar("writer", default=None)


class Unscoped(RuntimeError):  # noqa: N818  (a verdict reads better)
    """A statement touches partner-owned rows and does not say whose."""


class LookingOn(RuntimeError):  # noqa: N818
    """Something was about to be written while staff look on as a partner's user."""


class ForeignWrite(RuntimeError):  # noqa: N818
    """A partner's user was about to write another company's row."""


READER = "the reader's company"
"""For a statement that is there for all: which company, a parameter of its WHERE says."""


def owned_by(statement: Statement, partner_id: int | str) -> Statement:
    """The statement reads one company's rows; its WHERE says so too."""
    return statement.execution_options(**{OPTION: partner_id})


def all_partners(statement: Statement, why: str) -> Statement:
    """The statement reads across companies, and says why it may. A test keeps the list of these places."""
    return statement.execution_options(**{OPTION: why})


@contextmanager
def writes_for(partner_id: int | None) -> Iterator[None]:
    """Inside, only this company's rows may be written. None: staff, jobs and the command line."""
    token = _writer.set(partner_id)
    try:
        yield
    finally:
        _writer.reset(token)


NOBODY = 0
"""Writes nothing at all, of whatever table: who looks on as somebody else."""


def set_writer(partner_id: int | None) -> None:
    _writer.set(partner_id)


@cache
def _owned_tables() -> frozenset[str]:
    return frozenset(t.name for t in Base.metadata.tables.values() if t.name == "partners" or "partner_id" in t.c)


@lru_cache(maxsize=4096)
def _touched(sql: str) -> frozenset[str]:
    if not sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return frozenset()
    return _owned_tables() & set(re.findall(r"\w+", sql))


@event.listens_for(Engine, "before_cursor_execute")
def refuse_unscoped(_c: Any, _cursor: Any, sql: str, _p: Any, context: Any, _many: bool) -> None:
    """Asked of every statement, before it runs. Raises Unscoped."""
    if context is None or OPTION in context.execution_options:
        return
    if touched := _touched(sql):
        raise Unscoped(f"reads {', '.join(sorted(touched))} without saying whose: {sql[:200]}")


@event.listens_for(Session, "do_orm_execute")
def _refuse_unscoped_change(state: ORMExecuteState) -> None:
    if _writer.get() == NOBODY and (state.is_insert or state.is_update or state.is_delete):
        raise LookingOn(f"would write: {str(state.statement)[:200]}")
    if not (state.is_update or state.is_delete) or OPTION in state.execution_options:
        return
    if _owned_tables() & set(_named_in(state.statement)):
        raise Unscoped(f"changes rows without saying whose: {str(state.statement)[:200]}")


def _named_in(statement: Any) -> Iterator[str]:
    """The tables of a statement, and the words of SQL in it. To make its text takes ten times as long."""
    for element in visitors.iterate(statement):
        if element.__visit_name__ == "table":
            yield cast(TableClause, element).name
        elif element.__visit_name__ == "textclause":
            yield from re.findall(r"\w+", cast(TextClause, element).text)


@event.listens_for(Session, "before_flush")
def _refuse_foreign(session: Session, _context: Any, _instances: Any) -> None:
    writer = _writer.get()
    if writer is None:
        return
    if writer == NOBODY:
        raise LookingOn("would write rows")
    for row in (*session.new, *session.dirty, *session.deleted):
        if row.__tablename__ in _owned_tables():
            _check_owner(row.__tablename__, row.id if row.__tablename__ == "partners" else row.partner_id, writer)


def check_writes(table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """The same for new rows of a table that no flush will see. Raises ForeignWrite, LookingOn."""
    writer = _writer.get()
    if writer == NOBODY:
        raise LookingOn("would write rows")
    if writer is not None and table in _owned_tables():
        for row in rows:
            _check_owner(table, row["partner_id"], writer)


def _check_owner(table: str, owner: int | None, writer: int) -> None:
    if owner != writer:
        raise ForeignWrite(f"a row of {table} of partner {owner}, written for partner {writer}")
