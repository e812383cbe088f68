"""What is past its time is erased in the night: each class at its own time, not a day before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal import worker
from portal.activity.models import EventRow
from portal.agreements.models import Agreement, Signature
from portal.agreements.rules import AgreementState
from portal.auth.models import KnownDevice, LoginSession
from portal.auth.sessions import open_session
from portal.config import Settings
from portal.errors import Refused
from portal.extensions import db
from portal.months import months_after
from portal.notifications.actions import write_to
from portal.notifications.models import Delivery
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PayoutDetailsState
from portal.privacy import actions, jobs
from portal.privacy.models import RetentionRun
from portal.privacy.rules import (
    TERMS,
    JobState,
    Keep,
    Reason,
    Subject,
    months_before,
    months_of,
    pseudonym,
)
from portal.program import Program
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.privacy import canary
from tests.privacy.canary import EMAIL, NAME
from tests.privacy.people import a_lead, account, begin, company, contact, ref_of
from tests.support import agreements, make, sales
from tests.support.make import NOON
from tests.support.proof import nothing_broken

DAY = timedelta(days=1)


@pytest.fixture
def settings(app: Flask) -> Settings:
    return begin(app)


def night(app: Flask, now: datetime) -> RetentionRun:
    """The run of this night."""
    db.session.commit()  # what was read before holds SQLite's lock
    worker.run_until_idle(app, now)
    latest = sa.select(RetentionRun).order_by(RetentionRun.id.desc()).limit(1)
    return db.session.scalars(latest.execution_options(populate_existing=True)).one()


def after(keep: Keep, since: datetime = NOON) -> datetime:
    return months_after(since, TERMS[keep].usual) + timedelta(minutes=1)


def erased_at(ref: str) -> datetime | None:
    wanted = sa.select(Referral.erased_at).where(Referral.ref == ref)
    return db.session.scalar(all_partners(wanted, "a test"))


def test_months_are_calendar_months() -> None:
    assert months_after(datetime(2026, 8, 31), 6) == datetime(2027, 2, 28)  # noqa: DTZ001
    assert months_before(datetime(2027, 2, 28), 6) == datetime(2026, 8, 28)  # noqa: DTZ001
    assert months_after(datetime(2026, 1, 15), 120) == datetime(2036, 1, 15)  # noqa: DTZ001


def test_a_prospect_that_came_to_nothing_is_erased_after_its_time(app: Flask, settings: Settings) -> None:
    lead = a_lead()
    gone, kept = sales.referral(lead, **contact()), sales.referral(lead)
    referrals.withdraw(lead, gone, seen_version=gone.version, now=NOON)
    db.session.commit()
    refs = gone.ref, kept.ref
    night(app, after(Keep.PROSPECT_CLOSED) - DAY)
    assert erased_at(refs[0]) is None
    run = night(app, after(Keep.PROSPECT_CLOSED))
    assert run.counts["erased"]["prospects"] == 1
    assert erased_at(refs[0]) is not None
    assert erased_at(refs[1]) is None, "it is still open"
    assert [each for each in canary.traces(settings) if each != "users.email"] == []
    nothing_broken()


def test_a_qualified_prospect_is_kept_until_deal_and_claim_have_ended(app: Flask, settings: Settings) -> None:
    deal = sales.qualified(a_lead(), **contact())
    lost = sales.moved(deal, "lost", lost_reason="no_budget")
    referral = sales.again(ref_of(deal))
    claim_ends = NOON + timedelta(days=180)
    assert lost.closed_at is not None
    ref = referral.ref
    night(app, after(Keep.PROSPECT_QUALIFIED))
    assert erased_at(ref) is None, "the claim still runs"
    night(app, after(Keep.PROSPECT_QUALIFIED, claim_ends) + DAY)
    assert erased_at(ref) is not None
    nothing_broken()


def test_an_open_deal_keeps_its_contact_for_as_long_as_it_takes(app: Flask, settings: Settings) -> None:
    deal = sales.qualified(a_lead(), **contact())
    ref = ref_of(deal)
    night(app, NOON + 3650 * DAY)
    assert erased_at(ref) is None


def test_an_open_deal_keeps_its_contact_whatever_became_of_other_deals(app: Flask, settings: Settings) -> None:
    lead = a_lead()
    lost, open_ = sales.qualified(lead), sales.qualified(lead, **contact())
    sales.moved(lost, "lost", lost_reason="no_budget")
    refs = ref_of(lost), ref_of(open_)
    night(app, NOON + 3650 * DAY)
    assert (erased_at(refs[0]) is None, erased_at(refs[1])) == (False, None)


@pytest.mark.parametrize("is_staff", [True, False])
def test_a_closed_account_becomes_a_pseudonym(app: Flask, settings: Settings, is_staff: bool) -> None:
    closed: dict[str, Any] = {"name": NAME, "email": EMAIL, "disabled_at": NOON}
    user = make.staff(**closed) if is_staff else make.partner_user(partner_id=company().id, **closed)
    ref = user.ref
    keep = Keep.STAFF_ACCOUNT if is_staff else Keep.PARTNER_ACCOUNT
    night(app, after(keep) - DAY)
    assert account(ref).name == NAME
    night(app, after(keep))
    assert account(ref).name == pseudonym(ref)
    assert canary.traces(settings) == []


def test_sign_in_traces_and_mails_go_after_their_time(app: Flask, settings: Settings) -> None:
    user = a_lead(has_password=True)
    open_session(user, NOON, user_agent="Firefox", address="203.0.113.7")
    seen = {"first_used_at": NOON, "last_used_at": NOON}
    make.saved(KnownDevice(user_id=user.id, digest="d" * 64, user_agent="Firefox", address="203.0.113.7", **seen))
    night(app, after(Keep.SIGN_IN) - DAY)
    assert number_of(LoginSession) == number_of(KnownDevice) == 1
    night(app, after(Keep.SIGN_IN))
    assert number_of(LoginSession) == number_of(KnownDevice) == 0
    subjects = sa.select(Delivery.subject).where(Delivery.subject != "")
    late = after(Keep.SIGN_IN)
    write_to("a@words.example", "Hello", ["A line."], now=late)
    night(app, after(Keep.MAIL, late) - DAY)
    assert db.session.scalars(all_partners(subjects, "a test")).all() == ["Hello"]
    night(app, after(Keep.MAIL, late))
    assert not db.session.scalars(all_partners(subjects, "a test")).all()
    nothing_broken()


def test_a_signature_outlasts_its_person_until_the_law_no_longer_asks(app: Flask, settings: Settings) -> None:
    partner = agreements.company()
    signer = agreements.signatory(partner, name=NAME, email=EMAIL)
    agreement = agreements.sent(partner)
    agreements.signed(agreement, signer)
    first, pseudonymous, ref = agreement.ref, pseudonym(signer.ref), partner.ref
    actions.ask_for_erasure(agreements.admin(), Subject.USER, signer.ref, reason=Reason.ASKED, now=NOON)
    db.session.commit()
    worker.run_until_idle(app, NOON)
    in_rows = {each for each in canary.traces(settings) if each.split(".")[0] in ("users", "signatures", "documents")}
    assert in_rows == {"signatures.typed_name", "signatures.email", "documents.html"}, "what the law asks for"
    ends = after(Keep.AGREEMENT) + 3650 * DAY
    night(app, ends)
    assert signed_by(first) == NAME, "it is in force"
    replace(ref, ends + DAY)
    night(app, after(Keep.AGREEMENT, ends))
    assert signed_by(first) == NAME
    night(app, after(Keep.AGREEMENT, ends + DAY) + DAY)
    assert signed_by(first) == pseudonymous
    assert canary.traces(settings) == []
    nothing_broken()


def replace(partner_ref: str, now: datetime) -> None:
    """Somebody else signs a newer agreement for the company: the one before it ends."""
    wanted = sa.select(Partner).where(Partner.ref == partner_ref)
    partner = db.session.scalars(all_partners(wanted, "a test")).one()
    agreements.signed(agreements.sent(partner, now=now), agreements.signatory(partner), now=now)


def test_the_database_lets_a_signature_become_a_pseudonym_and_nothing_else(app: Flask) -> None:
    begin(app)
    partner = agreements.company()
    signer = agreements.signatory(partner)
    agreement = agreements.sent(partner)
    agreements.signed(agreement, signer)
    agreement_id = agreement.id
    of_signer = sa.update(Signature).where(Signature.user_id == signer.id)
    erased = {"typed_name": pseudonym(signer.ref), "email": "", "address": "", "user_agent": ""}
    refused: list[dict[str, Any]] = [erased]  # in force
    refused += [{"typed_name": "Somebody else"}, erased | {"typed_name": "Erased person U-222222"}]
    refused += [erased | {"document_sha256": "0" * 64}, erased | {"email": "x@words.example"}]
    for ended in (False, True):
        if ended:
            over = sa.update(Agreement).where(Agreement.id == agreement_id).values(state=AgreementState.TERMINATED)
            db.session.execute(all_partners(over, "a test"))
            db.session.commit()
        for values in refused[ended:]:
            with pytest.raises(DBAPIError, match="append-only"):
                db.session.execute(all_partners(of_signer.values(values), "a test"))
            db.session.rollback()
    db.session.execute(all_partners(of_signer.values(erased), "a test"))
    db.session.commit()
    with pytest.raises(DBAPIError, match="kept"):
        db.session.execute(all_partners(sa.delete(Signature).where(Signature.agreement_id == agreement_id), "a test"))
    db.session.rollback()


def test_an_account_that_is_paid_to_no_longer_goes_after_its_time(app: Flask, settings: Settings) -> None:
    partner = company()
    lead = make.partner_user(partner_id=partner.id)
    told: dict[str, Any] = {"partner_id": partner.id, "account_masked": "DE89", "proposed_by_id": lead.id}
    times: dict[str, Any] = {"proposed_at": NOON, "effective_at": NOON}
    for number, state in enumerate((PayoutDetailsState.REFUSED, PayoutDetailsState.PROPOSED)):
        sealed = {"ref": f"B-22222{number}", "holder": NAME, "account_sealed": f"k1.{number}"}
        make.saved(PayoutDetails(state=state, **sealed, **told, **times))
    night(app, after(Keep.MONEY))
    wanted = sa.select(PayoutDetails.holder).order_by(PayoutDetails.id)
    assert list(db.session.scalars(all_partners(wanted, "a test"))) == ["", NAME]


def test_a_night_without_anything_to_do_leaves_no_event(app: Flask, settings: Settings) -> None:
    first = night(app, NOON)
    assert first.state is JobState.DONE
    assert first.counts["erased"] == {}
    db.session.commit()
    assert worker.run_until_idle(app, NOON + timedelta(hours=1)) == 0, "one run a night"
    assert night(app, NOON + DAY).id == first.id + 1
    assert events("RetentionRan") == []


def test_a_run_is_an_event_with_its_counts_and_says_what_is_next(app: Flask, settings: Settings) -> None:
    user = a_lead(disabled_at=NOON)
    soon = a_lead(disabled_at=NOON + timedelta(days=10))
    run = night(app, after(Keep.PARTNER_ACCOUNT))
    assert events("RetentionRan")[0].body["accounts"] == 1
    assert account(user.ref).erased_at is not None
    assert account(soon.ref).erased_at is None
    first = months_after(NOON + timedelta(days=10), 12).date().isoformat()
    assert run.counts["ahead"][Keep.PARTNER_ACCOUNT] == {"count": 1, "on": first}


def test_a_run_goes_on_where_it_was_cut_off(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        a_lead(disabled_at=NOON)
    monkeypatch.setattr(jobs, "AT_A_TIME", 2)
    run = night(app, after(Keep.PARTNER_ACCOUNT))
    assert run.counts["erased"]["accounts"] == 3


def test_times_are_kept_within_the_law(app: Flask) -> None:
    admin = agreements.admin()
    make.program()
    usual = months_of({})
    for keep, months in ((Keep.AGREEMENT, 71), (Keep.MONEY, 95), (Keep.MAIL, 0), (Keep.MAIL, 241)):
        with pytest.raises(Refused) as refused:
            actions.change_retention(admin, usual | {keep: months}, now=NOON)
        assert refused.value.field == keep
    actions.change_retention(admin, usual | {Keep.MAIL: 24}, now=NOON)
    db.session.commit()
    assert months_of(db.session.scalars(sa.select(Program.retention)).one())[Keep.MAIL] == 24
    assert events("RetentionChanged")


def number_of(model: Any) -> int:
    counted = sa.select(sa.func.count()).select_from(model)
    return db.session.scalar(all_partners(counted, "a test")) or 0


def events(kind: str) -> list[EventRow]:
    return list(db.session.scalars(all_partners(sa.select(EventRow).where(EventRow.kind == kind), "a test")))


def signed_by(ref: str) -> str:
    """The name under the partner's signature."""
    wanted = (
        sa.select(Signature.typed_name)
        .join(Agreement, Agreement.id == Signature.agreement_id)
        .where(Agreement.ref == ref, Signature.side == "partner")
    )
    return str(db.session.scalar(all_partners(wanted, "a test")))
