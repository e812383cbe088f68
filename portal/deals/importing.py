"""Deals of other channels from a file: looked at first, then taken in, each row once however often it is sent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import StringIO
from typing import Any

import defusedcsv.csv
import sqlalchemy as sa

from portal import storage
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.deals import losses, queries, rules, totals
from portal.deals.events import DealLost, DealOpened, DealsImported, DealWon
from portal.deals.import_rows import Row, read
from portal.deals.models import Deal, DealImport
from portal.deals.rules import Pipeline, Stage
from portal.deals.steps import step_after
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.lookalikes import actions as lookalikes
from portal.lookalikes import queries as alike_queries
from portal.lookalikes.actions import Entry
from portal.lookalikes.likeness import LIKELY, Company
from portal.lookalikes.queries import Asked
from portal.lookalikes.rules import Kind
from portal.program import the_program
from portal.refs import new_ref, new_refs
from portal.rows import add_named
from portal.scope import all_partners
from portal.sheets import MEDIA_TYPE, text_of
from portal.sla.queries import today_of

BATCH = 1_000
NOTES_SHOWN = 200
CSV = MEDIA_TYPE
_WHY = "whether a deal of the file is here already"


@dataclass(frozen=True)
class Looked:
    """A row with what is known about it here."""

    row: Row
    owner_id: int = 0
    known_as: str = ""
    """The deal that a row of this reference became before."""

    @property
    def is_ready(self) -> bool:
        return not self.row.problems and not self.known_as


def look(by: User, data: bytes, file_name: str, *, now: datetime) -> DealImport:
    """Keep the table as text and say what would come of it; nothing is taken in yet. Raises Refused for a file that is
    no table of deals, or has none in it."""
    text = text_of(data)
    looked = list(_looked(by, text, now, compare=True))
    if not looked:
        raise Refused("There is no row below the names of the columns.", "file")
    notes = [[each.row.number, sentence] for each in looked for sentence in _sentences(each)]
    made = DealImport(
        ref=new_ref("I", DealImport.ref),
        by_id=by.id,
        at=now,
        file_name=file_name[:120],
        file_sha256=storage.put(text.encode(), CSV).sha256,
        rows=len(looked),
        ready=sum(each.is_ready for each in looked),
        notes=notes[:NOTES_SHOWN],
    )
    db.session.add(made)
    db.session.flush()
    return made


def take_in(by: User, found: DealImport, *, now: datetime) -> None:
    """Make deals of the rows that are ready. What was taken in before stays as it is; the report says what became of
    each row. Raises Refused where it was done already."""
    if found.done_at is not None:
        raise Refused("This file was taken in already.")
    results: list[tuple[Looked, str, str]] = []
    counted: Counter[str] = Counter()
    for batch in _batches(_looked(by, text_of(storage.get(found.file_sha256)), now, compare=False)):
        refs = _add([each for each in batch if each.is_ready], by, now)
        for each in batch:
            what = "added" if each.is_ready else "known" if each.known_as and not each.row.problems else "refused"
            counted[what] += 1
            results.append((each, what, refs.get(each.row.number, each.known_as)))
    found.done_at, found.added, found.known, found.refused = (
        now,
        *(counted[name] for name in ("added", "known", "refused")),
    )
    found.report_sha256 = storage.put(_report(results), CSV).sha256
    db.session.flush()
    told = {"added": found.added, "known": found.known, "refused": found.refused}
    publish(DealsImported(by=by.id, at=now, ref=found.ref, **told))


def _looked(by: User, text: str, now: datetime, *, compare: bool) -> Iterator[Looked]:
    """The rows, each with what is wrong with it here; where asked, compared with every company that is known."""
    program = the_program()
    rows = read(text, currency=program.currency if program else "EUR", today=today_of(now))
    owners = {name.casefold(): each.id for each in queries.owners(by) for name in (each.email, each.name)}
    own_id = by.id if by.may(Permission.MOVE_DEALS) else 0
    seen: dict[str, int] = {}
    for batch in _batches(rows):
        known, alike = _known(batch), _alike(batch) if compare else [""] * len(batch)
        for row, looks_like in zip(batch, alike, strict=True):
            _check_once(row, seen)
            owner_id = owners.get(row.owner.casefold(), 0) if row.owner else own_id
            if not owner_id:
                row.problems.append(
                    f"“{row.owner[:40]}” owns no deals here." if row.owner else "Nobody owns it: name an owner."
                )
            if looks_like:
                row.hints.append(looks_like)
            yield Looked(row, owner_id, known.get(row.external_ref, ""))


def _check_once(row: Row, seen: dict[str, int]) -> None:
    if row.external_ref and (before := seen.setdefault(row.external_ref, row.number)) != row.number:
        row.problems.append(f"Row {before} has the same external ref.")


def _known(batch: Sequence[Row]) -> dict[str, str]:
    wanted = sa.select(Deal.external_ref, Deal.ref).where(Deal.external_ref.in_([row.external_ref for row in batch]))
    return {row.external_ref: row.ref for row in db.session.execute(all_partners(wanted, _WHY)) if row.external_ref}


def _alike(batch: Sequence[Row]) -> list[str]:
    """What each row looks like, in a sentence; one question for all of them."""
    asked = [Asked(Company(row.company, row.domain)) for row in batch]
    found = alike_queries.find_each(asked, least=LIKELY)
    return [f"It looks like {each[0].ref}, {each[0].name}: {each[0].reason}." if each else "" for each in found]


def _add(ready: Sequence[Looked], by: User, now: datetime) -> dict[int, str]:
    """The deals of these rows, all written at once: their references by row."""
    if not ready:
        return {}
    today = today_of(now)
    refs = new_refs("D", Deal.ref, len(ready))
    values = [_values(each, ref, today, now) for each, ref in zip(ready, refs, strict=True)]
    ids = add_named(Deal, values)
    totals.add(db.session.connection(), (_total(each) for each in values))
    losses.add(db.session.connection(), ((losses.key_of(each), 1) for each in values))
    lookalikes.keep_all([_entry(each) for each in values])
    for deal in values:
        _tell(ids[deal["ref"]], deal, by, now)
    return {each.row.number: deal["ref"] for each, deal in zip(ready, values, strict=True)}


def _values(each: Looked, ref: str, today: date, now: datetime) -> dict[str, Any]:
    row = each.row
    is_open, won = row.stage in rules.OPEN_STAGES, row.stage is Stage.WON
    step = step_after(row.stage, today, None)
    next_step_on = (row.next_step_on or step.on) if is_open else None
    created_at = _noon(row.created_on) or now
    stalls_on = rules.stalls_on(row.stage, next_step_on, today)
    return {
        "ref": ref,
        "channel": row.channel,
        "pipeline": Pipeline.CORE,
        "stage": row.stage,
        "stage_since": now if is_open else _noon(row.closed_on),
        "company": row.company,
        "domain": row.domain,
        "owner_id": each.owner_id,
        "owner_rule": "imported",
        "next_step": (row.next_step or step.text) if is_open else "",
        "next_step_on": next_step_on,
        "expected_minor": None if won else row.value_minor,
        "value_minor": row.value_minor if won else None,
        "currency": row.currency,
        "created_at": created_at,
        "contacted_at": None if row.stage is Stage.NEW else created_at,
        "closed_at": None if is_open else _noon(row.closed_on),
        "won_on": row.closed_on if won else None,
        "lost_reason": row.lost_reason if row.stage is Stage.LOST else None,
        "expected_close_on": row.expected_close_on if is_open else None,
        "stalls_on": stalls_on,
        "alert_on": stalls_on,
        "external_ref": row.external_ref,
    }


def _entry(deal: dict[str, Any]) -> Entry:
    """What it is found by."""
    return Entry(
        kind=Kind.DEAL,
        ref=deal["ref"],
        partner_id=None,
        name=deal["company"],
        domain=deal["domain"],
        since=deal["created_at"],
    )


def _total(deal: dict[str, Any]) -> tuple[totals.Key, totals.Sums]:
    key = totals.Key(deal["owner_id"], deal["stage"], deal["currency"])
    return key, totals.sums_of(deal["stage"], deal["expected_minor"], None)


def _tell(deal_id: int, deal: dict[str, Any], by: User, now: datetime) -> None:
    told: dict[str, Any] = {"by": by.id, "at": now, "ref": deal["ref"], "deal_id": deal_id}
    publish(DealOpened(**told, owner_user_id=deal["owner_id"]))
    if deal["stage"] is Stage.WON:
        publish(DealWon(**told, value_minor=deal["value_minor"], currency=deal["currency"]))
    elif deal["stage"] is Stage.LOST:
        publish(DealLost(**told, reason=deal["lost_reason"]))


def _noon(on: date | None) -> datetime | None:
    return datetime.combine(on, time(12), UTC) if on else None


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _sentences(each: Looked) -> list[str]:
    if each.known_as and not each.row.problems:
        return [f"It is here already, as {each.known_as}; nothing happens to it."]
    return [*each.row.problems, *each.row.hints]


def _report(results: Sequence[tuple[Looked, str, str]]) -> bytes:
    text = StringIO()
    written = defusedcsv.csv.writer(text)
    written.writerow(["row", "external_ref", "company", "result", "deal", "notes"])
    for each, what, ref in results:
        row = each.row
        written.writerow([row.number, row.external_ref, row.company, what, ref, " ".join([*row.problems, *row.hints])])
    return text.getvalue().encode()
