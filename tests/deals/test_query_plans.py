"""The lists read an index in its order: nothing is sorted, however many rows there are. Where no index has what was
chosen, the work ends after so many rows."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from portal import search
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import board
from portal.deals import queries as deals
from portal.deals.lists import Wanted as DealsWanted
from portal.deals.lists import searched
from portal.deals.rules import Channel, LostReason, Pipeline, Stage
from portal.deals.stories import queries as stories
from portal.extensions import db
from portal.referrals import queries as referrals
from portal.referrals.lists import WORDS, Wanted
from portal.referrals.rules import Status
from tests.support import make, sales
from tests.support.make import NOON

Read = Callable[[], Any]
WEEK = (NOON - timedelta(days=7), NOON)
THREE = [Status.SUBMITTED, Status.UNDER_REVIEW, Status.CONFLICT]
REFERRALS: dict[str, dict[str, Any]] = {
    "all": {},
    "one state": {"states": [Status.QUALIFIED]},
    "three states": {"states": THREE},
    "by due": {"by_due": True},
    "one state by due": {"states": [Status.SUBMITTED], "by_due": True},
    "three states by due": {"states": THREE, "by_due": True},
    "received": {"received": WEEK},
    "decided": {"decided": WEEK},
    "decided, by due": {"decided": WEEK, "by_due": True},
    "overdue": {"overdue_at": NOON},
    "a country": {"countries": ["DE"]},
    "countries": {"countries": ["DE", "AT", "CH"]},
    "everything": {
        "states": THREE,
        "received": WEEK,
        "decided": WEEK,
        "countries": ["DE", "AT"],
        "overdue_at": NOON,
    },
    "found": {"has": search.all_of(WORDS, "ltd")},
    "found, and a state": {"few": search.latest("ltd", WORDS), "states": [Status.SUBMITTED]},
}
DEALS: dict[str, dict[str, Any]] = {
    "all": {},
    "at a stage": {"stages": [Stage.PROPOSAL]},
    "at two stages": {"stages": [Stage.PROPOSAL, Stage.WON]},
    "of a channel": {"channels": [Channel.EVENT]},
    "of a pipeline": {"pipelines": [Pipeline.NURTURE]},
    "lost for a reason": {"lost_reasons": [LostReason.PRICE], "stages": [Stage.LOST]},
    "merged": {"stages": [Stage.MERGED]},
    "moved": {"since": WEEK},
    "closed": {"closed": WEEK},
    "worth": {"worth": (1_000_00, None), "currency": "EUR"},
    "overdue": {"overdue_by": NOON.date()},
    "stalled": {"stalled_by": NOON.date()},
    "overdue, worth and of a channel": {
        "overdue_by": NOON.date(),
        "worth": (1, 2),
        "currency": "EUR",
        "channels": [Channel.EVENT],
    },
    "found": {"few": searched("ltd")[0]},
}


def _reads(lead: User, member: User, staff: User) -> Iterator[tuple[str, Read]]:
    own: Any = {"token": None, "url": str}
    for name, given in REFERRALS.items():
        of_partner: dict[str, Any] = {"partner_ids": [lead.partner_id], "others": [deals.of_owners([staff.id])]}
        if not given.keys() & {"has", "few"}:  # what a partner seeks is sought in each of its rows
            yield f"lead: {name}", partial(stories.page, lead, Wanted(**given), **own)
            yield f"member: {name}", partial(stories.page, member, Wanted(**given), **own)
        yield f"staff: {name}", partial(referrals.page, staff, Wanted(**given), **own)
        yield f"of a partner: {name}", partial(referrals.page, staff, Wanted(**given, **of_partner), **own)
    for name, given in DEALS.items():
        yield f"deals: {name}", partial(deals.page, staff, DealsWanted(**given), **own)
        yield (
            f"deals of an owner: {name}",
            partial(deals.page, staff, DealsWanted(owner_ids=[staff.id], **given), **own),
        )
    for whose in (None, staff.id):
        yield f"board of {whose}", partial(board.core, staff, whose)
        yield f"nurture of {whose}", partial(board.nurture, staff, whose)


def _people() -> tuple[User, User, User]:
    sales.program()
    staff, lead = make.staff(Role.SALES_OWNER), sales.lead()
    return lead, make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id), staff


def _asked(read: Read) -> list[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        asked.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    read()
    event.remove(db.engine, "before_cursor_execute", note)
    return asked


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_list_is_read_in_the_order_of_an_index_on_sqlite(app: Flask) -> None:
    reads = _reads(*_people())
    connection = db.session.connection()
    for name, read in reads:
        for sql, parameters in _asked(read):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
            assert not list(_whole_tables(plan)), (name, plan)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_a_partner_narrows_or_searches_is_looked_for_in_one_index(app: Flask) -> None:
    """Its rows lie all over the table, and each is wide."""
    lead, _, _ = _people()
    connection = db.session.connection()
    narrowed, searched = Wanted(states=THREE, countries=["DE"]), Wanted(others=[search.inside(WORDS, "ltd")])
    for wanted in (narrowed, searched):
        asked = _asked(partial(stories.page, lead, wanted, token=None, url=str))
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all() for sql, given in asked]
        assert "COVERING INDEX search_referrals_of_partner" in str(plans), plans


def _whole_tables(plan: Any) -> Iterator[str]:
    """Steps that read a table to its end, or sort more than the few that were picked before."""
    together: dict[int, list[str]] = {}
    for _, parent, _, step in plan:
        together.setdefault(parent, []).append(step)
    for steps in together.values():
        few = any(
            re.search(r"SCAN (few|these|last|looked|together|anon_\d+|search_\w+_found)\b|rowid=\?", step)
            for step in steps
        )
        for step in steps:
            if step.startswith("SCAN") and not re.search(
                r"SCAN (few|these|last|looked|together|anon_\d+|search_\w+_found|json_each|CONSTANT)\b|INDEX", step
            ):
                yield step
            if re.search(r"SCAN (?!anon_)\w+_\d+ USING", step):  # the same table once more, for a few rows of it
                yield step
            if "TEMP B-TREE" in step and not few:
                yield step


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_list_is_read_in_the_order_of_an_index_on_postgresql(app: Flask) -> None:
    reads = _reads(*_people())
    connection = db.session.connection()
    connection.execute(
        sa.text("SET enable_seqscan = off; SET enable_bitmapscan = off")
    )  # on tables as small as these, all else costs more
    for name, read in reads:
        for sql, parameters in _asked(read):
            found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()
            for node in _nodes(found[0]["Plan"]):
                assert node["Node Type"] != "Sort" or all(map(_few, node["Plans"])), (name, found)


def _few(node: dict[str, Any]) -> bool:
    """A page at the most, or what a search found."""
    inside = node.get("Plans", ())
    is_key = str(node.get("Index Name", "")).startswith(("pk_", "uq_"))
    is_found = "search_" in str(node.get("Relation Name", node.get("CTE Name", "")))
    return node["Node Type"] == "Limit" or is_key or is_found or (bool(inside) and any(map(_few, inside)))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_how_many_are_read_is_known_when_a_query_is_planned(app: Flask) -> None:
    """It is planned once; of a limit that comes later, the planner thinks that it is a tenth of all rows."""
    staff = make.staff(Role.SALES_OWNER)
    limits = [each for sql, _ in _asked(lambda: board.core(staff, None)) for each in re.findall(r"LIMIT (\w+)", sql)]
    assert limits == [str(board.FIRST)] * 4
