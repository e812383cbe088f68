"""Our promises: how long somebody waited, and the clock that says so."""

from typing import NamedTuple

from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.record import Fact, Record
from portal.seeds.scale.working_time import WorkingTime
from portal.sla.rules import KIND_LABEL, ClockKind, ClockState


class Wait(NamedTuple):
    """In seconds of work. None: it has not happened yet."""

    began: int
    promised: int
    due: int
    ended: int | None
    asked: int | None = None
    answered: int | None = None

    @property
    def is_on_them(self) -> bool:
        """The partner was asked and never answered."""
        return self.asked is not None and self.answered is None

    def state(self, now: int) -> ClockState:
        if self.is_on_them:
            return ClockState.PAUSED if self.ended is None else ClockState.MET
        if (now if self.ended is None else self.ended) > self.due:
            return ClockState.BREACHED
        return ClockState.RUNNING if self.ended is None else ClockState.MET

    def took(self, ended: int) -> int:
        """Minutes, counted from the due time as the clocks of the program are."""
        minutes = self.promised // 60
        return minutes - (self.due - ended) // 60 if ended <= self.due else minutes + (ended - self.due) // 60

    @property
    def used(self) -> int:
        """Minutes that had passed when the partner was asked."""
        return 0 if self.asked is None else self.promised // 60 - (self.began + self.promised - self.asked) // 60


class Clocks:
    def __init__(self, bulk: Bulk, record: Record, time: WorkingTime) -> None:
        self._bulk, self._record, self._time = bulk, record, time

    def run(self, kind: ClockKind, ref: str, partner_id: int, wait: Wait, *, is_dropped: bool = False) -> None:
        """The clock as it stands now. `is_dropped`: it ended because nothing was owed any more."""
        state, ended, took = wait.state(self._time.now), wait.ended, None
        if state is ClockState.BREACHED:
            ended = wait.due if ended is None else ended
            body = f'{{"kind":"{kind}","promise":"{KIND_LABEL[kind].lower()}"}}'
            self._record.put(wait.due, Fact("ClockBreached", None, partner_id, ref, body))
        if ended is not None and not (is_dropped and state is ClockState.MET):
            took = wait.took(ended)
        stored, epoch = self._time.stored, self._time.epoch
        paused = None if wait.asked is None or state is not ClockState.PAUSED else stored(epoch(wait.asked))
        self._bulk.add(
            "sla_clocks",
            partner_id=partner_id,
            ref=ref,
            kind=kind.value,
            state=state.value,
            promised_minutes=wait.promised // 60,
            started_at=stored(epoch(wait.began)),
            due_at=stored(self._time.due(wait.due)),
            paused_at=paused,
            used_minutes=wait.used,
            ended_at=None if ended is None else stored(epoch(ended)),
            took_minutes=took,
            settled_at=None if wait.ended is None else stored(epoch(wait.ended)),
            version=1 if state is ClockState.RUNNING else 2,
        )
