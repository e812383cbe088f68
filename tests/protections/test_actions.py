"""More time for a claim, and less: extensions, what is given back, what is revoked, and what follows its deal."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal.auth.rules import Role
from portal.deals import actions as deals
from portal.deals.rules import LostReason, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.protections import actions, extending
from portal.protections.models import Extension
from portal.protections.rules import ExtensionState
from portal.referrals.models import Referral
from portal.referrals.rules import Ending, ProtectionState
from portal.scope import all_partners
from tests.notifications.outbox import mails, outbox
from tests.support import claims, make, sales
from tests.support.claims import DAY, kinds, time_comes
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

LATE = NOON + 70 * DAY  # within the last thirty days
LOST: dict[str, Any] = {"lost_reason": LostReason.NO_NEED}


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam")
    maya = sales.detached(make.staff(Role.QUALIFIER, name="Maya"))
    pia = sales.detached(make.staff(Role.PARTNER_MANAGER, name="Pia"))
    return SimpleNamespace(maya=maya, pia=pia, lead=sales.detached(sales.lead(name="Ana")))


@pytest.fixture
def held(people: SimpleNamespace) -> Referral:
    return claims.qualified(people.lead, people.maya, company="Nordlys AS")


def ask(people: SimpleNamespace, held: Referral, now: Any = LATE) -> Extension:
    asked = extending.ask(people.lead, held, now=now, happened="We met twice.", meets_on=None)
    db.session.commit()
    return asked


def decide(people: SimpleNamespace, held: Referral, asked: Extension, now: Any, *, grant: bool = True) -> None:
    act = extending.grant if grant else extending.refuse
    act(people.pia, held, seen_version=asked.version, now=now, reason="Because it moves.")
    db.session.commit()


def test_an_extension_is_asked_for_and_granted(people: SimpleNamespace, held: Referral) -> None:
    asked = ask(people, held)
    assert claims.of(held).state is ProtectionState.EXTENSION_REQUESTED
    assert {each.to for each in outbox("ExtensionAsked")} == mails(people.maya, people.pia)
    decide(people, held, asked, LATE + timedelta(hours=2))
    kept = claims.of(held)
    assert (kept.state, kept.ends_at, kept.warned) == (ProtectionState.ACTIVE, NOON + 150 * DAY, 0)
    assert kept.tail_ends_at == NOON + 240 * DAY
    (mail,) = outbox("ExtensionGranted")
    assert (mail.to, mail.subject) == (people.lead.email, "Granted: Nordlys AS is protected until 17 Apr")
    assert broken_of_deals() == []


@pytest.mark.parametrize(("now", "why"), [(NOON, "within the last 30 days"), (NOON + 91 * DAY, "that still runs")])
def test_it_is_asked_for_in_its_last_days_only(people: SimpleNamespace, held: Referral, now: Any, why: str) -> None:
    with pytest.raises(Refused, match=why):
        ask(people, held, now)


def test_it_is_asked_for_once(people: SimpleNamespace, held: Referral) -> None:
    asked = ask(people, held)
    with pytest.raises(Refused, match="already"):
        ask(people, held)
    decide(people, held, asked, LATE, grant=False)
    with pytest.raises(Refused, match="once"):
        ask(people, held)


def test_while_it_is_undecided_the_protection_does_not_end(people: SimpleNamespace, held: Referral) -> None:
    asked = ask(people, held, NOON + 89 * DAY)
    assert time_comes(NOON + 100 * DAY) == 0
    due_at = sales.clock_of(asked.ref).due_at
    decide(people, held, asked, NOON + 100 * DAY)
    assert claims.of(held).ends_at == NOON + 150 * DAY + (NOON + 100 * DAY - due_at)  # what we were late by
    assert broken_of_deals() == []


@pytest.mark.parametrize(("answered_after", "state"), [(1, ProtectionState.ACTIVE), (20, ProtectionState.TAIL)])
def test_a_refusal_ends_what_is_over(
    people: SimpleNamespace, held: Referral, answered_after: int, state: ProtectionState
) -> None:
    asked = ask(people, held)
    decide(people, held, asked, LATE + answered_after * DAY, grant=False)
    assert claims.of(held).ends_at >= NOON + 90 * DAY
    late = ask_late(people)
    assert state in (claims.of(held).state, claims.of(late).state)


def ask_late(people: SimpleNamespace) -> Referral:
    """Asked on the last day, refused the day after: in time, and it is over."""
    other = claims.qualified(people.lead, people.maya)
    asked = ask(people, other, NOON + 90 * DAY - timedelta(hours=1))
    decide(people, other, asked, NOON + 90 * DAY + timedelta(hours=1), grant=False)
    assert claims.of(other).ends_at == claims.of(other).ended_at == NOON + 90 * DAY + timedelta(hours=1)
    assert kinds(other)[-1] == "ProtectionEnded"
    (told,) = (each for each in outbox("ExtensionRefused") if each.path == f"/referrals/{other.ref}")
    assert (told.to, "The protection ended with that" in told.text) == (people.lead.email, True)
    return other


def test_who_entered_it_does_not_decide_and_the_database_says_so_too(people: SimpleNamespace, held: Referral) -> None:
    asked = ask(people, held)
    row = claims.entered_by(held, people.pia)
    with pytest.raises(Refused, match=r"You entered this referral.*Maya can"):
        extending.grant(people.pia, row, seen_version=asked.version, now=LATE, reason="")
    db.session.rollback()
    by_hand = sa.update(Extension).where(Extension.ref == asked.ref).values(decided_by_id=people.pia.id)
    with pytest.raises(DBAPIError, match="does not decide on its extension"):
        db.session.execute(all_partners(by_hand, "a test"))


def test_it_is_decided_once_and_with_a_reason_where_it_is_refused(people: SimpleNamespace, held: Referral) -> None:
    asked = ask(people, held)
    seen = asked.version
    with pytest.raises(Refused, match="Say why") as refusal:
        extending.refuse(people.pia, held, seen_version=seen, now=LATE, reason=" ")
    assert refusal.value.field == "reason"
    decide(people, held, asked, LATE)
    with pytest.raises(Overtaken):
        extending.refuse(people.maya, held, seen_version=seen, now=LATE, reason="No.")


def test_a_request_rests_with_its_deal_and_lapses_with_it(people: SimpleNamespace, held: Referral) -> None:
    asked, deal = ask(people, held), sales.deal_of(held)
    sales.moved(deal, "parked", parked_until=(LATE + 60 * DAY).date(), now=LATE)
    assert claims.of(held).state is ProtectionState.PAUSED
    sales.moved(deal, "contacted", now=LATE + 30 * DAY)
    assert claims.of(held).state is ProtectionState.EXTENSION_REQUESTED
    sales.moved(deal, "lost", **LOST, now=LATE + 31 * DAY)
    assert (claims.of(held).state, asked.state) == (ProtectionState.RELEASED, ExtensionState.LAPSED)
    assert broken_of_deals() == []


def test_a_protection_ends_with_its_deal_and_comes_back_with_it(people: SimpleNamespace, held: Referral) -> None:
    deal = sales.moved(sales.deal_of(held), "lost", **LOST)
    assert (claims.of(held).state, claims.of(held).ending) == (ProtectionState.RELEASED, Ending.DEAL_LOST)
    sales.moved(deal, "contacted")
    assert (claims.of(held).state, claims.of(held).ending) == (ProtectionState.ACTIVE, None)
    sales.moved(deal, "won", value_minor=100_000, won_on=NOON.date())
    assert claims.of(held).ending is Ending.DEAL_WON
    deals.undo(sales.owner_of(deal), deal, seen_version=deal.version, now=NOON)
    assert claims.of(held).state is ProtectionState.ACTIVE


def test_a_deal_that_was_given_up_does_not_push_out_who_came_meanwhile(people: SimpleNamespace, held: Referral) -> None:
    deal = sales.moved(sales.deal_of(held), "lost", **LOST)
    sales.referral(sales.lead(), website=held.domain)
    sales.moved(deal, "contacted", now=NOON + 2 * DAY)
    assert claims.of(held).state is ProtectionState.RELEASED
    other = claims.qualified(people.lead, people.maya)
    lost = sales.moved(sales.deal_of(other), "lost", **LOST)
    sales.referral(sales.lead(), website=other.domain)
    deals.undo(sales.owner_of(lost), lost, seen_version=lost.version, now=NOON)  # a mistake of ours
    assert (lost.stage, claims.of(other).state) == (Stage.NEW, ProtectionState.ACTIVE)


def test_what_is_given_back_is_free_and_a_deal_still_counts(people: SimpleNamespace, held: Referral) -> None:
    actions.give_back(people.lead, held, seen_version=claims.of(held).version, now=NOON + 10 * DAY)
    db.session.commit()
    kept = claims.of(held)
    assert (kept.state, kept.ends_at) == (ProtectionState.RELEASED, NOON + 10 * DAY)
    assert kept.tail_ends_at == NOON + 100 * DAY
    assert outbox("ProtectionReleased")[0].subject == "Given back: Nordlys AS"
    with pytest.raises(Refused, match="Nothing is protected"):
        actions.give_back(people.lead, held, seen_version=kept.version, now=NOON + 10 * DAY)


def test_what_is_revoked_earns_nothing_until_it_is_restored(people: SimpleNamespace, held: Referral) -> None:
    seen = claims.of(held).version
    with pytest.raises(Refused, match="Say why"):
        actions.revoke(people.pia, held, seen_version=seen, now=NOON + DAY, reason="")
    actions.revoke(people.pia, held, seen_version=seen, now=NOON + DAY, reason="The contact was bought.")
    db.session.commit()
    (mail,) = outbox("ProtectionRevoked")
    assert mail.to == people.lead.email
    assert "The contact was bought." in mail.text
    assert "appeal until 3 Dec" in mail.text
    sales.moved(sales.deal_of(held), "won", value_minor=100_000, won_on=NOON.date(), now=NOON + 2 * DAY)
    assert "FeeNotDue" in kinds_of_deal(held)
    actions.restore(people.maya, held, now=NOON + 4 * DAY, late=timedelta())
    db.session.commit()
    assert claims.of(held).ending is Ending.DEAL_WON
    assert claims.of(held).ends_at == NOON + 93 * DAY
    assert sales.fees_of(held) == [10_000]
    assert broken_of_deals() == []


def kinds_of_deal(held: Referral) -> list[str]:
    return kinds(sales.deal_of(held))  # type: ignore[arg-type]  # by its reference
