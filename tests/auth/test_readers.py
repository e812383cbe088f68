"""A statement that is built once for many readers shows each of them what one of their own would."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.readers import asked
from portal.auth.rules import Role
from portal.deals.stories import queries as stories
from portal.extensions import db
from portal.records import as_columns, maker_of
from portal.referrals.models import Protection, Referral
from portal.referrals.queries import visible_to
from portal.scope import all_partners
from tests.support import make, sales

_seen = asked(lambda reader: visible_to(reader, Referral.ref).order_by(Referral.id))


@pytest.fixture
def readers(app: Flask) -> list[User]:
    """Two leads, a member of the first's company, a member with the lead's role, and staff, with a referral of each."""
    sales.program()
    lead, other = sales.lead(), sales.lead()
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=lead.partner_id)
    both = make.partner_user(Role.PARTNER_MEMBER, Role.PARTNER_ADMIN, partner_id=other.partner_id)
    finance = make.partner_user(Role.PARTNER_FINANCE, partner_id=lead.partner_id)
    for each in (lead, other, member, both):
        sales.referral(each)
    return [lead, other, member, both, finance, make.staff(Role.SALES_OWNER)]


def test_each_sees_what_a_statement_of_their_own_shows(readers: list[User]) -> None:
    counts = []
    for reader in readers:
        own = list(db.session.scalars(visible_to(reader, Referral.ref).order_by(Referral.id)))
        assert list(_seen(reader).scalars()) == own
        counts.append(len(own))
    assert counts == [2, 2, 1, 2, 0, 4]


def test_it_is_built_once_for_all_of_the_same_roles(readers: list[User]) -> None:
    built = []

    def build(reader: User) -> sa.Select[Any]:
        built.append(reader.roles)
        return visible_to(reader, Referral.ref)

    ask = asked(build)
    for reader in (*readers, *readers):
        ask(reader)
    assert len(built) == len(set(built)) == 5


def test_what_waits_to_be_written_is_seen(readers: list[User]) -> None:
    lead = readers[0]
    sent = db.session.scalars(visible_to(lead).limit(1)).one()
    sent.company = "Renamed AS"
    row = stories.story(lead, sent.ref)
    assert row.Referral.company == row.company == "Renamed AS"


def test_a_record_has_the_columns_of_its_model_or_is_none(readers: list[User]) -> None:
    sent = db.session.scalars(visible_to(readers[0]).limit(1)).one()
    wanted: Any = sa.select(Referral, Protection, Referral.ref.label("name")).outerjoin(
        Protection, Protection.referral_id == Referral.id
    )
    one = all_partners(as_columns(wanted.where(Referral.id == sent.id)), "a test")
    row = maker_of(wanted)(db.session.execute(one).one())
    assert row.Protection is None
    assert row.name == sent.ref
    columns = sa.inspect(Referral).column_attrs
    assert {each.key: getattr(row.Referral, each.key) for each in columns} == {
        each.key: getattr(sent, each.key) for each in columns
    }
