"""A claim as time goes on: questions left open, jobs that run, appeals."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import g

from portal.activity.models import EventRow
from portal.appeals import actions as appeals
from portal.appeals.models import Appeal
from portal.auth.models import User
from portal.extensions import db
from portal.protections import timers as protection_timers
from portal.referrals import actions as referrals
from portal.referrals import queries
from portal.referrals import timers as question_timers
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Protection, Referral
from portal.scope import all_partners
from tests.support import sales
from tests.support.make import NOON
from tests.support.past_the_guards import tampered

DAY = timedelta(days=1)
BECAUSE = {"because": "The title says less than the talk."}


def time_comes(now: datetime) -> int:
    """What the worker does at this moment to questions and protections; how many steps that were."""
    made = 0
    for timers in (question_timers, protection_timers):
        while found := timers.due(now, 100):
            for row_id, version in found:
                timers.attempt(row_id, version, now)
                made += 1
    return made


def asked(by: User, qualifier: User, now: datetime = NOON, **given: object) -> Referral:
    sent = sales.referral(by, now, **given)
    referrals.ask(qualifier, sent, seen_version=sent.version, now=now, question="Who decides?")
    db.session.commit()
    return sent


def qualified(by: User, qualifier: User, now: datetime = NOON, **given: object) -> Referral:
    sent = sales.referral(by, now, **given)
    referrals.qualify(qualifier, sent, seen_version=sent.version, now=now)
    db.session.commit()
    return sent


def declined(by: User, qualifier: User, now: datetime = NOON, **given: object) -> Referral:
    sent = sales.referral(by, now, **given)
    reason = DeclineReason.NO_FIT
    referrals.decline(qualifier, sent, seen_version=sent.version, now=now, reason=reason, **BECAUSE)
    db.session.commit()
    return sent


def appealed(by: User, sent: Referral, now: datetime = NOON) -> Appeal:
    made = appeals.appeal(by, sent, now=now, text="They do buy this.")
    db.session.commit()
    return made


def of(sent: Referral) -> Protection:
    return queries.protection_of(sent.partner_id, sent.id)


def kinds(sent: Referral) -> list[str]:
    told = sa.select(EventRow.kind).where(EventRow.ref == sent.ref).order_by(EventRow.seq)
    return list(db.session.scalars(all_partners(told, "a test")))


def open_appeal(ref: str) -> Appeal:
    wanted = sa.select(Appeal).join(Referral, Referral.id == Appeal.referral_id).where(Referral.ref == ref)
    return db.session.scalars(all_partners(wanted, "a test")).one()


def entered_by(sent: Referral, user: User) -> Referral:
    """The referral as if this one of us had entered it for the partner."""
    ref = sent.ref
    tampered(f"UPDATE referrals SET entered_by_id = {int(user.id)} WHERE ref = '{ref}'")  # noqa: S608
    db.session.expunge_all()
    return sales.again(ref)


def read_anew(sent: Referral) -> Referral:
    """After something was refused: what was begun is forgotten."""
    ref = sa.inspect(sent).dict["ref"]
    db.session.rollback()
    db.session.expunge_all()
    g.pop("program", None)
    return sales.again(ref)
