"""What a list is narrowed to, as its address says it: read, shown as chips that can be taken away, and offered again.

What narrows nothing, because nothing is called so any more or it cannot be read, is said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from portal.errors import Refused
from portal.money import parse_minor

Pairs = list[tuple[str, str]]
Options = Sequence[tuple[str, str]]
_YEARS = range(1970, 2970)
MOST_LETTERS = 100
MOST_NAMED = 10
EVERYTHING = "view=all"
BEGUN_WITH = "begun-with"
_NOT_CHOSEN = ("at", "view", BEGUN_WITH)
"""What an address says that asks for the whole list: one that says nothing may open what its reader has chosen."""


class Args(Protocol):
    """The query of an address."""

    def get(self, name: str, default: str, /) -> str: ...
    def getlist(self, name: str, /) -> list[str]: ...
    def items(self, multi: bool) -> Iterable[tuple[str, str]]: ...


class Chip(NamedTuple):
    label: str
    url: str
    """The list without it."""


@dataclass(frozen=True)
class Set:
    """What one field is set to: the value that a query takes, and how the address and a chip say it."""

    value: Any = None
    typed: Mapping[str, str] = field(default_factory=dict)
    """As it was typed, by the name of the control."""
    chips: Sequence[tuple[str, Pairs]] = ()
    """Each with what is left of this field without it."""
    pairs: Pairs = field(default_factory=list)
    problem: str = ""
    several: Options = ()
    """Those who answer to what was typed, where they are more than one."""


@dataclass(frozen=True)
class Pick:
    """One of some words, or several of them."""

    name: str
    label: str
    options: Options
    several: bool = False
    kind: ClassVar[str] = "pick"

    def read(self, args: Args) -> Set:
        offered = dict(self.options)
        typed = list(filter(None, dict.fromkeys(args.getlist(self.name))))
        found = [each for each in typed if each in offered]
        gone = ", ".join(each for each in typed if each not in offered)[:MOST_LETTERS]
        found = found if self.several else found[:1]
        chips = [
            (f"{self.label}: {offered[each]}", [(self.name, other) for other in found if other != each])
            for each in found
        ]
        return Set(
            value=tuple(found),
            typed=dict.fromkeys(found, "chosen"),
            chips=chips,
            pairs=[(self.name, each) for each in found],
            problem=f"{self.label}: there is no “{gone}” any more. The list is shown without it." if gone else "",
        )


@dataclass(frozen=True)
class Flag:
    name: str
    label: str
    kind: ClassVar[str] = "flag"

    def read(self, args: Args) -> Set:
        if args.get(self.name, "") != "yes":
            return Set(value=False)
        return Set(True, {self.name: "yes"}, [(self.label, [])], [(self.name, "yes")])


@dataclass(frozen=True)
class Days:
    """Between two days, both included, in the reader's zone; the value is instants, from inclusive to exclusive."""

    name: str
    label: str
    zone: ZoneInfo
    kind: ClassVar[str] = "days"

    def read(self, args: Args) -> Set:
        return _between(self.name, self.label, args, _day, self._instants)

    def _instants(self, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
        return self._midnight(first), self._midnight(last + timedelta(days=1) if last else None)

    def _midnight(self, day: date | None) -> datetime | None:
        return datetime.combine(day, time(), self.zone).astimezone(UTC) if day else None


@dataclass(frozen=True)
class Amounts:
    """Between two amounts of a currency, both included, in minor units."""

    name: str
    label: str
    currency: str
    kind: ClassVar[str] = "amounts"

    def read(self, args: Args) -> Set:
        return _between(self.name, self.label, args, lambda typed: parse_minor(typed, self.currency), _as_they_are)


@dataclass(frozen=True)
class Named:
    """By name or reference, several parted by commas; `called` finds who answers: each has `id`, `ref` and `name`."""

    name: str
    label: str
    called: Callable[[str], Sequence[Any]]
    hint: str = ""
    kind: ClassVar[str] = "named"

    def read(self, args: Args) -> Set:
        typed = [" ".join(each.split())[:MOST_LETTERS] for text in args.getlist(self.name) for each in text.split(",")]
        found = {each: self.called(each) for each in dict.fromkeys(filter(None, typed[:MOST_NAMED]))}
        sure = {one.ref: one for each in found.values() if len(each) == 1 for one in each}
        strange = [each for each, who in found.items() if not who]
        several = [(each.ref, each.name) for who in found.values() if len(who) > 1 for each in who]
        words = [*(one.name for one in sure.values()), *(each for each, who in found.items() if len(who) != 1)]
        return Set(
            value=tuple(one.id for one in sure.values()) or ((None,) if found else ()),
            typed={self.name: ", ".join(words)} if words else {},
            chips=[
                (f"{self.label}: {one.name}", [(self.name, other) for other in sure if other != ref])
                for ref, one in sure.items()
            ],
            pairs=[(self.name, ref) for ref in sure],
            problem=f"{self.label}: there is no “{', '.join(strange)}”." if strange else "",
            several=several,
        )


Field = Pick | Flag | Days | Amounts | Named


@dataclass(frozen=True)
class Chosen:
    """A list's fields with what they are set to."""

    path: str
    fields: Sequence[Field]
    sets: Mapping[str, Set]
    typed: str
    """What is searched for."""
    sort: str
    asked: Pairs = field(default_factory=list)
    """What the address says, without the page that it is at."""
    begun_with: str = ""
    """The reference of the saved view that it was before something was changed in it."""

    def __getitem__(self, name: str) -> Any:
        return self.sets[name].value if name in self.sets else None

    @property
    def is_set(self) -> bool:
        return bool(self.typed or any(each.pairs or each.problem or each.several for each in self.sets.values()))

    @cached_property
    def count(self) -> int:
        return sum(len(each.chips) for each in self.sets.values())

    @cached_property
    def problems(self) -> list[str]:
        return [each.problem for each in self.sets.values() if each.problem]

    @cached_property
    def chips(self) -> list[Chip]:
        found = [Chip(f"Search: {self.typed}", self._address(q=[]))] if self.typed else []
        for name, each in self.sets.items():
            found += [Chip(label, self._address(**{name: left})) for label, left in each.chips]
        return found

    @cached_property
    def several(self) -> list[tuple[str, list[Chip]]]:
        """Where a name is that of several: each as a link to the list narrowed to it."""
        return [
            (each.label, [Chip(name, self._with(each.name, ref)) for ref, name in found])
            for each in self.fields
            if (found := self.sets[each.name].several)
        ]

    @property
    def set_names(self) -> list[str]:
        """Which fields are set, and not to what: that may name a person."""
        return [*(["q"] if self.typed else []), *(name for name, each in self.sets.items() if each.pairs)]

    @property
    def params(self) -> set[str]:
        """Everything that an address may say."""
        ends = {f"{each.name}-{end}" for each in self.fields for end in ("from", "to")}
        return {"q", "sort", *ends, *(each.name for each in self.fields)}

    @property
    def everything(self) -> str:
        """The list without any of it."""
        return f"{self.path}?{EVERYTHING}"

    @cached_property
    def query(self) -> str:
        """The whole choice, as an address says it."""
        return urlencode(self._pairs({}))

    def url(self, token: str | None) -> str:
        return self._address(at=[("at", token)] if token else [])

    def sorted_by(self, sort: str) -> str:
        return self._address(sort=[("sort", sort)] if sort else [])

    def _with(self, name: str, value: str) -> str:
        return self._address(**{name: [*self.sets[name].pairs, (name, value)]})

    def _address(self, **instead: Pairs) -> str:
        pairs = self._pairs(instead)
        query = urlencode([*pairs, (BEGUN_WITH, self.begun_with)] if pairs and self.begun_with else pairs)
        return f"{self.path}?{query}" if query else self.everything

    def _pairs(self, instead: Mapping[str, Pairs]) -> Pairs:
        said: dict[str, Pairs] = {"q": [("q", self.typed)] if self.typed else []}
        said |= {name: each.pairs for name, each in self.sets.items()}
        said["sort"] = [("sort", self.sort)] if self.sort else []
        said |= instead
        return [pair for pairs in said.values() for pair in pairs]


def choose(path: str, fields: Sequence[Field], args: Args, *, sorts: Sequence[str] = ()) -> Chosen:
    """What an address asks of a list. Its sort is one of `sorts`, or the list's own."""
    typed, sort = " ".join(args.get("q", "").split())[:MOST_LETTERS], args.get("sort", "")
    sets = {each.name: each.read(args) for each in fields}
    asked = [(name, text) for name, text in args.items(multi=True) if text and name not in _NOT_CHOSEN]
    begun_with = args.get(BEGUN_WITH, "")[:12]
    return Chosen(path, fields, sets, typed, sort if sort in sorts else "", asked, begun_with)


def _between(
    name: str, label: str, args: Args, read: Callable[[str], Any], bounds: Callable[[Any, Any], tuple[Any, Any]]
) -> Set:
    names = (f"{name}-from", f"{name}-to")
    typed = {each: text for each in names if (text := args.get(each, "").strip()[:MOST_LETTERS])}
    ends: list[Any]
    try:
        ends = [read(typed[each]) if each in typed else None for each in names]
    except (ValueError, Refused):
        return Set((None, None), typed, problem=f"{label}: “{' – '.join(typed.values())}” cannot be read.")
    if all(end is not None for end in ends) and ends[0] > ends[1]:
        return Set((None, None), typed, problem=f"{label}: the end lies before the beginning.")
    words = {names[0]: "from", names[1]: "to"}
    chip = f"{label} {' '.join(f'{words[each]} {text}' for each, text in typed.items())}"
    return Set(bounds(*ends), typed, [(chip, [])] if typed else [], list(typed.items()))


def _day(typed: str) -> date:
    day = date.fromisoformat(typed)
    if day.year not in _YEARS:
        raise ValueError("a year of no use")
    return day


def _as_they_are(first: Any, last: Any) -> tuple[Any, Any]:
    return first, last
