"""Who has a conversation in their hands, who is told of a message, and who can be mentioned in it."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.models import RoleGrant, User
from portal.auth.permissions import GRANTS, Permission, Reach
from portal.auth.rules import Role
from portal.conversation.models import Message
from portal.deals.models import Deal
from portal.deals.shares import is_deal_of
from portal.extensions import db
from portal.referrals.models import Referral
from portal.scope import all_partners

_WHY = "who is told of a message, and who can be called"
_SEES = {
    reach: [role for role, granted in GRANTS.items() if granted.get(Permission.VIEW_REFERRALS) == reach]
    for reach in (Reach.OWN, Reach.COMPANY)
}
_WRITE = [role for role, granted in GRANTS.items() if Permission.ANSWER_PARTNERS in granted]
_LOOK_AFTER = (Role.PARTNER_MANAGER, Role.QUALIFIER, Role.PROGRAM_ADMIN)
"""Who can be called about a referral that nobody has yet: the first of these that there is."""


def contact(referral: Referral) -> Any:
    """Who of ours has the referral: id, name, email, phone; None where there is nobody at all."""
    return db.session.execute(all_partners(contact_of(referral), _WHY)).one_or_none()


def can_be_mentioned(by: User, referral: Referral, *, is_internal: bool) -> dict[int, str]:
    """Names by id: of the company those who see this referral; of ours everybody who writes, for our own people, and
    for a partner's who have written here already or look after it."""
    people = sa.select(User.id, User.name).where(User.disabled_at.is_(None), User.id != by.id, User.name != "")
    ours = User.partner_id.is_(None)
    if by.partner_id is None:
        writing = sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(_WRITE), RoleGrant.partner_id.is_(None))
        known = ours & User.id.in_(writing)
    else:
        known = ours & User.id.in_(_known_to_partner(referral))
    of_company = sa.false() if is_internal else _sees(referral)
    named = db.session.execute(all_partners(people.where(known | of_company), _WHY))
    return {row.id: row.name for row in named}


def told_of_partner(referral: Referral) -> set[int]:
    """Ids of those of the company who are told what we write: who introduced them, and who wrote here."""
    return {referral.by_id, *_authors(referral, ours=False)}


def told_of_ours(referral: Referral) -> set[int]:
    """Ids of ours who are told what the partner writes: whoever has it. Those who only wrote here are mentioned."""
    found = contact(referral)
    return {found.id} if found is not None else set()


def who_may_read(referral: Referral, ids: Collection[int]) -> set[int]:
    """Those of these people who see the referral as it is now."""
    sees = sa.select(User.id).where(User.id.in_(ids), User.disabled_at.is_(None))
    return set(db.session.scalars(all_partners(sees.where(User.partner_id.is_(None) | _sees(referral)), _WHY)))


def contact_of(referral: Any) -> Any:
    """The same as a statement; `referral` gives `id`, `ref` and `decided_by_id`, as values or as parameters.

    The owner of its deal; else who decided or asked last; else the first who looks after partners."""
    active = sa.select(User.id).where(User.partner_id.is_(None), User.disabled_at.is_(None))
    owner = active.join(Deal, Deal.owner_id == User.id).where(is_deal_of(referral.id)).limit(1)
    decided = active.where(User.id == referral.decided_by_id)
    asked = (
        active.join(EventRow, EventRow.by_id == User.id)
        .where(EventRow.ref == referral.ref, EventRow.kind == "ReferralAsked")
        .order_by(EventRow.seq.desc())
        .limit(1)
    )
    first = sa.func.coalesce(*(each.scalar_subquery() for each in (owner, decided, asked, *looking_after())))
    return people().where(User.id == first)


def looking_after() -> list[Any]:
    """Who looks after partners: for each of the roles that do, the one who has been here longest."""
    active = sa.select(User.id).where(User.partner_id.is_(None), User.disabled_at.is_(None))
    return [
        active.join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == role, RoleGrant.ends_at.is_(None))
        .order_by(User.id)
        .limit(1)
        for role in _LOOK_AFTER
    ]


def people() -> Any:
    """Whom one can call or write to."""
    return sa.select(User.id, User.name, User.email, User.phone)


def _authors(referral: Referral, *, ours: bool) -> Sequence[int]:
    side = User.partner_id.is_(None) if ours else User.partner_id == referral.partner_id
    wrote = sa.select(Message.author_id).join(User, User.id == Message.author_id).where(side)
    said = wrote.where(Message.referral_id == referral.id, Message.is_internal.is_(False)).distinct()
    return db.session.scalars(all_partners(said, _WHY)).all()


def _known_to_partner(referral: Referral) -> list[int]:
    return [*_authors(referral, ours=True), *told_of_ours(referral)]


def _sees(referral: Referral) -> sa.ColumnElement[bool]:
    """Whoever of the company sees this referral: its leads, and who introduced them while they may refer at all."""
    granted = sa.select(RoleGrant.user_id).where(RoleGrant.partner_id == referral.partner_id)
    leads = User.id.in_(granted.where(RoleGrant.role.in_(_SEES[Reach.COMPANY])))
    own = (User.id == referral.by_id) & User.id.in_(granted.where(RoleGrant.role.in_(_SEES[Reach.OWN])))
    return (User.partner_id == referral.partner_id) & (leads | own)
