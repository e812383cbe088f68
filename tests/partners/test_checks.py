"""Each claim about people and partners is broken here on purpose, and named."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth import actions as auth
from portal.auth import invitations
from portal.auth.models import LoginSession, RoleGrant, User
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners import actions
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PartnerState, PayoutDetailsState
from portal.proof import broken
from portal.scope import all_partners
from tests.support import make

NOW = make.NOON


def a_partner() -> tuple[Partner, User]:
    """Taken on, active, with payout details in use and a person who was invited."""
    manager, approver = make.staff(Role.PARTNER_MANAGER), make.staff(Role.FINANCE_APPROVER)
    partner = actions.create(manager, name="Lane", legal_name="Lane Ltd", country="GB", address="", now=NOW)
    roles = frozenset({Role.PARTNER_FINANCE})
    finance = invitations.invite(
        manager, email="fay@lane.example", name="Fay", roles=roles, partner_id=partner.id, now=NOW
    )
    actions.activate(partner, now=NOW)
    details = actions.propose_payout_details(finance, partner, holder="Lane", account="GB82WEST12345698765432", now=NOW)
    actions.confirm_payout_details(approver, details, now=NOW)
    db.session.commit()
    return partner, finance


def change(kind: type[Any], **values: Any) -> None:
    db.session.execute(all_partners(sa.update(kind), "a row is broken on purpose").values(values))
    db.session.commit()


def only(words: str) -> bool:
    found = list(broken())
    return len(found) == 1 and words in found[0]


def test_what_people_do_leaves_nothing_broken(app: Flask) -> None:
    make.program()
    partner, finance = a_partner()
    auth.disable_user(make.staff(Role.PROGRAM_ADMIN), finance, now=clock.now())
    actions.move(make.staff(), partner, PartnerState.TERMINATED, now=clock.now())
    actions.move(make.staff(), partner, PartnerState.CLOSED, now=clock.now())
    db.session.commit()
    assert list(broken()) == []


def test_a_partner_in_a_state_that_no_event_tells_of_is_named(app: Flask) -> None:
    partner, _ = a_partner()
    ref = partner.ref
    change(Partner, state=PartnerState.PAUSED)
    assert only(f"{ref} is paused, but its last event says active.")


def test_a_closed_company_with_an_open_account_is_named(app: Flask) -> None:
    _, finance = a_partner()
    change(Partner, state=PartnerState.CLOSED)
    assert any(f"{finance.ref} can sign in" in each for each in broken())


def test_details_that_were_confirmed_too_early_or_alone_are_named(app: Flask) -> None:
    a_partner()
    change(PayoutDetails, effective_at=NOW + timedelta(hours=1))
    assert only("before its time")
    change(PayoutDetails, effective_at=NOW, confirmed_by_id=None)
    assert only("without a second person")


def test_a_decision_that_no_event_tells_of_is_named(app: Flask) -> None:
    a_partner()
    change(PayoutDetails, state=PayoutDetailsState.REFUSED)
    assert only("is refused, and no event says so")


def test_an_account_number_that_does_not_open_is_named(app: Flask) -> None:
    a_partner()
    change(PayoutDetails, account_sealed="t1.AAAA")
    assert only("does not open")


def test_a_person_without_role_is_named(app: Flask) -> None:
    user = make.staff()
    ref = user.ref
    db.session.execute(all_partners(sa.delete(RoleGrant), "a row is broken on purpose"))
    db.session.commit()
    assert only(f"{ref} holds no role.")


def test_a_program_whose_every_admin_is_disabled_is_named(app: Flask) -> None:
    make.staff(Role.PROGRAM_ADMIN, disabled_at=NOW)
    assert only("Every program admin is disabled")


def test_a_session_of_a_disabled_person_is_named(app: Flask) -> None:
    user = make.staff(disabled_at=NOW)
    db.session.add(LoginSession(token_hash="x" * 64, user_id=user.id, created_at=NOW, last_used_at=NOW))
    db.session.commit()
    assert only(f"{user.ref} is disabled, but session")
