"""From what was typed above the record to what is looked for in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import Field

from portal.activity.forms import FilterForm
from portal.activity.record import MOST_FOUND, Found, companies_called, people_called
from portal.activity.rules import Wanted


@dataclass
class Search:
    wanted: Wanted | None = None
    """None while it is not clear what is looked for."""
    query: dict[str, str] = field(default_factory=dict)
    """The same in an address, people and companies by reference."""
    several: dict[str, Sequence[Found]] = field(default_factory=dict)
    """By field: those who answer to what was typed there, where they are more than one."""


def searched(form: FilterForm, zone: ZoneInfo) -> Search:
    """What the form asks for. Its fields get errors where nobody is called so, and names where somebody is."""
    search = Search()
    if not form.validate():
        return search
    person = _one(form.person, people_called, "Nobody", search)
    company = _one(form.company, companies_called, "No company", search)
    search.query |= {name: str(value) for name, value in form.plain().items() if value}
    if form.errors or search.several:
        return search
    search.wanted = Wanted(
        person=(person.id, person.ref) if person else None,
        partner_id=company.id if company else None,
        ref=(form.ref.data or "").upper(),
        kinds=form.kinds,
        since=_midnight(form.since.data, zone),
        until=_midnight(form.until.data + timedelta(days=1), zone) if form.until.data else None,
    )
    return search


def _one(typed: Field, called: Callable[[str], Sequence[Found]], nobody: str, search: Search) -> Found | None:
    if not typed.data:
        return None
    found = called(typed.data)
    if len(found) == 1:
        search.query[typed.name] = found[0].ref
        typed.data = found[0].name
        typed.description = found[0].about
        return found[0]
    search.query[typed.name] = typed.data
    if not found:
        typed.errors = [f"{nobody} here is called so."]
    elif len(found) > MOST_FOUND:
        typed.errors = [f"More than {MOST_FOUND} answer to this. Type more of the name."]
    else:
        search.several[typed.name] = found
    return None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The instant at which the day begins for the reader."""
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
