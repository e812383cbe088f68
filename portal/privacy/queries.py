"""What the pages need. Texts are not looked through here: that is the worker's to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from werkzeug.exceptions import NotFound

from portal.agreements.models import Agreement, Signature
from portal.auth.models import User
from portal.auth.rules import plain_address
from portal.deals.models import Deal
from portal.deals.shares import is_deal_of
from portal.extensions import Base, db
from portal.formats import counted, local_day
from portal.notifications.models import Delivery
from portal.partners.models import Partner
from portal.privacy import shown
from portal.privacy.inventory import COLUMNS
from portal.privacy.models import Erasure, PersonExport, RetentionRun
from portal.privacy.rules import JobState, Keep, Kind, Subject, months_of
from portal.privacy.shown import Holding
from portal.program import the_program
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import LABEL, OPEN
from portal.scope import all_partners

_WHY = "whoever looks after personal data"
MOST = 50


@dataclass(frozen=True)
class Found:
    subject: Subject
    ref: str
    name: str
    email: str
    about: str


@dataclass(frozen=True)
class Held:
    """What is held of one person."""

    subject: Subject
    ref: str
    name: str
    email: str
    about: str
    holdings: list[Holding]
    same_address: tuple[str, str] | None
    """Reference and words of the other thing that this address is to the portal."""
    still_open: list[str] = field(default_factory=list)
    """Referrals that nobody has decided on yet."""

    @property
    def by_kind(self) -> dict[Kind, list[Holding]]:
        return _by_kind(self.holdings)

    @property
    def goes(self) -> dict[Kind, list[Holding]]:
        return _by_kind([holding for holding in self.holdings if not holding.stays])

    @property
    def stays(self) -> list[Holding]:
        return [holding for holding in self.holdings if holding.stays]


def settings() -> dict[str, Any]:
    """How long each class is kept, where that is not as usual."""
    program = the_program()
    return program.retention if program else {}


def why_kept(referral: Referral, *, closed_at: datetime | None, claim: Protection | None) -> str:
    """For the page of a referral."""
    return shown.why_kept(referral, settings(), closed_at=closed_at, claim=claim)


def told_on_the_form() -> str:
    return shown.told_on_the_form(settings())


def account(ref: str) -> User:
    """404 for one that is not there, or erased."""
    wanted = sa.select(User).where(User.ref == ref, User.erased_at.is_(None))
    return db.one_or_404(all_partners(wanted, _WHY))  # type: ignore[no-any-return]


def find(text: str) -> list[Found]:
    """Accounts and contacts with this mail address, or whose name holds the text."""
    by_address, email = "@" in text, plain_address(text)
    which_user = User.email == email if by_address else User.name.icontains(text, autoescape=True)
    which_contact = (
        Referral.contact_email == email if by_address else Referral.contact_name.icontains(text, autoescape=True)
    )
    users = (
        sa.select(User.ref, User.name, User.email, Partner.name.label("company"))
        .join(Partner, Partner.id == User.partner_id, isouter=True)
        .where(which_user, User.erased_at.is_(None))
        .order_by(User.name)
        .limit(MOST)
    )
    contacts = (
        sa.select(
            sa.func.min(Referral.ref).label("ref"),
            sa.func.min(Referral.contact_name).label("name"),
            Referral.contact_email.label("email"),
            sa.func.count().label("number"),
        )
        .where(which_contact, Referral.contact_email != "")
        .group_by(Referral.contact_email)
        .order_by(Referral.contact_email)
        .limit(MOST)
    )
    return [
        *(
            Found(Subject.USER, row.ref, row.name, row.email, f"Account, {row.company or 'staff'}")
            for row in db.session.execute(all_partners(users, _WHY))
        ),
        *(
            Found(Subject.PROSPECT, row.ref, row.name, row.email, f"Contact in {counted(row.number, 'referral')}")
            for row in db.session.execute(all_partners(contacts, _WHY))
        ),
    ]


def subject_of(ref: str) -> Subject:
    return Subject.USER if ref.startswith("U-") else Subject.PROSPECT


def held(ref: str) -> Held:
    """404 where nothing is held of this person."""
    return _of_account(ref) if subject_of(ref) is Subject.USER else _of_contact(ref)


def address_of(ref: str) -> tuple[str, str]:
    """Name and mail address of the person; 404 where nothing is held of them."""
    if subject_of(ref) is Subject.USER:
        user = account(ref)
        return user.name, user.email
    named = sa.select(Referral.contact_name, Referral.contact_email)
    mine = named.where(Referral.ref == ref, Referral.erased_at.is_(None))
    row = db.session.execute(all_partners(mine, _WHY)).one_or_none()
    if row is None:
        raise NotFound
    return row.contact_name, row.contact_email


def export(user: User, ref: str) -> PersonExport:
    """One that the reader asked for, and that still lies ready; 404 for any other."""
    own = sa.select(PersonExport).where(PersonExport.ref == ref, PersonExport.by_id == user.id)
    return db.one_or_404(own.where(PersonExport.state == JobState.DONE))  # type: ignore[no-any-return]


def exports_of(user: User, subject_ref: str | None = None) -> Sequence[PersonExport]:
    """What the reader asked for, the latest first, while it can be had."""
    own = sa.select(PersonExport).where(PersonExport.by_id == user.id, PersonExport.state != JobState.GONE)
    if subject_ref is not None:
        own = own.where(PersonExport.subject_ref == subject_ref)
    return db.session.scalars(own.order_by(PersonExport.id.desc()).limit(MOST)).all()


def erasure(ref: str) -> Erasure:
    return db.one_or_404(sa.select(Erasure).where(Erasure.ref == ref))  # type: ignore[no-any-return]


def erasures() -> Sequence[Erasure]:
    """The latest first."""
    return db.session.scalars(sa.select(Erasure).order_by(Erasure.id.desc()).limit(MOST)).all()


def last_run() -> RetentionRun | None:
    ended = sa.select(RetentionRun).where(RetentionRun.state == JobState.DONE)
    return db.session.scalar(ended.order_by(RetentionRun.id.desc()).limit(1))


def _of_account(ref: str) -> Held:
    wanted = (
        sa.select(User, Partner.name.label("company"))
        .join(Partner, Partner.id == User.partner_id, isouter=True)
        .where(User.ref == ref, User.erased_at.is_(None))
    )
    row = db.session.execute(all_partners(wanted, _WHY)).one_or_none()
    if row is None:
        raise NotFound
    user: User = row.User
    counts = _counts(user)
    keep = Keep.PARTNER_ACCOUNT if row.company else Keep.STAFF_ACCOUNT
    about = f"Account, {row.company or 'staff'}"
    holdings = [
        Holding(Kind.ACCOUNT, "The account, with name and mail address", _until(keep, user.disabled_at)),
        *_some(Kind.SIGN_IN, counts.traces, "trace", _until(Keep.SIGN_IN, None), ": sessions, devices, factors, links"),
        *_some(Kind.MAIL, counts.mails, "mail", _until(Keep.MAIL, None)),
        *_signatures(user),
    ]
    same = _contact_with(user.email)
    return Held(Subject.USER, ref, user.name, user.email, about, holdings, same)


def _of_contact(ref: str) -> Held:
    named = sa.select(Referral.contact_email).where(Referral.ref == ref, Referral.erased_at.is_(None)).scalar_subquery()
    wanted = (
        sa.select(Referral, Protection, Partner.name.label("partner"), Deal.ref.label("deal_ref"), Deal.closed_at)
        .join(Partner, Partner.id == Referral.partner_id)
        .join(Deal, is_deal_of(Referral.id), isouter=True)
        .join(Protection, Protection.referral_id == Referral.id, isouter=True)
        .where(Referral.contact_email == named)
        .order_by(Referral.id)
    )
    rows = db.session.execute(all_partners(wanted, _WHY)).all()
    if not rows:
        raise NotFound
    first: Referral = rows[0].Referral
    refs = [each for row in rows for each in (row.Referral.ref, row.deal_ref) if each]
    about_them = sa.select(sa.func.count()).select_from(Delivery).where(Delivery.ref.in_(refs), Delivery.subject != "")
    mails = db.session.scalar(all_partners(about_them, _WHY)) or 0
    holdings = [*map(_introduction, rows), *_some(Kind.MAIL, mails, "mail", _until(Keep.MAIL, None))]
    about = f"Contact in {counted(len(rows), 'referral')}"
    return Held(
        Subject.PROSPECT,
        first.ref,
        first.contact_name,
        first.contact_email,
        about,
        holdings,
        _user_with(first.contact_email),
        [row.Referral.ref for row in rows if row.Referral.status in OPEN],
    )


def _by_kind(holdings: list[Holding]) -> dict[Kind, list[Holding]]:
    return {kind: [each for each in holdings if each.kind is kind] for kind in dict.fromkeys(h.kind for h in holdings)}


def _introduction(row: Any) -> Holding:
    referral: Referral = row.Referral
    where = f"{referral.ref}, {referral.company}, from {row.partner}: {LABEL[referral.status].lower()}"
    at = shown.ends_at(referral, months_of(settings()), row.closed_at, row.Protection)
    until = f"until {local_day(at)}" if at else "while it is being worked, and some time after"
    return Holding(Kind.PROSPECT, where + (f", deal {row.deal_ref}" if row.deal_ref else ""), until)


def _signatures(user: User) -> list[Holding]:
    signed = (
        sa.select(Agreement.ref, Agreement.ended_at)
        .join(Signature, Signature.agreement_id == Agreement.id)
        .where(Signature.user_id == user.id, Signature.email != "")
        .order_by(Agreement.id)
    )
    return [
        Holding(
            Kind.AGREEMENT,
            f"The signature on {row.ref}{'' if row.ended_at else ', which is in force'}, and its PDF",
            _until(Keep.AGREEMENT, row.ended_at),
            stays=True,
        )
        for row in db.session.execute(all_partners(signed, _WHY))
    ]


def _counts(user: User) -> Any:
    """How many rows there are, in one go."""
    traces = [
        sa.select(sa.func.count()).select_from(table).where(table.c.user_id == user.id).scalar_subquery()
        for table in Base.metadata.sorted_tables
        if Kind.SIGN_IN in COLUMNS.get(table.name, {}) and "user_id" in table.c
    ]
    mails = sa.select(sa.func.count()).select_from(Delivery).where(Delivery.user_id == user.id, Delivery.subject != "")
    every = sum(traces[1:], start=sa.type_coerce(traces[0], sa.Integer))
    counts = sa.select(every.label("traces"), mails.scalar_subquery().label("mails"))
    return db.session.execute(all_partners(counts, _WHY)).one()


def _some(kind: Kind, number: int, noun: str, until: str, such_as: str = "") -> list[Holding]:
    return [Holding(kind, f"{counted(number, noun).capitalize()}{such_as}", until)] if number else []


def _until(keep: Keep, since: datetime | None) -> str:
    return shown.kept_until(keep, settings(), since)


def _contact_with(email: str) -> tuple[str, str] | None:
    same = sa.select(sa.func.min(Referral.ref)).where(Referral.contact_email == email)
    ref = db.session.scalar(all_partners(same, _WHY))
    return (ref, "a prospect's contact") if ref else None


def _user_with(email: str) -> tuple[str, str] | None:
    ref = db.session.scalar(all_partners(sa.select(User.ref).where(User.email == email), _WHY))
    return (ref, "an account") if ref else None
