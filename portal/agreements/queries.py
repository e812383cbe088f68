from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.activity.models import EventHead
from portal.agreements.models import TERMS, Agreement, AgreementTemplate, FeePlan, Signature
from portal.agreements.rules import AWAITS_SIGNATURE, IN_FORCE, LABEL, TONE, AgreementState
from portal.agreements.terms import Terms, terms_of_text
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.documents.models import Document
from portal.documents.queries import document_of
from portal.documents.rules import DocumentKind
from portal.extensions import Kept, UTCDateTime, db
from portal.moves import Tone
from portal.paging import Page, page_of
from portal.partners.models import Partner
from portal.partners.rules import OPEN as OPEN_PARTNERS
from portal.partners.rules import PartnerState
from portal.scope import READER, all_partners, owned_by

STAFF_READ = "staff see all agreements"


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """Staff see all agreements, a partner's people what was sent to their own company."""
    everything = sa.select(*(columns or (Agreement,)))
    if user.partner_id is None:
        return all_partners(everything, STAFF_READ)
    own = everything.where(Agreement.partner_id == user.partner_id, Agreement.sent_at.is_not(None))
    if not user.may(Permission.VIEW_AGREEMENTS):
        own = own.where(sa.false())
    return owned_by(own, user.partner_id)


def agreement(user: User, ref: str) -> Agreement:
    """404 where the reader has none of this name."""
    found: Agreement = db.one_or_404(visible_to(user).where(Agreement.ref == ref))
    return found


def with_its_parts(user: User, ref: str) -> sa.Row[Any] | None:
    """Agreement, Partner, the template's number and the plan's name and number, in one go."""
    parts = (Agreement, Partner, AgreementTemplate.number.label("template_number"), FeePlan.name.label("plan_name"))
    wanted = (
        visible_to(user, *parts, FeePlan.number.label("plan_number"))
        .join(Partner, Partner.id == Agreement.partner_id)
        .join(AgreementTemplate, AgreementTemplate.id == Agreement.template_id)
        .join(FeePlan, FeePlan.id == Agreement.fee_plan_id)
    )
    return db.session.execute(wanted.where(Agreement.ref == ref)).one_or_none()


@dataclass(frozen=True)
class Listed:
    """An agreement on the page of its partner."""

    ref: str
    number: int
    state: AgreementState
    sign_by: date | None
    since: datetime

    @property
    def label(self) -> str:
        return LABEL[self.state]

    @property
    def tone(self) -> Tone:
        return TONE[self.state]


def of_partner(user: User, partner_id: int) -> list[Listed]:
    """One partner's agreements that the reader may see, the newest first."""
    since = sa.func.coalesce(
        Agreement.ended_at, Agreement.in_force_at, Agreement.sent_at, Agreement.created_at, type_=UTCDateTime()
    )
    columns = (Agreement.ref, Agreement.number, Agreement.state, Agreement.sign_by, since.label("since"))
    listed = visible_to(user, *columns).where(Agreement.partner_id == partner_id)
    return [Listed(*row) for row in db.session.execute(listed.order_by(Agreement.number.desc()))]


def of_company(user: User) -> Sequence[Agreement]:
    """The company's agreements, the newest first."""
    return db.session.scalars(visible_to(user).order_by(Agreement.number.desc())).all()


def page(user: User, *, states: Sequence[AgreementState], token: str | None, url: Callable[[str | None], str]) -> Page:
    """Agreements for the list of staff, the newest first."""
    columns = (Agreement.id, Agreement.ref, Agreement.state, Agreement.created_at, Agreement.sent_at)
    listed = visible_to(user, *columns, Agreement.sign_by, Agreement.in_force_at, Agreement.number, Partner.name)
    listed = listed.join(Partner, Partner.id == Agreement.partner_id)
    if states:
        listed = listed.where(Agreement.state.in_(states))
    keys: list[InstrumentedAttribute[Any]] = [Agreement.created_at, Agreement.id]
    return page_of(db.session, listed, keys, token=token, url=url, descending=True)


def signatures(agreement: Agreement) -> Sequence[Signature]:
    """The partner's, then ours."""
    of_it = sa.select(Signature).where(
        Signature.partner_id == agreement.partner_id, Signature.agreement_id == agreement.id
    )
    return db.session.scalars(owned_by(of_it.order_by(Signature.id), agreement.partner_id)).all()


def paper(agreement: Agreement) -> Document | None:
    """The PDF to show: the signed one as soon as it is asked for."""
    kind = DocumentKind.SIGNED_AGREEMENT if agreement.in_force_at else DocumentKind.AGREEMENT
    return document_of(kind, agreement.ref, partner_id=agreement.partner_id)


class InForce(NamedTuple):
    """What holds for a company today."""

    id: int
    partner_id: int
    in_force_at: datetime
    partner_state: PartnerState
    terms: Terms


IN_FORCE_COLUMNS: tuple[Any, ...] = (
    *(Agreement.id, Agreement.partner_id, Agreement.in_force_at, Partner.state, TERMS),
)
"""What `in_force_as` reads."""
_in_force: Any = (
    sa.select(*IN_FORCE_COLUMNS)
    .join(Partner, Partner.id == Agreement.partner_id)
    .where(Agreement.partner_id == sa.bindparam("whose"), Agreement.state == IN_FORCE)
)
_IN_FORCE = Kept(owned_by(_in_force, READER))


def in_force(partner_id: int) -> InForce | None:
    row = _IN_FORCE.read({"whose": partner_id}).one_or_none()
    return in_force_as(row) if row else None


def in_force_as(row: Any) -> InForce | None:
    """The same of a row that was read already; None where it has no agreement."""
    if row.id is None:
        return None
    return InForce(row.id, row.partner_id, row.in_force_at, row.state, terms_of_text(row.terms))


def in_force_to_change(partner_id: int) -> Agreement | None:
    wanted = sa.select(Agreement).where(Agreement.partner_id == partner_id, Agreement.state == IN_FORCE)
    return db.session.scalar(owned_by(wanted, partner_id))


def awaiting(partner_id: int) -> Agreement | None:
    """The agreement that waits for the partner's signature."""
    wanted = sa.select(Agreement).where(Agreement.partner_id == partner_id, Agreement.state.in_(AWAITS_SIGNATURE))
    return db.session.scalar(owned_by(wanted.order_by(Agreement.number.desc()).limit(1), partner_id))


def next_number(partner_id: int) -> int:
    last = sa.select(sa.func.max(Agreement.number)).where(Agreement.partner_id == partner_id)
    return (db.session.scalar(owned_by(last, partner_id)) or 0) + 1


def party(partner_id: int) -> Partner:
    """The company that an agreement is with."""
    return db.session.scalars(owned_by(sa.select(Partner).where(Partner.id == partner_id), partner_id)).one()


def take_turns(partner_id: int) -> None:
    """Whoever else sends this company an agreement waits until this transaction ends."""
    row = sa.select(Partner.id).where(Partner.id == partner_id).with_for_update()
    db.session.execute(owned_by(row, partner_id))


def parties() -> Sequence[sa.Row[str, str]]:
    """Companies that an agreement can be made with, by name: ref, name."""
    wanted = sa.select(Partner.ref, Partner.name).where(Partner.state.in_(OPEN_PARTNERS)).order_by(Partner.name)
    return db.session.execute(all_partners(wanted, STAFF_READ)).all()


def party_called(ref: str) -> Partner | None:
    wanted = sa.select(Partner).where(Partner.ref == ref, Partner.state.in_(OPEN_PARTNERS))
    return db.session.scalar(all_partners(wanted, STAFF_READ))


def record_head() -> tuple[int, str]:
    """Number and hash of the last event on record."""
    seq, hash_ = db.session.execute(sa.select(EventHead.seq, EventHead.hash)).one()
    return seq, hash_


def templates() -> Sequence[AgreementTemplate]:
    """All versions of the text, the newest first; without the text itself."""
    newest = sa.select(AgreementTemplate).order_by(AgreementTemplate.number.desc())
    return db.session.scalars(newest.options(sa.orm.defer(AgreementTemplate.body))).all()


def published_templates() -> Sequence[sa.Row[int, str, datetime | None]]:
    chosen = sa.select(AgreementTemplate.number, AgreementTemplate.title, AgreementTemplate.published_at)
    chosen = chosen.where(AgreementTemplate.published_at.is_not(None))
    return db.session.execute(chosen.order_by(AgreementTemplate.number.desc())).all()


def template(number: int) -> AgreementTemplate:
    """404 where there is none of this number."""
    found: AgreementTemplate = db.one_or_404(sa.select(AgreementTemplate).where(AgreementTemplate.number == number))
    return found


def template_of(agreement: Agreement) -> AgreementTemplate:
    wanted = sa.select(AgreementTemplate).where(AgreementTemplate.id == agreement.template_id)
    return db.session.scalars(wanted).one()


def newest_template() -> AgreementTemplate | None:
    return db.session.scalar(sa.select(AgreementTemplate).order_by(AgreementTemplate.number.desc()).limit(1))


def plans() -> Sequence[sa.Row[FeePlan, str]]:
    """All versions of all fee plans, each with the name of its author."""
    listed = sa.select(FeePlan, User.name.label("author")).join(User, User.id == FeePlan.created_by_id, isouter=True)
    ordered = listed.order_by(FeePlan.name, FeePlan.number.desc())
    return db.session.execute(all_partners(ordered, "names of our own people")).all()


def published_plans() -> Sequence[FeePlan]:
    """The newest published version of each plan, by name."""
    newest = (
        sa.select(FeePlan.slug, sa.func.max(FeePlan.number).label("number"))
        .where(FeePlan.published_at.is_not(None))
        .group_by(FeePlan.slug)
        .subquery()
    )
    current = sa.select(FeePlan).join(newest, (newest.c.slug == FeePlan.slug) & (newest.c.number == FeePlan.number))
    return db.session.scalars(current.order_by(FeePlan.name)).all()


def plan(ref: str) -> FeePlan:
    """404 where there is none of this name."""
    found: FeePlan = db.one_or_404(sa.select(FeePlan).where(FeePlan.ref == ref))
    return found


def next_version(slug: str) -> int:
    return (db.session.scalar(sa.select(sa.func.max(FeePlan.number)).where(FeePlan.slug == slug)) or 0) + 1
