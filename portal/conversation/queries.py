"""What is read of a conversation. Notes of our own people are left out in the query itself, for all but them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.queries import SOMEONE, Entry, names_in, told_by
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.auth.readers import asked
from portal.conversation import who, whole
from portal.conversation.models import Mailbox, Message, MessageFile, MessageRead, RefusedMail
from portal.conversation.rules import SHOWN
from portal.conversation.shown import Contact, Said, about_with_news, said_from
from portal.extensions import Kept, db
from portal.paging import Page, page_of
from portal.partners.models import Partner
from portal.referrals import queries as referrals
from portal.referrals.models import Referral
from portal.scope import READER, all_partners, owned_by

Row = TypeVar("Row", bound=Any)
_Author = aliased(User)
_STAFF_READ = "staff read every referral and its record"
_WHY = "what a mail tells of a message"
_SEQ = attrgetter("seq")


class Talk(NamedTuple):
    """All that was said and done on one referral, as its page shows it."""

    ref: str
    told: list[Entry]
    said: list[Said]
    """The latest messages, the newest last."""
    has_earlier: bool
    contact: Contact | None
    unread: int
    may_write: bool
    base: str
    """Where the pages of the reader's side begin."""

    @property
    def contact_says(self) -> str:
        return "introduced them." if self.base.startswith("/staff") else "has this referral."

    @property
    def empty_says(self) -> str:
        """Whom the first message reaches, and what follows."""
        if not self.may_write:
            return "Nobody has written here yet."
        if self.contact is None:
            return "What you write stands here for both sides."
        return (
            f"What you write reaches {self.contact.name} by mail at once. The answer stands here, and comes to you by "
            "mail in working hours."
        )


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """Messages on the referrals that the person sees; notes are for our own people only."""
    wanted = sa.select(*(columns or (Message,))).select_from(Message)
    wanted = wanted.join(Referral, Referral.id == Message.referral_id)
    return referrals.seen_by(user, wanted if user.partner_id is None else wanted.where(Message.is_internal.is_(False)))


def to_write(user: User, ref: str) -> Referral:
    """The referral that the person would write on; 404 for one that they do not see."""
    found: Referral = db.one_or_404(referrals.visible_to(user).where(Referral.ref == ref))
    return found


def may_write(user: User, referral: Referral) -> bool:
    """Whether the person, who sees the referral, writes on it too."""
    if user.partner_id is None:
        return user.may(Permission.ANSWER_PARTNERS, Reach.ANY)
    return user.may(Permission.SEND_MESSAGES, Reach.OWN if referral.by_id == user.id else Reach.COMPANY)


def talk(user: User, referral: Referral, refs: Iterable[str]) -> Talk:
    """What happened (newest first) and what was said, in two questions to the database: a page has no more to spare."""
    is_staff = user.partner_id is None
    rows = (_of_staff() if is_staff else _of_partner()).read(whole.asked(user, referral, list(refs))).all()
    names = names_in(user, rows, {row.by_id: row.by for row in rows if row.by is not None})
    told = sorted((row for row in rows if row.what == whole.EVENT), key=_SEQ, reverse=True)
    last_read = next((row.seq for row in rows if row.what == whole.READ), 0)
    said = [
        said_from(row, names.get(row.by_id, SOMEONE), is_own=row.by_id == user.id, last_read=last_read)
        for row in sorted((row for row in rows if row.what == whole.MESSAGE), key=_SEQ)
    ]
    return Talk(
        ref=referral.ref,
        told=[told_by(row, names, marked=is_staff) for row in told],
        said=said[-SHOWN:],
        has_earlier=len(said) > SHOWN,
        contact=next((Contact.from_text(row.text) for row in rows if row.what == whole.CONTACT), None),
        unread=sum(each.is_new for each in said[-SHOWN:]),
        may_write=may_write(user, referral),
        base="/staff/referrals" if is_staff else "/referrals",
    )


@cache
def _of_staff() -> Kept:
    return Kept(all_partners(whole.statement(is_staff=True), _STAFF_READ))


@cache
def _of_partner() -> Kept:
    return Kept(owned_by(whole.statement(is_staff=False), READER))


def page(user: User, referral: Referral, *, token: str | None, url: Callable[[str | None], str]) -> Page:
    """All that was said, page by page, the newest last on each."""
    files = whole.files_of_message().label("files")
    columns = (Message.id, Message.id.label("seq"), Message.at, Message.text, Message.mentions, Message.by_mail)
    people = (Message.author_id.label("by_id"), _Author.name.label("by"), Message.is_internal, files)
    wanted = visible_to(user, *columns, *people).join(_Author, _Author.id == Message.author_id)
    listed = wanted.where(Message.referral_id == referral.id)
    return page_of(db.session, listed, [Message.id], token=token, url=url, descending=True)


def file(user: User, ref: str) -> MessageFile:
    """A file of a message that the person may read; 404 for any other, and for one that is erased."""
    wanted = visible_to(user, MessageFile).join(
        MessageFile, (MessageFile.message_id == Message.id) & (MessageFile.partner_id == Message.partner_id)
    )
    return db.one_or_404(  # type: ignore[no-any-return]
        wanted.where(MessageFile.ref == ref, MessageFile.sha256.is_not(None))
    )


def unread_of(user_id: Any, referral_id: Any, *, is_staff: bool) -> Any:
    """How many messages of others a person has not read on a referral, as a column."""
    read = sa.select(MessageRead.last_id).where(
        MessageRead.user_id == user_id, MessageRead.referral_id == Message.referral_id
    )
    new = sa.select(sa.func.count()).where(
        Message.referral_id == referral_id,
        Message.author_id != user_id,
        Message.id > sa.func.coalesce(read.scalar_subquery(), 0),
    )
    return (new if is_staff else new.where(Message.is_internal.is_(False))).scalar_subquery()


def unread(user: User, referral_ids: Sequence[int]) -> dict[int, int]:
    """By referral, how much of it the person has not read: one question for a whole list."""
    if not referral_ids:
        return {}
    return {row.id: row.new for row in _unread(user, ids=referral_ids) if row.new}


@asked
def _unread(reader: User) -> sa.Select[Any]:
    new = unread_of(reader.id, Referral.id, is_staff=reader.is_staff).label("new")
    listed = referrals.visible_to(reader, Referral.id, new)
    return listed.where(Referral.id.in_(sa.bindparam("ids", expanding=True)))


def with_news(user: User, referral_ids: Sequence[int], rows: list[Row]) -> list[Row]:
    """Rows of a list of referrals; below the name of each how much of its conversation is new to the reader."""
    new = unread(user, referral_ids)
    if not new:
        return rows
    pairs = zip(referral_ids, rows, strict=True)
    return [row._replace(about=about_with_news(row.about, new.get(id_, 0))) for id_, row in pairs]


def written_to(referral_ids: Collection[int], since: datetime) -> set[int]:
    """Of these referrals, those on which one of ours wrote to the partner after that moment."""
    ours = sa.select(Message.referral_id).join(User, User.id == Message.author_id).where(User.partner_id.is_(None))
    told = ours.where(Message.referral_id.in_(referral_ids), Message.is_internal.is_(False), Message.at > since)
    return set(db.session.scalars(all_partners(told, "who of those that share a deal were told")))


def last_id(user: User, referral_id: int, *, until: datetime) -> int:
    """Of what the person sees, the newest message of up to this moment."""
    newest = visible_to(user, sa.func.max(Message.id)).where(Message.referral_id == referral_id, Message.at <= until)
    return db.session.scalar(newest) or 0


def message(message_id: int) -> Any:
    """What a mail tells: text, mentions, files, the company, the referral, who wrote, on which side."""
    columns = (
        Message.text,
        Message.mentions,
        Message.is_internal,
        Message.author_id,
        whole.files_of_message().label("files"),
    )
    wanted = (
        sa.select(*columns, Referral, _Author.name.label("by"), _Author.partner_id.label("by_partner_id"))
        .add_columns(Partner.name.label("partner"))
        .join(Referral, Referral.id == Message.referral_id)
        .join(_Author, _Author.id == Message.author_id)
        .join(Partner, Partner.id == Message.partner_id)
    )
    return db.session.execute(all_partners(wanted.where(Message.id == message_id), _WHY)).one()


def refused_mails() -> Sequence[RefusedMail]:
    """The latest first."""
    return db.session.scalars(sa.select(RefusedMail).order_by(RefusedMail.id.desc()).limit(100)).all()


def mailbox() -> Mailbox | None:
    return db.session.scalar(sa.select(Mailbox))


def looks_after_partners() -> Any:
    """Whom a partner can ask about what no referral is about yet; None where nobody is there."""
    first = sa.func.coalesce(*(each.scalar_subquery() for each in who.looking_after()))
    return db.session.execute(all_partners(who.people().where(User.id == first), "whom partners can ask")).one_or_none()
