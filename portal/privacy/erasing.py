"""Carrying out the order to erase a person: first what others wrote of them, then their own rows, then what is left in
files. Each step can be done twice, so that one that was interrupted is begun again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal import attempts, storage
from portal.auth.models import User
from portal.events import publish
from portal.extensions import Base, db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes import queries as lookalikes_read
from portal.lookalikes.actions import Entry
from portal.privacy import emptying, listing, proof_files
from portal.privacy.emptying import Left
from portal.privacy.events import ContactErased, PersonErased
from portal.privacy.inventory import COLUMNS, FILES, FREE_TEXT, TEXT_FILES
from portal.privacy.mentions import mentions_of
from portal.privacy.models import Erasure
from portal.privacy.rules import JobState, Kind, Subject, next_night
from portal.privacy.sweeping import compact, delete_files, takes_long
from portal.privacy.traces import Traces
from portal.program import Program
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from portal.referrals.rules import OPEN
from portal.scope import all_partners
from portal.unsent import actions as unsent

_WHY = "personal data is erased wherever it is"
_AT_A_TIME = 200
LATE_MAIL = "A mail was on its way. It is looked for once more."
TONIGHT = "The database is large. It is written anew after three in the night, when nobody waits for it."
T = TypeVar("T")


def erase(erasure_id: int, now: datetime, *, at_once: bool = False) -> None:
    """The whole of it: the rows, the list, the files, and the free space of the database; that of a large one waits for
    the night, unless it is wanted `at_once`. Commits.

    Raises OSError, and the database's own errors, where something cannot be swept yet."""
    erasure = _order(erasure_id)
    left = carry_out(erasure, now)
    listing.append(entry_of(erasure))
    delete_files(left)
    tonight = None if at_once else _waits_until(now)
    if tonight is None:
        compact(db.engine)
    erasure = _order(erasure_id)
    if left.is_mail_under_way:
        left.is_mail_under_way = False
        erasure.leftovers, erasure.error, erasure.next_at = left.to_data(), LATE_MAIL, now + attempts.LEASE
    elif tonight is not None:
        erasure.leftovers, erasure.error, erasure.next_at = {}, TONIGHT, tonight
    else:
        erasure.leftovers, erasure.error = {}, ""
        erasure.state, erasure.done_at = JobState.DONE, now
    db.session.commit()


def _waits_until(now: datetime) -> datetime | None:
    """When a large database may be written anew; None for now."""
    zone = ZoneInfo(db.session.scalars(sa.select(Program.time_zone)).one())
    is_large = takes_long(db.session.connection())
    db.session.commit()
    at = next_night(now.astimezone(zone))
    return at if at > now and is_large else None


def apply_again(entries: Iterable[listing.Entry], now: datetime) -> int:
    """Erase in a restored database who was erased since the backup was made, and sweep once. Says how many they were.

    The list of this portal holds them afterwards, wherever they came from."""
    left, count = Left(), 0
    for entry in entries:
        erasure = _order_again(entry, now)
        again = carry_out(erasure, now)
        left.mails += again.mails
        left.files += again.files
        listing.append(entry)
        erasure.leftovers, erasure.state, erasure.done_at = {}, JobState.DONE, now
        db.session.commit()
        count += 1
    if count:
        delete_files(left)
        compact(db.engine)
    return count


def carry_out(erasure: Erasure, now: datetime) -> Left:
    """Empty the rows and commit; gives what is left to be swept. Done before, it only says that again."""
    if erasure.erased_at is not None:
        return Left.from_data(erasure.counts, erasure.leftovers)
    people, contacts = _rows(erasure)
    if address := _address(people, contacts):
        erasure.digest = listing.digest_of(address, erasure.salt)
        erasure.refs = _refs_of(address) if contacts else erasure.refs
    traces = _traces(people, contacts)
    _take_out_of_free_text(erasure, traces)
    _take_out_of_files(erasure, traces)
    people, contacts = _rows(erasure, lock=True)
    left = Left.from_data(erasure.counts, erasure.leftovers)
    for user in people:
        emptying.empty_account(user, left, now=now)
        proof_files.let_go_of_held(user.id, left)
    for referral in contacts:
        _erase_contact(erasure, referral, left, now)
    _keep(erasure, left)
    erasure.erased_at = now
    publish(
        PersonErased(
            by=erasure.by_id,
            at=now,
            ref=erasure.ref,
            subject_ref=erasure.subject_ref,
            reason=erasure.reason,
            digest=erasure.digest,
        )
    )
    db.session.commit()
    return left


def entry_of(erasure: Erasure) -> listing.Entry:
    """What the list keeps of it. Raises ValueError for one that was not carried out."""
    if erasure.erased_at is None:
        raise ValueError(f"{erasure.ref} was not carried out")
    return listing.Entry(
        ref=erasure.ref,
        subject=erasure.subject,
        refs=tuple(erasure.refs),
        reason=erasure.reason,
        at=erasure.erased_at,
        salt=erasure.salt,
        digest=erasure.digest,
    )


def _order(erasure_id: int) -> Erasure:
    wanted = sa.select(Erasure).where(Erasure.id == erasure_id).with_for_update()
    return db.session.execute(wanted.execution_options(populate_existing=True)).scalar_one()


def _order_again(entry: listing.Entry, now: datetime) -> Erasure:
    """As it was asked for, to be carried out anew: what was done before the backup was made has nothing left to do."""
    erasure = db.session.scalar(sa.select(Erasure).where(Erasure.ref == entry.ref))
    if erasure is None:
        told = {"ref": entry.ref, "subject": entry.subject, "reason": entry.reason, "salt": entry.salt}
        erasure = Erasure(subject_ref=entry.refs[0], by_id=None, **told, **attempts.asked(now))
        db.session.add(erasure)
    erasure.refs, erasure.digest, erasure.counts, erasure.leftovers = list(entry.refs), entry.digest, {}, {}
    erasure.state, erasure.erased_at = JobState.PENDING, None
    erasure.next_at = now + attempts.LEASE  # a worker that runs beside leaves it alone meanwhile
    db.session.commit()
    return erasure


def _rows(erasure: Erasure, *, lock: bool = False) -> tuple[Sequence[User], Sequence[Referral]]:
    """The account, or the referrals, that still say something of the person."""
    model: Any = User if erasure.subject is Subject.USER else Referral
    wanted = sa.select(model).where(model.ref.in_(erasure.refs), model.erased_at.is_(None)).order_by(model.id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(all_partners(wanted, _WHY)).all()
    return (found, []) if erasure.subject is Subject.USER else ([], found)


def _refs_of(email: str) -> list[str]:
    """Every referral that names this contact by now, whoever sent it."""
    found = sa.select(Referral.ref).where(Referral.contact_email == email).order_by(Referral.id)
    return list(db.session.scalars(all_partners(found, _WHY)))


def _address(people: Sequence[User], contacts: Sequence[Referral]) -> str:
    return next(iter([*(user.email for user in people), *(each.contact_email for each in contacts)]), "")


def _traces(people: Sequence[User], contacts: Sequence[Referral]) -> Traces:
    return Traces(
        names=[*(user.name for user in people), *(each.contact_name for each in contacts)],
        addresses=[*(each for user in people for each in _addresses_of(user)), *(c.contact_email for c in contacts)],
        phones=[*(user.phone for user in people), *(each.contact_phone for each in contacts)],
    )


def _addresses_of(user: User) -> list[str]:
    """Every mail address of the account, those that it had before too."""
    own = [str(getattr(user, name) or "") for name in COLUMNS["users"][Kind.ACCOUNT].split()]
    for table in Base.metadata.sorted_tables:
        columns = [table.c[name] for name in COLUMNS.get(table.name, {}).get(Kind.SIGN_IN, "").split()]
        if columns and "user_id" in table.c:
            found = db.session.execute(all_partners(sa.select(*columns).where(table.c.user_id == user.id), _WHY))
            own += [str(value) for row in found for value in row]
    return [each for each in own if "@" in each]


def _erase_contact(erasure: Erasure, referral: Referral, left: Left, now: datetime) -> None:
    emptying.empty_referral(referral, left, now=now)
    publish(ContactErased(by=erasure.by_id, at=now, ref=referral.ref, partner_id=referral.partner_id))
    if referral.status in OPEN:
        referrals.end_without_contact(erasure.by_id, referral, now=now)


def _take_out_of_free_text(erasure: Erasure, traces: Traces) -> None:
    """Others' words keep their sense without the person. Looked for without a lock, changed a few rows at a time."""
    for table, ids in mentions_of(traces).items():
        for some in _by(_AT_A_TIME, ids):
            left = Left.from_data(erasure.counts, erasure.leftovers)
            _change(Base.metadata.tables[table], some, traces, left)
            _keep(erasure, left)
            db.session.commit()


def _take_out_of_files(erasure: Erasure, traces: Traces) -> None:
    """A text file that names the person is stored anew without, and the row led there."""
    left = Left.from_data(erasure.counts, erasure.leftovers)
    for table in (Base.metadata.tables[name] for name in TEXT_FILES):
        for column in (table.c[name] for name in FILES[table.name].split()):
            stored = sa.select(table.c.id, column).where(column.is_not(None)).order_by(table.c.id)
            if "media_type" in table.c:
                stored = stored.where(table.c.media_type.startswith("text/"))
            for row_id, sha256 in db.session.execute(all_partners(stored, _WHY)).all():
                if (anew := _without(traces, sha256)) != sha256:
                    values = sa.update(table).where(table.c.id == row_id).values({column.name: anew})
                    db.session.execute(all_partners(values, _WHY))
                    left.files.append(sha256)
                    left.counts["mentions"] += 1
    proof_files.let_go_of_those_naming(traces, left)
    left.counts["mentions"] += unsent.forget_those_that(lambda text: traces.taken_out_of(text) != text)
    _keep(erasure, left)
    db.session.commit()


def _without(traces: Traces, sha256: str) -> str:
    """The hash of the same file without the person; the same where it does not name them, or is not there."""
    if not storage.exists(sha256):
        return sha256
    text = storage.get(sha256).decode("utf-8", "surrogateescape")
    after = traces.taken_out_of(text)
    return storage.put(after.encode("utf-8", "surrogateescape"), "text/csv").sha256 if after != text else sha256


def _change(table: sa.Table, ids: Sequence[int], traces: Traces, left: Left) -> None:
    names = FREE_TEXT[table.name].split()
    wanted = sa.select(table).where(table.c.id.in_(ids)).with_for_update()
    for row in db.session.execute(all_partners(wanted, _WHY)).all():
        before = {name: getattr(row, name) for name in names}
        after = {name: traces.taken_out_of(value) for name, value in before.items()}
        if after == before:
            continue
        version = {"version": row.version + 1} if "version" in table.c else {}
        changed = sa.update(table).where(table.c.id == row.id).values(after | version)
        db.session.execute(all_partners(changed, _WHY))
        left.counts["mentions"] += 1
        if after.get("company") != before.get("company"):
            _find_anew(row, str(after["company"]))
        if table.name == "deliveries":
            left.mails.append(row.message_id)
            left.is_mail_under_way |= row.state == "pending" and bool(row.attempts)


def _find_anew(row: Any, company: str) -> None:
    """What a company is found by, where it was called after the person."""
    entry = lookalikes_read.entry(row.ref)
    if entry is None:
        return
    is_referral = "contact_email" in row._mapping
    contact = {"email": row.contact_email, "phone": row.contact_phone, "country": row.country} if is_referral else {}
    lookalikes.keep(
        Entry(
            kind=entry.kind,
            ref=entry.ref,
            partner_id=entry.partner_id,
            name=company,
            domain=entry.domain,
            since=entry.since,
            until=entry.until,
            **contact,
        )
    )


def _keep(erasure: Erasure, left: Left) -> None:
    erasure.counts, erasure.leftovers = dict(left.counts), left.to_data()
    db.session.flush()


def _by(size: int, items: Iterable[T]) -> Iterable[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
