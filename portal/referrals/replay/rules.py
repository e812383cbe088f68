"""What a draft of the criteria would have said of referrals that are there already. Nothing is changed by it: it is the
reading itself, once more."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from portal.criteria.matrix import EASE
from portal.criteria.reading import read
from portal.criteria.rules import Criteria, Outcome, Reading
from portal.referrals.introduction import answers_of
from portal.referrals.rules import Status

MONTHS = {1: timedelta(days=30), 3: timedelta(days=91), 6: timedelta(days=182), 12: timedelta(days=365)}
USUAL = 3
MOST = 5_000
"""So many are read, the newest first: a second of work."""
LISTED = 100


@dataclass(frozen=True)
class Changed:
    """A referral that the draft reads otherwise."""

    id: int
    ref: str
    company: str
    partner: str
    title: str
    then: Outcome
    now: Outcome
    status: Status
    reading: Reading
    """What the draft says of it."""


@dataclass
class Replay:
    """Counts of all that were read, and the newest of those that change."""

    read: int = 0
    moves: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    people: Counter[tuple[Status, Outcome, Outcome]] = field(default_factory=Counter)
    """What people decided, what the reading said then, what the draft says."""
    changed: list[Changed] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(count for (then, now), count in self.moves.items() if then is not now)

    @property
    def easier(self) -> int:
        return sum(count for (then, now), count in self.moves.items() if EASE[now] > EASE[then])

    @property
    def stricter(self) -> int:
        return self.changes - self.easier

    def row(self, then: Outcome) -> list[int]:
        """Of those that were read so, how many the draft reads each way."""
        return [self.moves[then, now] for now in Outcome]

    def decided(self, status: Status) -> tuple[list[int], list[int]]:
        """Of what people decided so: how many were read each way then, and how many the draft reads each way."""
        then, now = Counter[Outcome](), Counter[Outcome]()
        for (decided, before, after), count in self.people.items():
            if decided is status:
                then[before] += count
                now[after] += count
        return [then[each] for each in Outcome], [now[each] for each in Outcome]

    def against_people(self, *, is_draft: bool) -> int:
        """How many were qualified that the reading declines, or declined that it qualifies."""
        against = {(Status.QUALIFIED, Outcome.DECLINE), (Status.DECLINED, Outcome.QUALIFIES)}
        return sum(
            count
            for (decided, before, after), count in self.people.items()
            if (decided, after if is_draft else before) in against
        )


def replay(draft: Criteria, rows: Iterable[Any]) -> Replay:
    """Read each referral once more. A row has the facts of the referral, `outcome`, `status` and `partner`."""
    found = Replay()
    for row in rows:
        then, reading = Outcome(row.outcome), read(draft, answers_of(row, consent=True))
        found.read += 1
        found.moves[then, reading.outcome] += 1
        if row.status in (Status.QUALIFIED, Status.DECLINED):
            found.people[row.status, then, reading.outcome] += 1
        if then is not reading.outcome and len(found.changed) < LISTED:
            found.changed.append(_changed(row, then, reading))
    return found


def why(reading: Reading, before: Mapping[str, Any]) -> str:
    """What the draft finds otherwise than the reading of then: the first finding that is not the same."""
    said = {each.about: (each.verdict, each.sentence) for each in Reading.from_data(before).findings}
    new = [each for each in reading.findings if said.get(each.about) != (each.verdict, each.sentence)]
    if new:
        return new[0].sentence
    gone = said.keys() - {each.about for each in reading.findings}
    return f"No longer asked: {said[min(gone)][1]}" if gone else ""


def _changed(row: Any, then: Outcome, reading: Reading) -> Changed:
    told = (row.ref, row.company, row.partner, row.contact_title)
    return Changed(row.id, *told, then, reading.outcome, row.status, reading)
