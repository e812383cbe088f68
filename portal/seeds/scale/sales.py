"""What becomes of the deal of a qualified referral, up to now."""

import random
from collections import Counter, defaultdict
from datetime import date
from typing import NamedTuple

from portal.auth.rules import Role
from portal.deals.rules import OPEN, Channel, LostReason, Stage, likely, pipeline_of, stalls_on
from portal.deals.steps import step_after
from portal.routing.rules import FEWEST_OPEN
from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.clocks import Clocks, Wait
from portal.seeds.scale.earnings import Earnings, Won
from portal.seeds.scale.partners import Party
from portal.seeds.scale.record import DAY, Fact, Record
from portal.seeds.scale.words import Company
from portal.seeds.scale.working_time import WorkingTime
from portal.seeds.scale.world import World
from portal.sla.rules import ClockKind

_LATE = 0.05
_LOSSES = [reason.value for reason in LostReason]
_PARKED_DAYS = 60


class Step(NamedTuple):
    stage: Stage
    at: int


class Sales:
    def __init__(self, bulk: Bulk, record: Record, time: WorkingTime, world: World, earnings: Earnings) -> None:
        self._bulk, self._record, self._time, self._earnings = bulk, record, time, earnings
        self._promised, self._currency = world.terms.contact_minutes * 60, world.terms.currency
        self._owners = world.staff[Role.SALES_OWNER]
        self._clocks = Clocks(bulk, record, time)
        self._chance = random.Random(2_027).random  # noqa: S311  (the same program each time)
        self._refs = bulk.refs("deals", "D")
        self._totals: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        self._losses: Counter[tuple[str, str]] = Counter()

    def open(self, at: int, party: Party, *, referral: tuple[int, str], company: Company, by_id: int) -> int:
        """A deal with all that happened to it. Gives the seconds by which the first contact came too late."""
        deal_id, ref = self._bulk.new_id("deals"), self._refs.new()
        owner = self._owners[deal_id % len(self._owners)]
        contacted = at + int(self._promised * (1 + self._chance() if self._chance() < _LATE else self._chance() * 0.96))
        steps = [step for step in self._course(contacted) if step.at < self._time.now]
        wait = Wait(at, self._promised, at + self._promised, contacted if steps else None)
        self._clocks.run(ClockKind.FIRST_CONTACT, ref, party.id, wait)
        value = 100_000 * int(1 + self._chance() ** 3 * 600)
        self._write(deal_id, ref, party, referral[0], company, owner, at, steps, value)
        opened = f'{{"deal_id":{deal_id},"owner_user_id":{owner},"referral_ref":"{referral[1]}"}}'
        self._record.put(at, Fact("DealOpened", by_id, party.id, ref, opened))
        self._tell(deal_id, ref, party.id, owner, steps, value)
        if steps and steps[-1].stage is Stage.WON:
            won_on = self._time.day(self._time.epoch(steps[-1].at))
            won = Won(deal_id=deal_id, ref=ref, party=party, owner=owner, value_minor=value, won_on=won_on)
            self._record.put(steps[-1].at, lambda second: self._earnings.book(second, won))
        if not steps or contacted <= wait.due:
            return 0
        return self._time.epoch(contacted) - self._time.due(wait.due)

    def finish(self) -> None:
        """What the open deals of each owner come to, at each stage; how many were lost in each month, and why."""
        self._bulk.change(
            "INSERT INTO deal_totals (owner_id, stage, currency, number, expected_minor, weighted)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (owner_id, stage, currency) DO UPDATE SET"
            " number = deal_totals.number + excluded.number,"
            " expected_minor = deal_totals.expected_minor + excluded.expected_minor,"
            " weighted = deal_totals.weighted + excluded.weighted",
            [(owner, stage, self._currency, *sums) for (owner, stage), sums in self._totals.items()],
        )
        self._bulk.change(
            "INSERT INTO loss_totals (month, reason, channel, number) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (month, reason, channel) DO UPDATE SET number = loss_totals.number + excluded.number",
            [(f"{month}-01", why, Channel.REFERRAL.value, number) for (month, why), number in self._losses.items()],
        )

    def _course(self, contacted: int) -> list[Step]:
        chance = self._chance
        steps = [Step(Stage.CONTACTED, contacted)]
        if chance() < 0.35:
            return [*steps, Step(Stage.LOST, contacted + DAY + int(10 * DAY * chance()))]
        met = contacted + DAY + int(8 * DAY * chance())
        steps.append(Step(Stage.MEETING, met))
        draw = chance()
        if draw < 0.3:
            left = Stage.PARKED if draw < 0.05 else Stage.LOST
            return [*steps, Step(left, met + DAY + int(12 * DAY * chance()))]
        proposed = met + DAY + int(14 * DAY * chance())
        ended = proposed + 2 * DAY + int(28 * DAY * chance())
        return [*steps, Step(Stage.PROPOSAL, proposed), Step(Stage.WON if chance() < 0.5 else Stage.LOST, ended)]

    def _write(
        self,
        deal_id: int,
        ref: str,
        party: Party,
        referral_id: int,
        company: Company,
        owner: int,
        at: int,
        steps: list[Step],
        value: int,
    ) -> None:
        time = self._time
        stage, since = steps[-1] if steps else Step(Stage.NEW, at)
        reached = {step.stage: time.stored(time.epoch(step.at)) for step in steps}
        last = time.epoch(since)
        returns = time.day(last + _PARKED_DAYS * 86_400) if stage is Stage.PARKED else None
        until = date.fromisoformat(returns) if returns else None
        moved_on = date.fromisoformat(time.day(last))
        step = step_after(stage, moved_on, until)
        next_on = date.fromisoformat(time.day(time.due(at + self._promised))) if stage is Stage.NEW else step.on
        stalls = stalls_on(stage, next_on, moved_on)
        if stage in OPEN:
            sums = self._totals[owner, stage.value]
            sums[:] = sums[0] + 1, sums[1] + value, sums[2] + value * likely(stage, None)
        if stage is Stage.LOST:
            self._losses[time.day(last)[:7], _why_lost(deal_id)] += 1
        self._bulk.add(
            "deals",
            id=deal_id,
            ref=ref,
            partner_id=party.id,
            referral_id=referral_id,
            channel=Channel.REFERRAL.value,
            pipeline=pipeline_of(stage).value,
            stage=stage.value,
            stage_since=time.stored(last),
            company=company.legal_name,
            domain=company.domain,
            owner_id=owner,
            owner_rule=FEWEST_OPEN,
            next_step=step.text,
            next_step_on=str(next_on) if next_on else None,
            stalls_on=str(stalls) if stalls else None,
            expected_minor=value if stage in OPEN else None,
            value_minor=value if stage is Stage.WON else None,
            currency=self._currency,
            created_at=time.stored(time.epoch(at)),
            contacted_at=reached.get(Stage.CONTACTED),
            meeting_at=reached.get(Stage.MEETING),
            proposal_at=reached.get(Stage.PROPOSAL),
            closed_at=reached.get(Stage.WON) or reached.get(Stage.LOST),
            won_on=time.day(last) if stage is Stage.WON else None,
            lost_reason=_why_lost(deal_id) if stage is Stage.LOST else None,
            close_note="",
            parked_until=returns,
            reopened=0,
            version=1 + len(steps),
        )

    def _tell(self, deal_id: int, ref: str, partner_id: int, owner: int, steps: list[Step], value: int) -> None:
        before = Stage.NEW
        for stage, at in steps:
            kind, body = "DealMoved", f'{{"deal_id":{deal_id},"now":"{before}","then":"{stage}"}}'
            if stage is Stage.WON:
                kind, body = "DealWon", f'{{"currency":"{self._currency}","deal_id":{deal_id},"value_minor":{value}}}'
            elif stage is Stage.LOST:
                kind, body = "DealLost", f'{{"deal_id":{deal_id},"reason":"{_why_lost(deal_id)}"}}'
            elif stage is Stage.PARKED:
                until = self._time.day(self._time.epoch(at) + _PARKED_DAYS * 86_400)
                kind, body = "DealParked", f'{{"deal_id":{deal_id},"until_on":"{until}"}}'
            self._record.put(at, Fact(kind, owner, partner_id, ref, body))
            before = stage


def _why_lost(deal_id: int) -> str:
    return _LOSSES[deal_id % len(_LOSSES)]
