"""Partner scope, closed by default.

Every table with a `partner_id`, and `partners` itself, is owned. A SELECT that touches one says whose rows it
reads, by `owned_by` or `all_partners`; the engine refuses one that does not. Writes of a partner's user are
checked when they are flushed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import ORMExecuteState, Session
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


def owned_by(statement: Statement, partner_id: int) -> Statement:
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
    if _owned_tables() & set(re.findall(r"\w+", sql := str(state.statement))):
        raise Unscoped(f"changes rows without saying whose: {sql[:200]}")


@event.listens_for(Session, "before_flush")
def _refuse_foreign(session: Session, _context: Any, _instances: Any) -> None:
    writer = _writer.get()
    if writer is None:
        return
    if writer == NOBODY:
        raise LookingOn("would write rows")
    for row in (*session.new, *session.dirty, *session.deleted):
        if row.__tablename__ in _owned_tables() and _owner(row) != writer:
            raise ForeignWrite(f"{type(row).__name__} of partner {_owner(row)}, written for partner {writer}")


def _owner(row: Any) -> int | None:
    return row.id if row.__tablename__ == "partners" else row.partner_id  # type: ignore[no-any-return]
