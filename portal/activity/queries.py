from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.events import KINDS, Audience
from portal.extensions import Kept
from portal.formats import day_words, money
from portal.scope import READER, all_partners, owned_by

THE_PORTAL, SOMEONE = "The portal", "Someone"
YOU = "You"
"""What a reader is called in what is told of them; small inside a sentence."""


class Entry(NamedTuple):
    seq: int
    at: datetime
    kind: str
    ref: str
    sentence: str
    by: str
    other: str = ""
    """Another record that the sentence names."""


def visible_to(user: User) -> sa.Select[Any]:
    """Staff read the whole record; a partner's people what is told to their company."""
    everything = sa.select(EventRow)
    if user.partner_id is None:
        return all_partners(everything, "staff read the record")
    own = everything.where(EventRow.partner_id == user.partner_id, EventRow.audience == Audience.PARTNER)
    return owned_by(own, user.partner_id)


_COLUMNS = (EventRow.seq, EventRow.at, EventRow.kind, EventRow.by_id, EventRow.ref, EventRow.body)
_of_these = (
    sa.select(*_COLUMNS)
    .where(EventRow.ref.in_(sa.bindparam("refs", expanding=True)))
    .order_by(EventRow.seq.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_its_partner = sa.bindparam("partner_id", type_=sa.BigInteger())
# + 0: a few rows by their references, never a walk through all of the company's
_of_these_to_it = _of_these.where(EventRow.partner_id + 0 == _its_partner, EventRow.audience == Audience.PARTNER)
_called = sa.select(User.id, User.name).where(User.id.in_(sa.bindparam("ids", expanding=True)))
# Built once: they run with every page of a record, and to build them takes longer than to run them.
_TOLD_TO_STAFF = Kept(all_partners(_of_these, "staff read the record"))
_TOLD_TO_IT = Kept(owned_by(_of_these_to_it, READER))
_NAMES = Kept(all_partners(_called, "names of the people in an event that the reader may see"))


def timeline(user: User, refs: Iterable[str], limit: int = 50) -> list[Entry]:
    """What happened to these records, newest first, told to this reader."""
    asked = {"refs": list(refs), "limit": limit}
    if user.partner_id is None:
        return tell(user, _TOLD_TO_STAFF.read(asked).all())
    return tell(user, _TOLD_TO_IT.read(asked | {"partner_id": user.partner_id}).all())


def tell(reader: User, rows: Sequence[Any]) -> list[Entry]:
    """Sentences are made at reading, from the ids, with one look-up for all names; amounts and days in words."""
    names, is_staff = names_in(reader, rows), reader.is_staff
    return [told_by(row, names, marked=is_staff) for row in rows]


def told_by(row: Any, names: Mapping[int | None, str], *, marked: bool = True) -> Entry:
    """One event, told with the names of the people in it; `marked` says too under which emergency access it was done,
    which is no matter of a partner's."""
    sentence = _sentence(row, names)
    if marked and "emergency" in row.body:
        sentence = f"{sentence} (Emergency access {row.body['emergency']})"
    other = row.body.get("other_ref", "")
    return Entry(row.seq, row.at, row.kind, row.ref, sentence, names.get(row.by_id, SOMEONE), other)


def people_in(rows: Iterable[Any]) -> set[int]:
    """Ids of everybody whom the sentences name; what is no event has no body."""
    wanted = {row.by_id for row in rows if row.by_id is not None}
    bodies = [row.body for row in rows if row.body]
    return wanted | {value for body in bodies for name, value in body.items() if name.endswith("_user_id") and value}


def names_in(reader: User, rows: Sequence[Any], known: Mapping[int, str] | None = None) -> dict[int | None, str]:
    """What this reader calls them; those whose names are known are not asked for."""
    here = {**(known or {}), reader.id: YOU}
    unknown = people_in(rows) - here.keys()
    named = _NAMES.read({"ids": list(unknown)}) if unknown else ()
    return {None: THE_PORTAL, **{row.id: row.name for row in named}, **here}


def _sentence(row: Any, names: Mapping[int | None, str]) -> str:
    kind = KINDS.get(row.kind)
    if kind is None:
        return str(row.kind)
    told: dict[str, Any] = {"by": names.get(row.by_id, SOMEONE), "ref": row.ref}
    for name, value in row.body.items():
        if name.endswith("_user_id"):
            told[name.removesuffix("_user_id")] = names.get(value, SOMEONE)
        elif name.endswith("_minor") and "currency" in row.body:
            told[name.removesuffix("_minor")] = money(value, row.body["currency"])
        else:
            told[name] = day_words(date.fromisoformat(value)) if value and name.endswith("_on") else value
    inside = {
        name: "you" for name, value in told.items() if value == YOU and not kind.sentence.startswith(f"{{{name}}}")
    }
    sentence: str = kind.sentence.format(**told | inside)
    return sentence
