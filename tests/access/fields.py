"""What a form is not asked: every column there is, sent along with a form that has no such field, changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.extensions import Base, db
from tests.access.pages import Form, forms_of, walk
from tests.access.trial import TABLE, rules_of
from tests.access.world import PEOPLE, World

SMUGGLED, NUMBER = "smuggled", 987_654_321
LONG_AGO = "2001-02-03"
BESIDE = frozenset({"idempotency_keys", "throttles"})
"""Written with every form, and keyed by what is random in it."""
LOOKS_FOR_MORE = frozenset(
    {"/staff/activity/export", "/referrals/export", "/staff/referrals/export", "/staff/deals/export"}
)
"""Takes whatever the search beside it takes, and only reads."""
CLOSE = timedelta(minutes=2)
SCOPE = {"partner_scope": "the tests look at what a form left"}
Rows = dict[tuple[str, Any], dict[str, Any]]


def extras(world: World, form: Form) -> dict[str, str]:
    """A value for every column of every table that the form has no field for: one that the column would take, of
    somebody else's where it is an id."""
    columns = {column.name: column for table in Base.metadata.sorted_tables for column in table.columns}
    more = {
        "amount": str(NUMBER),
        "role": "program_admin",
        "roles": "program_admin",
        "partner": world.other.partner.ref,
    }
    given = {name: _value(world, column) for name, column in columns.items()} | more
    return {name: value for name, value in given.items() if name not in form.fields.keys() | form.also}


def _value(world: World, column: sa.Column[Any]) -> str:
    kind = column.type
    if isinstance(kind, sa.Enum):
        return str(kind.enums[-1])
    if isinstance(kind, sa.Boolean):
        return "y"
    if column.name == "partner_id":
        return str(world.other.partner.id)
    if column.name == "user_id" or column.name.endswith(("by_id", "owner_id")):
        return str(world.other["partner_admin"].id)
    if isinstance(kind, sa.Integer):
        return str(NUMBER)
    is_time = isinstance(kind, sa.Date | sa.DateTime) or "datetime" in type(kind).__name__.lower()
    return LONG_AGO if is_time else f"{SMUGGLED} {column.name}"


def forms_for(app: Flask, world: World, role: str) -> list[Form]:
    """A partner's people with every form that they are shown; of staff, each form once, by the last who may send it."""
    client, found = world.client(app, role), dict[tuple[str, ...], Form]()
    pages = [rule for (method, rule), each in rules_of(app).items() if method == "GET" and not each.arguments]
    for path, response in [*walk(client), *((page, client.get(page)) for page in pages)]:
        for form in forms_of(path, response.text) if response.mimetype == "text/html" else ():
            with app.test_request_context(form.action, method="POST") as context:
                rule = str(context.request.url_rule)
            if rule not in LOOKS_FOR_MORE and (role in world.company.people or _last(rule) == role):
                found.setdefault((rule, *form.fields), form)
    taken = defaultdict[str, set[str]](set)
    for (rule, *names), _ in found.items():
        taken[rule].update(names)
    return [replace(form, also=frozenset(taken[rule])) for (rule, *_), form in found.items()]


def _last(rule: str) -> str:
    """Nobody, where the table has no verdict: that is for another test to say."""
    line = TABLE.get(("POST", rule))
    return next((role for role in reversed(PEOPLE) if line and line.cells[role].startswith(("+", "L"))), "")


def everything() -> Rows:
    """Every row there is, by its table and key."""
    found: Rows = {}
    with db.engine.connect().execution_options(**SCOPE) as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in BESIDE:
                for row in connection.execute(sa.select(table)).mappings():
                    key = tuple(row[column.name] for column in table.primary_key)
                    found[table.name, key] = dict(row)
    return found


def changed(before: Rows, after: Rows) -> Rows:
    """The rows that came or became others; of one that is gone nothing is left."""
    gone: Rows = {key: {} for key in before.keys() - after.keys()}
    return {key: row for key, row in after.items() if before.get(key) != row} | gone


def smuggled(plain: Rows, laden: Rows) -> Iterator[str]:
    """What the fields that the form does not have brought about: in what the two left behind differ."""
    for table, key in plain.keys() ^ laden.keys():
        yield f"a row of {table} more or less: {key}"
    for (table, key), row in laden.items():
        other = plain.get((table, key), {})
        for name, value in row.items():
            if not _same(other.get(name), value):
                yield f"{table}.{name} became {value!r}, not {other.get(name)!r}"


def _same(plain: Any, laden: Any) -> bool:
    """Whether a value is as it would have been: what is random or the present moment differs, and no more."""
    if plain == laden:
        return True
    if isinstance(plain, datetime) and isinstance(laden, datetime):
        return abs(plain - laden) < CLOSE
    if isinstance(plain, bool | int | date) or laden is None or plain is None:
        return False
    words = str(laden)
    return type(plain) is type(laden) and not any(each in words for each in (SMUGGLED, str(NUMBER), LONG_AGO))


def of_others(rows: Rows, own: int) -> Iterator[str]:
    """Rows of a company that is not the person's own."""
    for (table, key), row in rows.items():
        owner = row.get("id") if table == "partners" else row.get("partner_id")
        if owner not in (own, None):
            yield f"{table} {key} belongs to partner {owner}"


def sent(app: Flask, world: World, role: str, renew: Callable[[], None], form: Form, more: dict[str, str]) -> Any:
    """Send the form into the world begun anew: the status, and the rows that it changed."""
    renew()
    before = everything()
    response = world.client(app, role).post(form.action, data=form.filled | more)
    return response.status_code, changed(before, everything())
