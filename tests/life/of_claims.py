"""What becomes of claims: asked, decided, appealed, contested, corrected, held."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from portal.appeals import actions as appeals
from portal.appeals.models import Appeal
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Conflict
from portal.conflicts.rules import ConflictState
from portal.corrections import actions as corrections
from portal.deals.models import Deal
from portal.lookalikes import actions as lookalikes
from portal.lookalikes.models import SoftHold
from portal.lookalikes.rules import HoldState
from portal.prechecks import actions as prechecks
from portal.protections import actions as protections
from portal.protections import extending
from portal.protections.models import Extension
from portal.referrals import actions as referrals
from portal.referrals import renewal
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import Status
from tests.life.people import People, by_id, hands, one, pick, tried
from tests.support import sales

COMPANIES = ("nordlys.example", "calder.example", "penrose.example")


class Claims(People):
    @rule(who=st.integers(0, 1), company=st.sampled_from(COMPANIES))
    def submit(self, who: int, company: str) -> None:
        with tried():
            answers = sales.introduction(website=company, company=company.partition(".")[0].capitalize())
            referrals.submit(self.leads[who], now=self.now, answers=answers)

    @rule(n=pick, by=hands)
    def ask(self, n: int, by: int) -> None:
        if sent := one(Referral, n, Referral.status.in_((Status.SUBMITTED, Status.UNDER_REVIEW))):
            with tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now}
                referrals.ask(self.deciders[by], sent, question="Who decides?", **given)

    @rule(n=pick)
    def answer(self, n: int) -> None:
        if sent := one(Referral, n, Referral.status == Status.NEEDS_INFO):
            with tried():
                lead = self.lead_of(sent)
                referrals.answer(lead, sent, seen_version=sent.version, now=self.now, text="The CFO.")

    @rule(n=pick, by=hands)
    def qualify(self, n: int, by: int) -> None:
        if sent := one(Referral, n):
            with tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now}
                referrals.qualify(self.deciders[by], sent, because="They know them well.", **given)

    @rule(n=pick, by=hands)
    def decline(self, n: int, by: int) -> None:
        if sent := one(Referral, n, Referral.status != Status.QUALIFIED):
            with tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now, "because": "No."}
                referrals.decline(self.deciders[by], sent, reason=DeclineReason.NO_FIT, **given)

    @rule(n=pick)
    def withdraw(self, n: int) -> None:
        if sent := one(Referral, n):
            with tried():
                referrals.withdraw(self.lead_of(sent), sent, seen_version=sent.version, now=self.now)

    @rule(n=pick)
    def send_again(self, n: int) -> None:
        if sent := one(Referral, n, Referral.status == Status.EXPIRED):
            with tried():
                lead = self.lead_of(sent)
                renewal.renew(lead, sent, seen_version=sent.version, now=self.now, consent=True)

    @rule(n=pick)
    def appeal(self, n: int) -> None:
        if sent := one(Referral, n, Referral.status.in_((Status.DECLINED, Status.QUALIFIED))):
            with tried():
                appeals.appeal(self.lead_of(sent), sent, now=self.now, text="They do buy this.")

    @rule(n=pick, by=hands, uphold=st.booleans())
    def answer_an_appeal(self, n: int, by: int, uphold: bool) -> None:
        if made := one(Appeal, n):
            with tried():
                sent = by_id(Referral, made.referral_id)
                act = appeals.uphold if uphold else appeals.reject
                given: dict[str, Any] = {"seen_version": made.version, "now": self.now, "reason": "So it is."}
                act(self.deciders[by], made, sent, **given)

    @rule(n=pick)
    def take_an_appeal_back(self, n: int) -> None:
        if made := one(Appeal, n):
            with tried():
                sent = by_id(Referral, made.referral_id)
                appeals.withdraw(self.lead_of(sent), sent, seen_version=made.version, now=self.now)

    @rule(n=pick)
    def ask_for_more_time(self, n: int) -> None:
        if sent := one(Referral, n, Referral.status == Status.QUALIFIED):
            with tried():
                extending.ask(self.lead_of(sent), sent, now=self.now, happened="We met.", meets_on=None)

    @rule(n=pick, by=hands, grant=st.booleans())
    def decide_on_more_time(self, n: int, by: int, grant: bool) -> None:
        if asked := one(Extension, n):
            with tried():
                sent = by_id(Referral, asked.referral_id)
                act = extending.grant if grant else extending.refuse
                act(self.deciders[by], sent, seen_version=asked.version, now=self.now, reason="It moves.")

    @rule(n=pick)
    def give_back(self, n: int) -> None:
        if kept := one(Protection, n):
            with tried():
                sent = by_id(Referral, kept.referral_id)
                protections.give_back(self.lead_of(sent), sent, seen_version=kept.version, now=self.now)

    @rule(n=pick, by=hands)
    def revoke(self, n: int, by: int) -> None:
        if kept := one(Protection, n):
            with tried():
                sent = by_id(Referral, kept.referral_id)
                given: dict[str, Any] = {"seen_version": kept.version, "now": self.now, "reason": "Bought."}
                protections.revoke(self.deciders[by], sent, **given)

    @rule(n=pick, company=st.sampled_from(COMPANIES), title=st.sampled_from(("Intern", "COO", "Operations Director")))
    def correct(self, n: int, company: str, title: str) -> None:
        if sent := one(Referral, n):
            with tried():
                facts = corrections.facts_of(sent) | {"website": company, "contact_title": title}
                given: dict[str, Any] = {"currency": "EUR", "seen_version": sent.version, "now": self.now}
                corrections.correct(self.lead_of(sent), sent, facts=facts, **given)

    @rule(who=st.integers(0, 1), company=st.sampled_from(COMPANIES))
    def hold(self, who: int, company: str) -> None:
        with tried():
            made = prechecks.check(self.leads[who], company, now=self.now)
            prechecks.hold(self.leads[who], made, now=self.now)

    @rule(n=pick)
    def give_a_hold_back(self, n: int) -> None:
        if held := one(SoftHold, n, SoftHold.state == HoldState.HELD):
            with tried():
                lookalikes.release(next(each for each in self.leads if each.id == held.by_id), held, now=self.now)

    @rule(n=pick, other=pick, by=hands)
    def contest(self, n: int, other: int, by: int) -> None:
        sent, against = one(Referral, n, Referral.status != Status.QUALIFIED), one(Referral, other)
        if sent:
            with tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now}
                conflicts.enter(self.deciders[by], sent, ref=against.ref, **given)

    @rule(n=pick, by=hands, act=st.sampled_from((conflicts.uphold, conflicts.set_aside)))
    def decide_a_conflict(self, n: int, by: int, act: Any) -> None:
        if sent := one(Referral, n, Referral.status == Status.CONFLICT):
            with tried():
                given: dict[str, Any] = {"seen_version": sent.version, "now": self.now}
                because = {"because": "They met first."} if act is conflicts.set_aside else {}
                act(self.deciders[by], sent, **given, **because)

    @rule(n=pick, by=hands, share=st.sampled_from((1, 3_000, 5_000, 9_999)))
    def split(self, n: int, by: int, share: int) -> None:
        if made := one(Conflict, n, Conflict.state == ConflictState.OPEN):
            sent, first = by_id(Referral, made.referral_id), one(Referral, 0, Referral.ref == made.against_ref)
            if first and one(Deal, 0, Deal.referral_id == first.id):
                with tried():
                    given: dict[str, Any] = {"seen_version": sent.version, "now": self.now, "because": "Both did."}
                    divided = {first.id: 10_000 - share, sent.id: share}
                    conflicts.split(self.deciders[by], sent, divided=divided, **given)
