"""What never changes of a statement that is kept stands in its text; what is asked is a parameter."""

from enum import StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import Kept, db


class _State(StrEnum):
    OPEN = "OPEN"


SAID = ["", "it's", '"quoted"', "100 % of :all", "%(x)s %s", "back\\slash", "line\nbreak\ttab", "−ü", "--", "/* */"]


def _read(statement: Any, **given: Any) -> Any:
    plain = db.session.connection().execute(statement, given).one()
    assert Kept(statement).read(given).one() == plain
    return tuple(plain)


@pytest.mark.parametrize("said", SAID)
def test_words_are_what_they_were(app: Flask, said: str) -> None:
    """Whatever is in them; beside a parameter and without one."""
    asked = sa.select(sa.literal(said), sa.literal(said) == sa.bindparam("said", type_=sa.String()))
    assert _read(asked, said=said) == (said, True)
    assert _read(sa.select(sa.literal(said))) == (said,)


def test_numbers_states_and_lists_are_what_they_were(app: Flask) -> None:
    state = sa.literal(_State.OPEN, sa.Enum(_State, native_enum=False))
    several = sa.literal("b").in_(["a", "it's"]), sa.literal(7).in_([7, -8]), sa.literal("x").not_in([])
    asked = sa.select(sa.literal(-7), sa.literal(2**40, sa.BigInteger()), sa.literal(True), state, *several)
    assert _read(asked) == (-7, 2**40, True, _State.OPEN, False, True, True)


def test_only_what_is_asked_is_handed_over(app: Flask) -> None:
    found = sa.select(sa.literal("kept").label("word")).where(
        sa.literal(3) == sa.bindparam("asked", type_=sa.Integer())
    )
    seen: list[Any] = []

    def note(_connection: Any, _cursor: Any, _sql: str, parameters: Any, *_: Any) -> None:
        seen.append(parameters)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        kept = Kept(found)
        assert [len(kept.read({"asked": asked}).all()) for asked in (3, 4, 3)] == [1, 0, 1]
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert [len(each) for each in seen if each] == [1, 1, 1]
