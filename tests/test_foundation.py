"""The ground: scope, the record of events, keys claimed first. Each guard is broken here on purpose."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, StatementError

from portal.activity.models import EventHead, EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.lookalikes.models import CompanyKey, CompanyName, SoftHold
from portal.lookalikes.rules import HoldState, Kind
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.rows import add_named, add_objects, add_rows
from portal.scope import NOBODY, ForeignWrite, LookingOn, Unscoped, all_partners, owned_by, writes_for
from tests.support import make


def test_a_select_that_does_not_say_whose_rows_it_reads_is_refused(app: Flask) -> None:
    with pytest.raises(Unscoped, match="partners"):
        db.session.scalars(sa.select(Partner)).all()
    with pytest.raises(Unscoped, match="users"):
        db.session.execute(sa.select(sa.literal(1)).where(sa.exists().where(User.id == 1))).all()


def test_a_scoped_select_is_answered(app: Flask) -> None:
    partner = make.partner()
    assert db.session.scalars(owned_by(sa.select(Partner).where(Partner.id == partner.id), partner.id)).one()
    assert db.session.scalars(all_partners(sa.select(Partner), "a test")).all()


_THEIRS = sa.select(User.id)


@pytest.mark.parametrize(
    "change",
    [
        sa.update(Partner).values(name="x"),
        sa.delete(Referral),
        sa.delete(CompanyKey).where(CompanyKey.company_id.in_(_THEIRS)),
        sa.update(CompanyKey).values(key=_THEIRS.limit(1).scalar_subquery()),
        sa.delete(CompanyKey).where(sa.text("company_id IN (SELECT id FROM users)")),
    ],
)
def test_a_bulk_change_says_whose_rows_too(app: Flask, change: sa.Update | sa.Delete) -> None:
    with pytest.raises(Unscoped):
        db.session.execute(change)


def test_rows_written_at_once_are_the_writers_own(app: Flask) -> None:
    own, other = make.partner(), make.partner()
    row = {"kind": Kind.DEAL, "name": "Nordlys", "domain": "", "words": "nordlys", "label": "", "since": make.NOON}
    with writes_for(own.id):
        with pytest.raises(ForeignWrite):
            add_rows(CompanyName, [row | {"ref": "D-222222", "partner_id": owner.id} for owner in (own, other)])
        with pytest.raises(ForeignWrite):
            add_named(CompanyName, [row | {"ref": "D-222222", "partner_id": other.id}])
        assert list(add_named(CompanyName, [row | {"ref": "D-333333", "partner_id": own.id}])) == ["D-333333"]
        with pytest.raises(ForeignWrite):
            add_objects(CompanyName, [row | {"ref": "D-222222", "partner_id": other.id}])
    with writes_for(NOBODY), pytest.raises(LookingOn):
        add_rows(CompanyKey, [{"key": 1, "company_id": 1}])


def test_objects_written_at_once_are_those_of_a_flush_in_the_order_of_their_rows(app: Flask) -> None:
    by = make.partner_user(Role.PARTNER_MEMBER)
    row: dict[str, Any] = {
        "ref": "H-2",
        "partner_id": by.partner_id,
        "by_id": by.id,
        "state": HoldState.HELD,
        "company": "Nordlys",
    }
    row |= {"domain": "", "starts_at": make.NOON, "ends_at": make.NOON + timedelta(days=1)}
    second, first = add_objects(SoftHold, [row, row | {"ref": "H-1"}])
    assert (second.ref, first.ref, second.version, second.referral_ref) == ("H-2", "H-1", 1, None)
    assert second in db.session
    assert not db.session.dirty
    second.state = HoldState.RELEASED
    db.session.flush()
    assert second.version == 2
    db.session.expire_all()
    read = all_partners(sa.select(SoftHold).order_by(SoftHold.ref), "a test")
    assert [(each.ref, each.state) for each in db.session.scalars(read)] == [("H-1", "held"), ("H-2", "released")]


def test_a_partners_user_cannot_write_another_companys_row(app: Flask) -> None:
    own, other = make.partner(), make.partner()
    with writes_for(own.id):
        other.name = "Taken over"
        with pytest.raises(ForeignWrite):
            db.session.flush()


def test_events_cannot_be_changed_or_deleted(app: Flask) -> None:
    row = {"seq": 1, "at": make.NOON, "kind": "X", "audience": "staff", "ref": "R", "body": {}, "prev": "", "hash": ""}
    db.session.execute(sa.insert(EventRow), [row])
    db.session.commit()
    for change in (sa.update(EventRow).values(ref="Y"), sa.delete(EventRow)):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(all_partners(change, "a test"))
        db.session.rollback()


def test_a_second_event_head_is_refused(app: Flask) -> None:
    db.session.add(EventHead(id=2, seq=0, hash=""))
    with pytest.raises(DBAPIError):
        db.session.flush()


def test_a_time_without_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="without zone"):
        make.partner(created_at=make.NOON.replace(tzinfo=None) + timedelta(1))


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_the_columns_of_a_result_are_described_when_they_are_looked_at(app: Flask) -> None:
    cursor: Any = db.session.connection().connection.cursor()
    cursor.execute("SELECT 1 AS one, 'b' AS two")
    assert ([each.name for each in cursor.description], len(cursor.description)) == (["one", "two"], 2)
    cursor.execute("SET application_name = 'a test'")
    assert cursor.description is None
