"""Many referrals from a file: looked at first, then sent one by one by the same action, each row once however often it
is sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import defusedcsv.csv
import sqlalchemy as sa

from portal import storage
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.criteria.queries import published
from portal.errors import Refused
from portal.evidence import actions as evidence
from portal.evidence.actions import Proof
from portal.extensions import Kept, db
from portal.fields.queries import questions
from portal.lookalikes import actions as lookalikes
from portal.lookalikes import queries as alike_queries
from portal.lookalikes.actions import Sought
from portal.lookalikes.likeness import LIKELY, Company, likeness
from portal.lookalikes.queries import Asked, Led
from portal.referrals import actions, queries
from portal.referrals.import_models import ReferralImport, ReferralImportRow, RowResult
from portal.referrals.import_rows import NO_CONSENT, Row, heads, read
from portal.referrals.models import Referral
from portal.referrals.receiving import asked_of, receive
from portal.refs import new_ref
from portal.rows import add_rows
from portal.scope import READER, owned_by
from portal.several import each_of
from portal.sheets import MEDIA_TYPE, text_of

MOST_A_DAY = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Looked:
    """A row with what is known about it here."""

    row: Row
    known_as: str = ""
    """The referral that it is already."""

    @property
    def is_ready(self) -> bool:
        return not self.row.problems and not self.known_as


def look(by: User, data: bytes, file_name: str, *, now: datetime) -> ReferralImport:
    """Keep the table as text and say what would come of it; nothing is sent. Raises Refused for a file that is no table
    of referrals, or has none in it."""
    text = text_of(data)
    if by.partner_id is None:
        raise Refused("Only the people of a partner can refer companies.")
    looked = _looked(by.partner_id, text, now)
    if not looked:
        raise Refused("There is no row below the names of the columns.", "file")
    made = ReferralImport(
        ref=new_ref("RI", ReferralImport.ref),
        partner_id=by.partner_id,
        by_id=by.id,
        at=now,
        file_name=file_name.replace("\\", "/").rpartition("/")[2][:120] or "file",
        file_sha256=storage.put(text.encode("utf-8", "replace"), MEDIA_TYPE).sha256,
        rows=len(looked),
        ready=sum(each.is_ready for each in looked),
    )
    db.session.add(made)
    db.session.flush()
    return made


def rows_of(found: ReferralImport, now: datetime) -> list[Looked]:
    """Each row as it would be taken at this moment; none once its file is gone."""
    looked = _looked(found.partner_id, _text_of(found), now)
    rows = [each.row for each in looked]
    asked = [_asked(row) for row in rows]
    _hint(found.partner_id, rows, asked, alike_queries.led_to(asked))
    return looked


def send(by: User, found: ReferralImport, *, consent: bool, now: datetime) -> None:
    """Send the rows that are ready, and note what became of each.

    Raises Refused without consent, where it was done already, and above what a day allows."""
    if found.done_at is not None:
        raise Refused("This list was sent already.")
    if not consent:
        raise Refused(NO_CONSENT, "consent")
    looked = _looked(found.partner_id, _text_of(found), now)
    left = MOST_A_DAY - sent_today(found.partner_id, now)
    if sum(each.is_ready for each in looked) > left:
        raise Refused(
            f"A company sends at most {MOST_A_DAY} referrals a day from lists. {max(left, 0)} are left today."
        )
    sent = _send(by, found.partner_id, looked, now)
    results = [_result(found, each, sent) for each in looked]
    add_rows(ReferralImportRow, results)
    counted = Counter(each["result"] for each in results)
    found.sent, found.known = counted[RowResult.SENT], counted[RowResult.KNOWN]
    found.refused, found.done_at = counted[RowResult.REFUSED], now
    db.session.flush()


def sent_today(partner_id: int, now: datetime) -> int:
    lately = sa.select(sa.func.sum(ReferralImport.sent)).where(
        ReferralImport.partner_id == partner_id, ReferralImport.done_at > now - _DAY
    )
    return int(db.session.scalar(owned_by(lately, partner_id)) or 0)


def imported(user: User, ref: str, *, to_change: bool = False) -> ReferralImport:
    """One's own list, or of the company; 404 where there is none of this name."""
    wanted = _own(user).where(ReferralImport.ref == ref)
    found: ReferralImport = db.one_or_404(wanted.with_for_update() if to_change else wanted)
    return found


def lists(user: User, limit: int = 20) -> Sequence[ReferralImport]:
    """The latest ones."""
    return db.session.scalars(_own(user).order_by(ReferralImport.id.desc()).limit(limit)).all()


def results(found: ReferralImport) -> Sequence[ReferralImportRow]:
    of_it = sa.select(ReferralImportRow).where(
        ReferralImportRow.partner_id == found.partner_id, ReferralImportRow.import_id == found.id
    )
    return db.session.scalars(owned_by(of_it.order_by(ReferralImportRow.number), found.partner_id)).all()


def report(found: ReferralImport, now: datetime) -> bytes:
    """Every row with its cells and what became of it: what is refused can be put right there, and sent again."""
    cells = {row.number: row.cells for row in _read(_text_of(found), now)}
    asked = heads(questions())
    names = list(dict.fromkeys([*(name for row in cells.values() for name in row), *(asked if cells else ())]))
    text = StringIO()
    written = defusedcsv.csv.writer(text)
    written.writerow(
        ["row", "result", "referral", "what to do", *(asked.get(name, name) for name in names or ["company"])]
    )
    for each in results(found):
        said = cells.get(each.number) or {"company": each.company}
        told = [each.number, each.result, each.referral_ref or "", " ".join(each.notes)]
        written.writerow([*told, *(said.get(name, "") for name in (names or ["company"]))])
    return text.getvalue().encode()


def _own(user: User) -> sa.Select[Any]:
    partner_id = user.partner_id or 0
    own: sa.Select[Any] = sa.select(ReferralImport).where(ReferralImport.partner_id == partner_id)
    if user.reach(Permission.SUBMIT_REFERRALS) is not Reach.COMPANY:
        own = own.where(ReferralImport.by_id == user.id)
    return owned_by(own, partner_id)


def _text_of(found: ReferralImport) -> str:
    """The table; nothing once its file is gone."""
    if found.file_sha256 is None or not storage.exists(found.file_sha256):
        return ""
    return storage.get(found.file_sha256).decode()


def _read(text: str, now: datetime) -> list[Row]:
    return list(read(text, today=now.date(), questions=questions())) if text else []


def _looked(partner_id: int, text: str, now: datetime) -> list[Looked]:
    rows = _read(text, now)
    known = _known(partner_id, rows)
    return [Looked(row, known.get(row.number, "")) for row in rows]


def _known(partner_id: int, rows: Sequence[Row]) -> dict[int, str]:
    """The referral of each row that was sent before, or whose company the partner has introduced."""
    digests = {row.digest(partner_id): row.number for row in rows}
    open_ = queries.introduced(partner_id, {row.domain for row in rows if row.domain})
    found = {row.number: open_[row.domain] for row in rows if row.domain in open_}
    again = _SENT_BEFORE.read({"whose": partner_id, "digests": list(digests)})
    return found | {digests[each.digest]: each.referral_ref for each in again if each.referral_ref is not None}


_digests = each_of(ReferralImportRow.digest, "digests")
_became: Any = sa.select(ReferralImportRow.referral_ref).where(
    ReferralImportRow.partner_id == sa.bindparam("whose"), ReferralImportRow.digest == _digests.c.value
)
_sent_before: Any = sa.select(_digests.c.value.label("digest"), _became.scalar_subquery().label("referral_ref"))
_SENT_BEFORE = Kept(owned_by(_sent_before, READER))


def _hint(partner_id: int, rows: Sequence[Row], asked: Sequence[Asked], led: Led) -> None:
    """Note what each row looks like: another row, or a company that this partner referred. Of others' nothing is
    told."""
    of_partner = led.of_partner(partner_id)
    for row, one, before in zip(rows, asked, alike_queries.before_each(asked), strict=True):
        own = of_partner.found(Asked(one.company), LIKELY)
        row.hints += [
            f"It looks like {each.ref}, {each.name}: {each.reason}." for each in own if each.domain != row.domain
        ][:1]
        for other in before:
            alike = likeness(asked[other].company, one.company)
            if alike.score >= LIKELY and rows[other].domain != row.domain:
                row.hints.append(f"It looks like row {rows[other].number}: {alike.reason}.")
                break


def _asked(row: Row) -> Asked:
    return Asked(Company(row.company, row.domain))


def _send(by: User, partner_id: int, looked: Sequence[Looked], now: datetime) -> dict[int, Referral | str]:
    """What became of each row that was ready, by its number: a referral, or the one that it was meanwhile.

    What they look like is read once, when it is their turn: for the hints, and for what is found when they arrive."""
    ready = {each.row.number: each.row for each in looked if each.is_ready}
    under = actions.agreement_of(by, now) if ready else None
    asked = {number: asked_of(row.introduction) for number, row in ready.items()}
    lookalikes.take_turn(list(asked.values()))
    rows = [each.row for each in looked]
    every = [asked.get(row.number) or _asked(row) for row in rows]
    led = alike_queries.led_to(every)
    _hint(partner_id, rows, every, led)
    if under is None:
        return {}
    before = queries.introduced(under.partner_id, {row.domain for row in ready.values()})
    fresh = [row for row in ready.values() if row.domain not in before]
    sought = Sought([asked[row.number] for row in fresh], led)
    referrals = receive(by, under, published(), [row.introduction for row in fresh], now=now, sought=sought)
    for row, referral in zip(fresh, referrals, strict=True):
        if row.introduced_on and row.cells.get("introduced_with") and row.cells.get("introduction"):
            said = Proof((), row.cells["introduction"], row.introduced_on, row.cells["introduced_with"])
            evidence.add(by, evidence.introduced(referral), said, now=now)
    sent = {row.number: each for row, each in zip(fresh, referrals, strict=True)}
    return {number: sent.get(number) or before[row.domain] for number, row in ready.items()}


def _result(found: ReferralImport, each: Looked, sent: Mapping[int, Referral | str]) -> dict[str, Any]:
    row, became = each.row, sent.get(each.row.number)
    values: dict[str, Any] = {
        "partner_id": found.partner_id,
        "import_id": found.id,
        "number": row.number,
        "company": row.company,
        "digest": None,
    }
    if isinstance(became, Referral):
        told = {"result": RowResult.SENT, "referral_ref": became.ref, "digest": row.digest(found.partner_id)}
        return values | told | {"notes": sentences(each)}
    if known_as := became or each.known_as:
        return values | {"result": RowResult.KNOWN, "referral_ref": known_as, "notes": [_known_as(known_as)]}
    return values | {"result": RowResult.REFUSED, "referral_ref": None, "notes": sentences(each)}


def sentences(each: Looked) -> list[str]:
    """What there is to say about a row, the columns first: what is said of several is said once."""
    if each.known_as:
        return [_known_as(each.known_as)]
    columns: dict[str, list[str]] = {}
    for name, said in each.row.problems:
        columns.setdefault(said, []).append(name.replace("_", " "))
    return [*(_beside(", ".join(names), said) for said, names in columns.items()), *each.row.hints]


def _beside(columns: str, said: str) -> str:
    return f"{columns[:1].upper()}{columns[1:]}: {said}" if columns else said


def _known_as(ref: str) -> str:
    return f"You referred them already: {ref}."
