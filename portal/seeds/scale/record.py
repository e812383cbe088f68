"""What happened, in the order of time: a day's happenings are sorted and put on record when the day is over."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from portal.events import Audience
from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.working_time import WorkingTime

DAY = 28_800
"""Seconds of work that are settled together."""


class Fact(NamedTuple):
    """An event without its time. `body` is canonical JSON: names in order, no blanks."""

    kind: str
    by_id: int | None
    partner_id: int | None
    ref: str
    body: str
    audience: Audience = Audience.PARTNER


class Record:
    """Continues the chain of events: the text hashed here is the one that `portal.activity.chain` hashes."""

    def __init__(self, bulk: Bulk, time: WorkingTime) -> None:
        self._bulk, self._time = bulk, time
        self._seq, self._hash = bulk.found.event_head
        self._days: defaultdict[int, list[tuple[int, int, Fact | Callable[[int], None]]]] = defaultdict(list)
        self._settled = self._count = 0

    def put(self, at: int, what: Fact | Callable[[int], None]) -> None:
        """What happens, or what is done, after so many seconds of work. What lies ahead does not happen."""
        if at < self._time.now:
            self._count += 1
            self._days[at // DAY].append((at, self._count, what))

    def settle(self, until: int) -> None:
        """Put on record all days that have ended by then."""
        while self._settled < until // DAY:
            for at, _, what in sorted(self._days.pop(self._settled, ()), key=_by_time):
                if isinstance(what, Fact):
                    self.tell(at, what)
                else:
                    what(at)
            self._settled += 1
            self._bulk.flush_when_full()

    def tell(self, at: int, fact: Fact) -> None:
        kind, by_id, partner_id, ref, body, audience = fact
        epoch, seq, prev = self._time.epoch(at), self._seq + 1, self._hash
        linked = (
            f'{{"at":"{self._time.iso(epoch)}","audience":"{audience}","body":{body},"by_id":{by_id or "null"},'
            f'"kind":"{kind}","partner_id":{partner_id or "null"},"prev":"{prev}","ref":"{ref}","seq":{seq}}}'
        )
        self._seq, self._hash = seq, hashlib.sha256(linked.encode()).hexdigest()
        self._bulk.add(
            "events",
            seq=seq,
            at=self._time.stored(epoch),
            kind=kind,
            by_id=by_id,
            partner_id=partner_id,
            audience=audience.value,
            ref=ref,
            body=body,
            prev=prev,
            hash=self._hash,
        )

    def finish(self) -> None:
        self.settle(self._time.now + DAY)
        self._bulk.change("UPDATE event_head SET seq = ?, hash = ?", [(self._seq, self._hash)])


def _by_time(happening: tuple[int, int, Fact | Callable[[int], None]]) -> tuple[int, int]:
    return happening[:2]
