"""What a view may be called, how many there may be, who may share, and what the record says of it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.saved_views import actions, queries, rules
from portal.saved_views.models import SavedView
from portal.saved_views.rules import ListName
from portal.scope import all_partners
from tests.support import make
from tests.support.make import NOON

LATE, DEALS, OURS = ListName.STAFF_REFERRALS, ListName.STAFF_DEALS, ListName.REFERRALS


def save(by: User, name: str, of: ListName = LATE, *, is_shared: bool = False) -> SavedView:
    return actions.save(by, of=of, query="q=x", name=name, is_shared=is_shared, now=NOON)


def told() -> list[str]:
    db.session.commit()
    return list(db.session.scalars(all_partners(sa.select(EventRow.kind).order_by(EventRow.seq), "a test")))


@pytest.fixture
def maya(app: Flask) -> User:
    make.program()
    return make.staff(Role.QUALIFIER)


def test_the_record_tells_what_others_notice_and_nothing_else(maya: User) -> None:
    def heard(act: Callable[[], object]) -> list[str]:
        before = len(told())
        act()
        return told()[before:]

    own, shared = save(maya, "Mine"), save(maya, "Ours", is_shared=True)
    assert told() == ["ViewShared"]
    assert heard(lambda: actions.rename(maya, own, "Still mine", now=NOON)) == []
    assert heard(lambda: actions.rename(maya, shared, "Ours", now=NOON)) == [], "nothing changed"
    assert heard(lambda: actions.rename(maya, shared, "Everybody's", now=NOON)) == ["SharedViewChanged"]
    assert heard(lambda: actions.share(maya, own, now=NOON)) == ["ViewShared"]
    assert heard(lambda: actions.share(maya, own, now=NOON)) == [], "it was"
    assert heard(lambda: actions.take_back(maya, own, now=NOON)) == ["SharedViewEnded"]
    assert heard(lambda: actions.take_back(maya, own, now=NOON)) == [], "it was not"
    assert heard(lambda: actions.delete(maya, own, now=NOON)) == []
    assert heard(lambda: actions.delete(maya, shared, now=NOON)) == ["SharedViewEnded"]


def test_who_may_not_share_is_refused_whatever_asks(app: Flask) -> None:
    auditor = make.staff(Role.AUDITOR)
    view = save(auditor, "Mine")
    for act in (lambda: save(auditor, "Ours", is_shared=True), lambda: actions.share(auditor, view, now=NOON)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.field == "is_shared"


def test_a_list_has_room_for_so_many_that_are_shared(maya: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST", 2)
    other, third = make.staff(Role.QUALIFIER), make.staff(Role.QUALIFIER)
    save(other, "Not shared"), save(maya, "Deals", DEALS, is_shared=True), save(maya, "First", is_shared=True)
    own = save(third, "Not yet")
    save(other, "Second", is_shared=True)
    with pytest.raises(Refused, match="are shared already"):
        save(third, "Third", is_shared=True)
    with pytest.raises(Refused, match="are shared already"):
        actions.share(third, own, now=NOON)
    assert not own.is_shared


def test_a_name_is_taken_by_ones_own_views_of_that_list(maya: User) -> None:
    save(maya, "Late")
    save(maya, "Late", DEALS)
    save(make.staff(Role.QUALIFIER), "Late")
    with pytest.raises(Refused):
        save(maya, "late")


def test_each_list_of_each_person_opens_with_its_own_view(maya: User) -> None:
    other = make.staff(Role.QUALIFIER)
    late, deals, later = save(maya, "Late"), save(maya, "Deals", DEALS), save(maya, "Later", is_shared=True)
    choices = ((maya, late, True), (maya, deals, True), (other, later, True), (maya, later, True), (other, late, False))
    for by, view, wanted in choices:
        actions.open_first(by, view, wanted=wanted)
    assert opening(maya, other) == [{LATE: later.ref, DEALS: deals.ref}, {LATE: later.ref}]
    actions.open_first(other, later, wanted=False)
    assert opening(maya, other) == [{LATE: later.ref, DEALS: deals.ref}, None]


def opening(*people: User) -> list[object]:
    first = sa.select(User.first_views).where(User.id.in_([each.id for each in people])).order_by(User.id)
    return list(db.session.scalars(all_partners(first, "a test")))


def test_who_has_not_the_list_has_none_of_its_views(app: Flask) -> None:
    lead = make.partner_user(Role.PARTNER_ADMIN)
    save(lead, "Ours", OURS, is_shared=True)
    people = {role: make.partner_user(role, partner_id=lead.partner_id) for role in (*SEEN, *UNSEEN)}
    db.session.commit()
    found = {role: len(db.session.scalars(queries.visible_to(user)).all()) for role, user in people.items()}
    assert found == dict.fromkeys(SEEN, 1) | dict.fromkeys(UNSEEN, 0)


SEEN = (Role.PARTNER_MEMBER, Role.PARTNER_ADMIN)
UNSEEN = (Role.PARTNER_FINANCE, Role.PARTNER_SIGNATORY)
