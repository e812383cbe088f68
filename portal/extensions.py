"""The extension objects and the base of every model. Nothing here imports from a feature."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.sql.visitors import InternalTraversal, replacement_traverse

from portal.database import Session

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WORDS = sa.Enum(Enum, native_enum=False, length=32, values_callable=lambda kind: [each.value for each in kind])


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An instant. SQLite forgets the zone, so a naive value is refused going in and UTC is put back coming out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value}")
        return value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[str | None], datetime | None] | None:
        """PostgreSQL gives UTC as every connection asks for; SQLite gives text. A list reads hundreds of these."""
        return None if dialect.name == "postgresql" else _from_text


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def as_held(column: Any) -> Any:
    """A column as the driver gives it, for a statement that reads many rows of which few are looked at."""
    return sa.type_coerce(column, sa.types.NullType()).label(column.key)


def instant(held: str | datetime | None) -> datetime | None:
    """The time of a column that was read `as_held`."""
    return _from_text(held) if isinstance(held, str) else held


class Base(DeclarativeBase):
    # On the registry, because Flask-SQLAlchemy refuses a type_annotation_map on the class.
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            Enum: WORDS,
            datetime: UTCDateTime(),
            int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            dict[str, Any]: sa.JSON(),
            list[Any]: sa.JSON(),
        },
    )


class Versioned:
    """When two people decide at once, the second write fails instead of winning."""

    version: Mapped[int] = mapped_column(default=1)

    @sa.orm.declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


db = SQLAlchemy(
    model_class=Base,
    session_options={"expire_on_commit": False, "class_": Session},
    engine_options={"query_cache_size": 2000},
)
login_manager = LoginManager()
csrf = CSRFProtect()


def read(statement: sa.Executable, given: Mapping[str, Any] | None = None) -> sa.CursorResult[Any]:
    """Rows of columns, past the ORM, which would look at each cell once more. What waits to be written is written
    first, as the ORM does."""
    session = db.session()  # once: a proxy is slow to ask
    session.flush()
    return session.connection().execute(statement, given)


class _Compiled(dict[Any, Any]):
    """What one statement was compiled to, found without its key: to hash that of a long one takes longer than to run
    it."""

    def get(self, key: Any, default: Any = None) -> Any:
        dialect, _of_the_statement, *rest = key
        return super().get((dialect, *rest), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        dialect, _of_the_statement, *rest = key
        super().__setitem__((dialect, *rest), compiled)


class _Constant(sa.ColumnElement[Any]):
    """A value that is a part of its statement, and stands in its text."""

    inherit_cache = True
    _traverse_internals = [("type", InternalTraversal.dp_type), ("said", InternalTraversal.dp_string)]

    def __init__(self, given: sa.BindParameter[Any]) -> None:
        self.given, self.type, self.said = given, given.type, repr(given.value)


@compiles(_Constant)
def _as_text(constant: _Constant, compiler: Any, **_given: Any) -> str:
    said: str = compiler.process(constant.given, literal_binds=True)
    return said


def _constant(element: Any, **_given: Any) -> _Constant | None:
    if not isinstance(element, sa.BindParameter) or element.required or isinstance(element.type, sa.JSON):
        return None
    return _Constant(element) if isinstance(element.value, str | int | list) else None


class Kept:
    """A statement that runs with every page or every step: built once, and run as it stands.

    Only what is asked is a parameter of it: to hand fifty values over with each reading, which are always the same,
    takes as long as the rest of it."""

    def __init__(self, statement: sa.Executable) -> None:
        built: Any = statement
        self._statement = built if statement.is_insert else replacement_traverse(built, {}, _constant)
        self._options = {"compiled_cache": _Compiled()}

    def read(self, given: Mapping[str, Any] | None = None) -> sa.CursorResult[Any]:
        """As `read` does, with the values of its parameters."""
        return self._run(given)

    def write(self, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> sa.CursorResult[Any]:
        """The same of one that changes rows; of a new one, many at once. Whose they are is for the caller to check."""
        return self._run(rows)

    def _run(self, given: Any) -> sa.CursorResult[Any]:
        session = db.session()
        session.flush()
        return session.connection().execute(self._statement, given, execution_options=self._options)


def insert_into(table: type[Base] | sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what a conflict leads to, in the SQL of the database in use."""
    return postgresql.insert(table) if db.engine.dialect.name == "postgresql" else sqlite.insert(table)
