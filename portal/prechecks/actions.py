"""Asking whether a company is free, and holding one that is."""

from datetime import datetime

from portal.agreements import queries as agreements
from portal.auth.models import User
from portal.errors import Refused
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes import holds
from portal.lookalikes.domains import domain_of
from portal.lookalikes.keys import key_of
from portal.lookalikes.likeness import Company
from portal.lookalikes.models import SoftHold
from portal.lookalikes.queries import Asked
from portal.lookalikes.rules import MOST_HOLDS
from portal.partners.rules import LABEL as PARTNER_LABEL
from portal.partners.rules import MAY_REFER
from portal.prechecks import queries, rules
from portal.prechecks.models import CompanyCheck
from portal.prechecks.rules import LABEL, Answer, Likely
from portal.refs import new_ref


class QuotaReached(Refused):
    """So many were asked in 24 hours; the next one is possible at `until`."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence, "company")
        self.until = until


def check(by: User, typed: str, *, now: datetime) -> CompanyCheck:
    """Answer whether a company is free, and keep that it was asked.

    Raises Refused where the company of the asker may not refer, QuotaReached where as much as may be was asked."""
    partner_id, company = _may_refer(by), read(typed)
    agreements.take_turns(partner_id)
    if reached := quota_reached(partner_id, by.id, now):
        raise reached
    return _kept(partner_id, by.id, company, _answer(company, partner_id, now), now)


def note_refused(by: User, typed: str, *, now: datetime) -> CompanyCheck | None:
    """Keep what was asked past the quota, for whoever looks after it; None where enough of it is on record today."""
    partner_id = _may_refer(by)
    if queries.refused_of_a_day(partner_id, now) >= rules.MOST_REFUSED:
        return None
    return _kept(partner_id, by.id, read(typed), Answer.REFUSED, now)


def quota_reached(partner_id: int, by_id: int, now: datetime) -> QuotaReached | None:
    """Why this person of this company is not answered now; None where an answer is left."""
    asked = queries.of_a_day(partner_id, now)
    if until := rules.next_possible((at for _, at in asked), rules.PER_COMPANY):
        return QuotaReached(rules.OF_COMPANY, until)
    if until := rules.next_possible((at for each_id, at in asked if each_id == by_id), rules.PER_PERSON):
        return QuotaReached(rules.OF_PERSON, until)
    return None


def may_be_told(partner_id: int, by_id: int, now: datetime) -> bool:
    """Whether this person, of this company, has an answer left today."""
    return quota_reached(partner_id, by_id, now) is None


def note_told(partner_id: int, by_id: int, *, company: str, domain: str, answer: Answer, now: datetime) -> None:
    """Keep what a partner learned without asking, as if it had asked."""
    _kept(partner_id, by_id, Company(company, domain), answer, now)


def hold(by: User, made: CompanyCheck, *, now: datetime) -> SoftHold:
    """Keep a company that is free for a day. Whether it still is, is asked again, when it is this one's turn.

    Raises Refused where it is not, where the company of the asker holds as many as it may, or where the answer is of
    an earlier day: else an old one could be asked anew past the quota."""
    partner_id, company = _may_refer(by), Company(made.company, made.domain)
    if not rules.may_hold(made.answer, made.at, now):
        raise Refused("Only a company that was free when you asked in the last 24 hours can be held. Ask again first.")
    lookalikes.take_turn([Asked(company)])
    if len(holds.live_holds(partner_id, now)) >= MOST_HOLDS:
        raise Refused(f"Your company holds {MOST_HOLDS} already. Refer one of them or give it back, then hold another.")
    answer = _answer(company, partner_id, now)
    if answer is not Answer.FREE:
        raise Refused(f"They cannot be held: {LABEL[answer].lower()}. Look again, that has changed since you asked.")
    return lookalikes.hold(by, made.company, made.domain, now=now)


def read(typed: str) -> Company:
    """A name, or a website or mail address. Raises Refused for what is neither."""
    bare = typed.strip()
    if _is_address(bare):
        return Company("", _domain(bare))
    company = Company(bare, "")
    if len(company.name.joined_core) < 2:
        raise Refused("Write the company's name, or its website.", "company")
    return company


def _is_address(typed: str) -> bool:
    """calderfinch.com is one, Dr. Ahlers and Calder & Finch Ltd. are none."""
    if "://" in typed or "@" in typed:
        return True
    return " " not in typed and "." in typed.strip(".") and not typed.endswith(".")


def _domain(typed: str) -> str:
    try:
        return domain_of(typed)
    except Refused as refusal:
        raise Refused(str(refusal), "company") from None


def _answer(company: Company, partner_id: int, now: datetime) -> Answer:
    found = queries.lookalikes(Asked(company), now)
    return rules.answer(Likely(e.found.score, e.standing, e.found.partner_id == partner_id) for e in found)


def _may_refer(by: User) -> int:
    if by.partner_id is None:
        raise Refused("Only the people of a partner ask whether a company is free.")
    partner = agreements.party(by.partner_id)
    if agreements.in_force(by.partner_id) is None:
        raise Refused("Your agreement is not in force yet. Sign it first; then you can ask.")
    if partner.state not in MAY_REFER:
        raise Refused(f"Your company is {PARTNER_LABEL[partner.state].lower()}, so nothing can be asked.")
    return by.partner_id


def _kept(partner_id: int, by_id: int, company: Company, answer: Answer, now: datetime) -> CompanyCheck:
    asked = company.domain or company.name.joined_core
    made = CompanyCheck(
        ref=new_ref("C", CompanyCheck.ref),
        partner_id=partner_id,
        by_id=by_id,
        at=now,
        company=company.written,
        domain=company.domain,
        asked=asked,
        digest=key_of(asked),
        answer=answer,
    )
    db.session.add(made)
    db.session.flush()
    return made
