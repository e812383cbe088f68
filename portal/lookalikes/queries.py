"""Companies that look like one, by indexed keys alone: as many rows are read at a million as at a thousand."""

import json
from collections import defaultdict, namedtuple
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from portal.extensions import Kept, as_held, db, instant
from portal.json_rows import json_rows
from portal.lookalikes import keys
from portal.lookalikes.likeness import POSSIBLE, Company, known, likeness, with_contact
from portal.lookalikes.models import CompanyKey, CompanyName, LookalikeFinding
from portal.lookalikes.rules import Kind
from portal.scope import all_partners

MOST_OF_A_KEY = 8
"""The latest of those that a key leads to. A common word leads to thousands, and tells nothing of any of them."""
_WHY = "a company is compared with those of everybody; no partner sees which"


@dataclass(frozen=True)
class Asked:
    """What is looked for: the company, and the marks of its contact where they are known."""

    company: Company
    person: int | None = None
    phone: int | None = None

    @cached_property
    def keys(self) -> list[int]:
        """What it is looked for under."""
        return [*keys.asked(self.company), *self._marks]

    @cached_property
    def stored_keys(self) -> set[int]:
        """What it is found by, once it is written."""
        return {*keys.stored(self.company), *self._marks}

    @property
    def _marks(self) -> list[int]:
        return [mark for mark in (self.person, self.phone) if mark is not None]


@dataclass(frozen=True)
class Found:
    """An entry of the index that looks like what was asked for."""

    id: int
    kind: Kind
    ref: str
    partner_id: int | None
    name: str
    domain: str
    since: datetime
    until: datetime | None
    score: int
    reason: str

    def is_over(self, now: datetime) -> bool:
        """A hold whose day has passed."""
        return self.until is not None and self.until <= now


def find(asked: Asked, *, but: Collection[str] = (), least: int = POSSIBLE) -> list[Found]:
    """What looks like it, the likest first, without the records named in `but`. One statement."""
    return _alike(asked, map(_entry, entries(asked.keys)), but, least)


def find_each(asked: Sequence[Asked], *, least: int = POSSIBLE) -> list[list[Found]]:
    """The same for many at once, still in one statement: what a file brings in."""
    if len(asked) == 1:
        return [find(asked[0], least=least)]
    led = led_to(asked)
    return [led.found(each, least) for each in asked]


def led_to(asked: Sequence[Asked]) -> "Led":
    """What the keys of many lead to, in one statement: for whoever looks at it more than once."""
    by_key: defaultdict[int, list[_Entry]] = defaultdict(list)
    for row in _ask(_each_key, sorted({key for each in asked for key in each.keys})):
        entry = _entry(row)
        for key in row.keys_of_it.split():
            by_key[int(key)].append(entry)
    return Led(by_key)


@dataclass(frozen=True)
class Led:
    by_key: Mapping[int, "list[_Entry]"]

    def found(self, asked: Asked, least: int = POSSIBLE) -> list[Found]:
        """As `find` does, of one of those that were asked for."""
        there = {entry[0].id: entry for key in asked.keys if key in self.by_key for entry in self.by_key[key]}
        return _alike(asked, there.values(), (), least) if there else []

    def of_partner(self, partner_id: int) -> "Led":
        """The same of one partner's own records alone."""
        own = {
            key: [entry for entry in there if entry[0].partner_id == partner_id] for key, there in self.by_key.items()
        }
        return Led({key: there for key, there in own.items() if there})


def find_in_turn(
    asked: Sequence[Asked], names: Sequence[Mapping[str, Any]], led: Led | None = None
) -> list[list[Found]]:
    """The same for records that come in together: each meets those before it, of which `names` are the rows to be.
    What their keys lead to is read here, unless whoever asks has read it in the same turn."""
    found = [led.found(each) for each in asked] if led else find_each(asked)
    if len(asked) > 1:
        for each, there, before in zip(asked, found, before_each(asked, MOST_OF_A_KEY), strict=True):
            if before:
                rows = (_entry(_Name(id=place, **names[place])) for place in before)
                there += _alike(each, rows, (), POSSIBLE)
                there.sort(key=_likest)
    return found


def before_each(asked: Sequence[Asked], most: int | None = None) -> Iterator[list[int]]:
    """Of each, the places of those before it that could be like it, because they share a key: of one key all of them,
    or so many of the latest."""
    by_key: defaultdict[int, list[int]] = defaultdict(list)
    first = 0 if most is None else -most
    for place, each in enumerate(asked):
        yield sorted({before for key in each.keys if key in by_key for before in by_key[key][first:]})
        for key in each.stored_keys:
            by_key[key].append(place)


_Name = namedtuple("_Name", "id kind ref partner_id name domain since until words label person phone")


def findings_of(ref: Any) -> sa.ScalarSelect[Any]:
    """What was said of a record when it arrived, as a column of the statement that reads it: see `likest_first`."""
    said: Any = LookalikeFinding
    rows = json_rows(id=said.id, other_ref=said.other_ref, score=said.score, reason=said.reason)
    return sa.select(rows).where(said.ref == ref).scalar_subquery()


def likest_first(findings: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    return sorted(findings or (), key=lambda each: (-each["score"], each["id"]))


def sure_of(refs: Sequence[str], least: int) -> dict[str, list[str]]:
    """Of those of these records that had some so like it: the references, the likest first."""
    found: dict[str, list[str]] = {}
    for row in _SURE.read({"refs": list(refs), "least": least}):
        found.setdefault(row.ref, []).append(row.other_ref)
    return found


_SURE = Kept(
    sa.select(LookalikeFinding.ref, LookalikeFinding.other_ref)
    .where(LookalikeFinding.ref.in_(sa.bindparam("refs", expanding=True)))
    .where(LookalikeFinding.score >= sa.bindparam("least"))
    .order_by(LookalikeFinding.score.desc(), LookalikeFinding.id)
)


def entry(ref: str) -> CompanyName | None:
    """Of this record, to be written anew."""
    wanted = sa.select(CompanyName).where(CompanyName.ref == ref)
    return db.session.scalar(all_partners(wanted.with_for_update(), "the entry of one record"))


_Entry = tuple[Any, Company]
"""A row of the index, and the company that it is of."""


def _entry(row: Any) -> _Entry:
    return row, known(row.name, row.domain, row.words, row.label)


def _alike(asked: Asked, there: Iterable[_Entry], but: Collection[str], least: int) -> list[Found]:
    found = []
    for row, company in there:
        alike = likeness(asked.company, company)
        is_person = row.person is not None and row.person == asked.person
        is_phone = row.phone is not None and row.phone == asked.phone
        if is_person or is_phone:
            alike = with_contact(alike, same_person=is_person, same_phone=is_phone)
        if alike.score >= least and row.ref not in but:
            found.append(_found(row, *alike))
    return sorted(found, key=_likest)


def _likest(found: Found) -> tuple[int, datetime, int]:
    return -found.score, found.since, found.id


def _found(row: Any, score: int, reason: str) -> Found:
    since: Any = instant(row.since)
    until, kind = instant(row.until), Kind(row.kind)
    return Found(row.id, kind, row.ref, row.partner_id, row.name, row.domain, since, until, score, reason)


def entries(wanted: Sequence[int]) -> Sequence[sa.Row[Any]]:
    """What these keys lead to, of each the latest few."""
    return _ask(_any_key, wanted)


def _ask(statement: Callable[[str], Kept], wanted: Sequence[int]) -> Sequence[sa.Row[Any]]:
    name = db.session.get_bind().dialect.name
    given: Any = list(wanted) if name == "postgresql" else json.dumps(wanted)
    return statement(name).read({"wanted": given}).all()


@cache
def _any_key(dialect: str) -> Kept:
    led_to = _led_to(dialect)
    return Kept(all_partners(sa.select(*_COLUMNS).where(CompanyName.id.in_(sa.select(led_to.c.company_id))), _WHY))


@cache
def _each_key(dialect: str) -> Kept:
    """Each company once, with those of the keys that led to it, as one text."""
    led_to = _led_to(dialect)
    together = sa.func.aggregate_strings(sa.cast(led_to.c.key, sa.String), " ").label("keys_of_it")
    found = sa.select(led_to.c.company_id, together).group_by(led_to.c.company_id).subquery("found")
    of_each = sa.select(*_COLUMNS, found.c.keys_of_it).join(found, found.c.company_id == CompanyName.id)
    return Kept(all_partners(of_each, _WHY))


def _led_to(dialect: str) -> sa.Subquery:
    """Each key with its latest few, whatever else it leads to: each database has a way of its own to say so."""
    latest: Any = sa.select(CompanyKey.company_id).order_by(CompanyKey.key.desc(), CompanyKey.company_id.desc())
    if dialect == "postgresql":
        given = sa.bindparam("wanted", type_=postgresql.ARRAY(sa.BigInteger()))
        wanted = sa.func.unnest(given).table_valued(_NUMBER, name="wanted").render_derived()
        few = latest.where(CompanyKey.key == wanted.c.value).limit(MOST_OF_A_KEY).lateral("few")
        return sa.select(wanted.c.value.label("key"), few.c.company_id).join(few, sa.true()).subquery("led_to")
    wanted = sa.func.json_each(sa.bindparam("wanted", type_=sa.Text())).table_valued(_NUMBER, name="wanted")
    inner = aliased(CompanyKey, name="few")
    few = sa.select(inner.company_id).where(inner.key == wanted.c.value).order_by(inner.company_id.desc())
    few = few.limit(MOST_OF_A_KEY).correlate(wanted)
    those = (CompanyKey.key == wanted.c.value) & CompanyKey.company_id.in_(few)
    return (
        sa.select(CompanyKey.key, CompanyKey.company_id).select_from(wanted.join(CompanyKey, those)).subquery("led_to")
    )


_NUMBER: sa.ColumnClause[int] = sa.column("value", sa.BigInteger())
_COLUMNS = (
    CompanyName.id,
    as_held(CompanyName.kind),
    CompanyName.ref,
    CompanyName.partner_id,
    CompanyName.name,
    CompanyName.domain,
    as_held(CompanyName.since),
    as_held(CompanyName.until),
    CompanyName.words,
    CompanyName.label,
    CompanyName.person,
    CompanyName.phone,
)
