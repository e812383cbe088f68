"""Three years played through, from the first partner to the last happening before now."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.seeds.scale.bulk import Batch, Bulk, Found
from portal.seeds.scale.earnings import Earnings
from portal.seeds.scale.partners import COUNT, Partners, Party
from portal.seeds.scale.record import Record
from portal.seeds.scale.sales import Sales
from portal.seeds.scale.stories import Stories
from portal.seeds.scale.working_time import WorkingTime
from portal.seeds.scale.world import World

OF_THE_FIRST = 1_000
YEARS = 3


@dataclass(frozen=True)
class Play:
    world: World
    found: Found
    now: datetime
    referrals: int

    def run(self, hand_on: Callable[[Batch], None]) -> None:
        since = (self.now - timedelta(days=365 * YEARS)).replace(hour=0, minute=0, second=0, microsecond=0)
        world, time = self.world, WorkingTime(self.world.calendar, since, self.now)
        bulk = Bulk(self.found, hand_on)
        record = Record(bulk, time)
        earnings = Earnings(bulk, record, time, world)
        earnings.plan_months(since, self.now)
        sales = Sales(bulk, record, time, world, earnings)
        stories = Stories(bulk, record, time, world, sales)
        partners = Partners(bulk, record, time, world)
        others = [partners.join(number) for number in range(COUNT)]
        for number, (at, party) in enumerate(self._arrivals(time, others)):
            record.settle(at)
            stories.tell(number, at, party)
        record.finish()
        earnings.finish()
        sales.finish()

    def _arrivals(self, time: WorkingTime, others: list[Party]) -> Iterator[tuple[int, Party]]:
        """When each referral arrives, and whose it is: evenly over the years, the first partner's since it signed."""
        first = _first(self.world, time)
        own = max(0, OF_THE_FIRST - self.world.own_referrals)
        rest = max(0, self.referrals - self.world.all_referrals - own)
        chance = random.Random(2_025)  # noqa: S311  (the same program each time)
        streams = (
            ((at, first) for at in _evenly(own, first.since, time.now, chance)),
            ((at, chance.choice(others)) for at in _evenly(rest, others[-1].since, time.now, chance)),
        )
        return heapq.merge(*streams, key=lambda arrival: arrival[0])


def _evenly(count: int, since: int, until: int, chance: random.Random) -> Iterator[int]:
    for number in range(count):
        yield since + int((until - since) * (number + chance.random()) / count)


def _first(world: World, time: WorkingTime) -> Party:
    partner, agreement = world.first, world.agreement
    return Party(
        id=partner.id,
        ref=partner.ref,
        agreement_id=agreement.id,
        introducers=world.introducers,
        payout_details_id=world.payout_details_id,
        since=time.after(world.in_force_at),
        chain_seq=partner.chain_seq,
        chain_head=partner.chain_head,
    )
