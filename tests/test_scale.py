"""The large program: as whole as a small one, and no chance to load it twice or into real data."""

import sqlite3
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.deals.models import Deal
from portal.errors import Refused
from portal.extensions import db
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.partners.models import Partner
from portal.proof import broken
from portal.referrals.models import Referral
from portal.scope import all_partners
from portal.seeds import scale
from portal.seeds.scale import world
from portal.seeds.scale.refs import Refs
from portal.seeds.scale.words import company
from portal.seeds.scale.working_time import WorkingTime
from portal.seeds.scale.writers import loading
from portal.sla.business_time import Calendar, due_at
from tests.support import make

REFERRALS = 2_000


def _one(statement: sa.Select[Any]) -> int:
    return int(db.session.execute(all_partners(statement, "a test")).scalar_one())


def _count(kind: type, *where: sa.ColumnElement[bool]) -> int:
    return _one(sa.select(sa.func.count()).select_from(kind).where(*where))


def test_a_large_program_holds_all_that_must_hold(app: Flask) -> None:
    scale.seed(make.NOON, REFERRALS)
    assert not list(broken())
    assert _count(Referral) == REFERRALS
    lead = _one(sa.select(User.partner_id).where(User.email == world.LEAD))
    assert _count(Referral, Referral.partner_id == lead) == 1_000
    assert _count(Partner) > 1_000
    assert _count(Deal) > REFERRALS / 4
    assert {state for state in (LineState.PAID, LineState.APPROVED) if _count(FeeLine, FeeLine.state == state)} == {
        LineState.PAID,
        LineState.APPROVED,
    }
    _goes_on(app)
    with pytest.raises(Refused, match="before"):
        scale.seed(make.NOON, REFERRALS)


def _goes_on(app: Flask) -> None:
    """What was told the database for speed is forgotten, and new rows are numbered after the loaded ones."""
    partner = make.partner()
    assert partner.id == _one(sa.select(sa.func.max(Partner.id)))
    if db.engine.dialect.name == "sqlite":
        ask = db.session.connection().exec_driver_sql
        told = [ask(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        db.session.rollback()
        assert told == ["wal", 2]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_portal_in_use_is_left_alone(app: Flask) -> None:
    make.program()
    with pytest.raises(Refused, match="no demo program"):
        scale.seed(make.NOON, REFERRALS)
    other = sqlite3.connect(db.engine.url.database or "")
    other.execute("SELECT COUNT(*) FROM partners").fetchone()
    other.execute("BEGIN")
    other.execute("SELECT COUNT(*) FROM partners").fetchone()
    with pytest.raises(Refused, match="in use"), loading(db.engine):
        pass
    other.close()


def test_no_reference_and_no_company_comes_twice() -> None:
    refs = Refs("R", frozenset({Refs("R", frozenset()).new()}))
    assert len({refs.new() for _ in range(5_000)}) == 5_000
    assert len({company(number).domain for number in (*range(3_000), *range(1_000_000, 1_003_000))}) == 6_000


@pytest.mark.parametrize("seconds", [0, 1, 1_800, 28_799, 28_800, 28_801, 100_000, 144_000])
def test_working_time_as_a_number_is_working_time(seconds: int) -> None:
    """Over a change of the clocks, and a holiday."""
    since = make.NOON.replace(month=10, day=19, hour=0)
    calendar = Calendar("Europe/Berlin", holidays=frozenset({make.NOON.replace(month=10, day=28).date()}))
    time = WorkingTime(calendar, since, make.NOON)
    begins = due_at(calendar, since, 1).timestamp() - 60
    if seconds % 60 == 0 and seconds:
        assert time.due(seconds) == due_at(calendar, since, seconds // 60).timestamp()
    assert time.epoch(seconds) >= begins
    assert time.epoch(seconds + 1) > time.epoch(seconds)
    assert time.due(seconds) <= time.epoch(seconds)
