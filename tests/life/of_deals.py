"""What becomes of deals: moved, parked, paid, shared, handed over, merged, and what went wrong taken back."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portal.deals import actions as deals
from portal.deals import handover, merging, payments, shares, sharing
from portal.deals.models import Deal
from portal.deals.rules import BackBecause, Channel, Details, LostReason, Stage
from portal.fees import actions as fees
from portal.fees.models import FeeLine
from portal.fees.rules import LineState
from portal.routing import actions as routing
from portal.routing.models import Absence
from tests.life.of_claims import COMPANIES
from tests.life.people import People, hands, one, pick, tried


class Sales(People):
    @rule(n=pick, then=st.sampled_from(tuple(Stage)))
    def move(self, n: int, then: Stage) -> None:
        if deal := one(Deal, n):
            today = self.now.date()
            details = Details(
                value_minor=1_000_000,
                won_on=today - timedelta(days=1),
                lost_reason=LostReason.PRICE,
                parked_until=today + timedelta(days=40),
                cancel_reason="They left.",
            )
            with tried():
                owner = self.owner_of(deal)
                deals.move(owner, deal, then, seen_version=deal.version, now=self.now, details=details)

    @rule(n=pick)
    def come_back(self, n: int) -> None:
        if deal := one(Deal, n, Deal.stage == Stage.PARKED):
            with tried():
                why = BackBecause.THEY_CAME
                deals.bring_back(self.owner_of(deal), deal, seen_version=deal.version, now=self.now, because=why)

    @rule(n=pick)
    def undo(self, n: int) -> None:
        if deal := one(Deal, n):
            with tried():
                deals.undo(self.owner_of(deal), deal, seen_version=deal.version, now=self.now)

    @rule(n=pick, is_refund=st.booleans())
    def pay(self, n: int, is_refund: bool) -> None:
        if deal := one(Deal, n, Deal.stage == Stage.WON):
            given: dict[str, Any] = {"paid_on": self.now.date(), "reference": "", "is_refund": is_refund}
            with tried():
                payments.record(self.finance, deal, now=self.now, amount_minor=50_000, **given)

    @precondition(lambda self: hasattr(self, "at"))
    @rule(n=pick)
    def approve(self, n: int) -> None:
        if line := one(FeeLine, n, FeeLine.state == LineState.ACCRUED):
            with tried():
                fees.approve(self.finance, line, seen_version=line.version, now=self.now)

    @rule(who=st.integers(0, 1), company=st.sampled_from(COMPANIES))
    def enter_a_deal(self, who: int, company: str) -> None:
        with tried():
            told: dict[str, Any] = {"company": "Met at a fair", "website": company, "expected_minor": None}
            deals.enter(self.owners[who], now=self.now, channel=Channel.EVENT, currency="EUR", **told)

    @rule(n=pick, into=pick)
    def merge(self, n: int, into: int) -> None:
        loser, winner = one(Deal, n, Deal.referral_id.is_(None)), one(Deal, into)
        if loser:
            with tried():
                merging.merge(self.owner_of(loser), loser, winner, seen_version=winner.version, now=self.now)

    @rule(n=pick)
    def take_apart(self, n: int) -> None:
        if loser := one(Deal, n, Deal.stage == Stage.MERGED):
            with tried():
                merging.take_apart(self.owner_of(loser), loser, now=self.now)

    @rule(n=pick, to=st.integers(0, 1))
    def hand_over(self, n: int, to: int) -> None:
        if deal := one(Deal, n):
            with tried():
                given: dict[str, Any] = {"seen_version": deal.version, "now": self.now, "reason": "I am away."}
                handover.hand_over(self.owner_of(deal), deal, self.owners[to].id, **given)

    @rule(n=pick, by=hands, first=st.sampled_from((1, 2_500, 5_000, 9_000)))
    def divide(self, n: int, by: int, first: int) -> None:
        if deal := one(Deal, n, Deal.referral_id.is_not(None)):
            with tried():
                in_it = [each.referral_id for each in shares.of_deal(deal.id)]
                divided = dict.fromkeys(in_it, 10_000 - first) | {deal.referral_id: first}
                given: dict[str, Any] = {"seen_version": deal.version, "now": self.now, "because": "They did more."}
                sharing.divide(self.deciders[by], deal, divided, **given)

    @rule(who=st.integers(0, 1), days=st.integers(0, 30))
    def be_away(self, who: int, days: int) -> None:
        with tried():
            away, other = self.owners[who], self.owners[1 - who]
            today = self.now.date()
            given: dict[str, Any] = {"until_on": today + timedelta(days=days), "stand_in_id": other.id}
            routing.note_absence(self.deciders[2], away, now=self.now, from_on=today, **given)

    @rule(n=pick)
    def be_back(self, n: int) -> None:
        if absence := one(Absence, n):
            with tried():
                away = next(each for each in self.owners if each.id == absence.user_id)
                routing.end_absence(self.deciders[2], away, absence, now=self.now)
