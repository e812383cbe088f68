"""Whatever is asked for, the record is read in the order of an index from where the page begins."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from portal.activity import record
from portal.activity.models import EventRow
from portal.activity.rules import Wanted
from portal.auth.models import User
from portal.auth.rules import Role
from portal.events import Audience
from portal.extensions import db
from tests.support import make
from tests.support.make import NOON

MANY = 20_000
# The narrowest of the indexes that would do, where there are several.
READ = {
    "a person and a rare kind": {"by_id_kind_seq", "ref_seq"},
    "a person of a company": {"partner_id_seq", "ref_seq"},
    "all at once": {"ref_seq"},
}
BY_REF = "ix_events_ref_seq"
KINDS = ("AgreementViewed", "AgreementDiscarded", "ReferralWithdrawn", "NextStepSet")
SINCE, UNTIL = NOON + timedelta(hours=1), NOON + timedelta(days=2)
WANTED: dict[str, dict[str, Any]] = {
    "everything": {},
    "a person": {"person": (1, "U-222222")},
    "a company": {"partner_id": 1},
    "a reference": {"ref": "R-222222"},
    "a kind": {"kinds": ("AgreementViewed",)},
    "a rare kind": {"kinds": ("TaxFormFiled",)},
    "a group": {"kinds": KINDS},
    "from": {"since": SINCE},
    "to": {"until": UNTIL},
    "a person and a group between two times": {
        "person": (1, "U-222222"),
        "kinds": KINDS,
        "since": SINCE,
        "until": UNTIL,
    },
    "a person and a rare kind": {"person": (1, "U-222222"), "kinds": ("TaxFormFiled",)},
    "a person of a company": {"person": (1, "U-222222"), "partner_id": 1},
    "all at once": {
        "person": (1, "U-222222"),
        "kinds": ("TaxFormFiled",),
        "partner_id": 1,
        "ref": "R-222222",
        "since": SINCE,
        "until": UNTIL,
    },
}


def _world() -> tuple[User, User]:
    company = make.partner()
    staff, lead = make.staff(Role.AUDITOR), make.partner_user(partner_id=company.id)
    make.saved(User(ref="U-222222", email="one@example.org", name="One", created_at=NOON))
    rows: list[dict[str, Any]] = [
        {
            "seq": seq,
            "at": NOON + timedelta(minutes=seq),
            "kind": KINDS[seq % len(KINDS)],
            "by_id": (staff.id, lead.id, None)[seq % 3],
            "partner_id": company.id if seq % 5 else None,
            "audience": Audience.PARTNER,
            "ref": f"R-{seq % 500:06}",
            "body": {},
            "prev": "0" * 64,
            "hash": "0" * 64,
        }
        for seq in range(1, MANY + 1)
    ]
    db.session.execute(sa.insert(EventRow), rows)
    db.session.commit()
    return staff, lead


def _asked(reader: User, wanted: Wanted) -> tuple[str, Any]:
    """The statement that looks through the record."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        asked.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    record.page(reader, wanted, token=None, url=str)
    event.remove(db.engine, "before_cursor_execute", note)
    (found,) = [each for each in asked if "events.body" in each[0]]
    return found


def _asked_for(staff: User, lead: User) -> Iterator[tuple[str, str, Any]]:
    """Each way of looking, with its statement; and one's own activity."""
    for name, asked in WANTED.items():
        yield name, *_asked(staff, Wanted(**asked))
    yield "one's own", *_asked(lead, Wanted(person=(lead.id, lead.ref)))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_index_is_read_in_its_order_on_sqlite(app: Flask) -> None:
    for name, sql, parameters in _asked_for(*_world()):
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).all()
        steps: dict[int, list[str]] = {}
        for _, parent, _, step in plan:
            steps.setdefault(parent, []).append(step)
        for together in steps.values():
            reads = [step for step in together if " events" in step]
            sorts = [step for step in together if "TEMP B-TREE" in step]
            assert not (reads and sorts), (name, plan)
            assert name == "everything" or "SCAN events" not in reads, (name, plan)
        read = {found[1] for *_, step in plan if (found := re.search(r"USING INDEX ix_events_(\w+)", step))}
        assert read - {"at_seq"} <= READ.get(name, read), (name, plan)


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_an_index_is_read_in_its_order_on_postgresql(app: Flask) -> None:
    world = _world()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE events")
    for name, sql, parameters in _asked_for(*world):
        found = db.session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()
        for node in _nodes(found[0]["Plan"]):
            assert node["Node Type"] not in ("Seq Scan", "Bitmap Heap Scan") or _few(node), (name, found)
            assert node["Node Type"] != "Sort" or all(map(_few, node["Plans"])), (name, found)


def _few(node: dict[str, Any]) -> bool:
    """A page at the most, or the events of one reference, which may be read in any order."""
    inside = node.get("Plans", ())
    is_cut = node["Node Type"] in ("Limit", "Subquery Scan", "Append", "Result")
    return is_cut or node.get("Index Name") == BY_REF or (bool(inside) and all(map(_few, inside)))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
