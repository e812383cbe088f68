"""Statements that run with every page, built once for each kind of reader.

To build a long one, and to find what it was compiled to before, takes longer than to run it."""

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, cast

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission, Reach, reach_of
from portal.auth.rules import Role
from portal.extensions import Kept


class Asked(Protocol):
    """A statement that is there: the values of its parameters are all that it needs."""

    def __call__(self, reader: User, /, **given: Any) -> sa.CursorResult[Any]: ...


class _Whoever:
    """Stands for all who hold these roles while a statement is built; their ids are parameters of it."""

    id = sa.bindparam("reader_id", type_=sa.BigInteger())

    def __init__(self, roles: frozenset[Role], *, is_staff: bool, looks_on: bool) -> None:
        self.roles, self.is_staff = roles, is_staff
        self.viewer = True if looks_on else None
        self.partner_id = None if is_staff else sa.bindparam("reader_partner_id", type_=sa.BigInteger())

    def may(self, permission: Permission, relation: Reach = Reach.OWN) -> bool:
        return (self.reach(permission) or 0) >= relation

    def reach(self, permission: Permission) -> Reach | None:
        return reach_of(self.roles, permission)


def for_readers(build: Callable[[User], Any]) -> Callable[[User], Any]:
    """What `build` makes for a reader, made once for all who hold the same roles.

    Only what depends on the roles and the ids of the reader can be built so; `values_of` gives the ids."""

    @cache
    def built(roles: frozenset[Role], is_staff: bool, looks_on: bool) -> Any:
        return build(cast(User, _Whoever(roles, is_staff=is_staff, looks_on=looks_on)))

    return lambda reader: built(reader.roles, reader.is_staff, reader.viewer is not None)


def values_of(reader: User) -> dict[str, Any]:
    """The values of the parameters by which a statement that was built for all names its reader."""
    return {"reader_id": reader.id, "reader_partner_id": reader.partner_id}


def asked(build: Callable[[User], Any]) -> Asked:
    """The same as a question: `build` makes its statement, and whoever asks names its reader and what else it needs."""
    kept = for_readers(lambda reader: Kept(build(reader)))

    def ask(reader: User, /, **given: Any) -> sa.CursorResult[Any]:
        found: sa.CursorResult[Any] = kept(reader).read(values_of(reader) | given)
        return found

    return ask
