"""What becomes of each referral, up to now."""

import random
from collections.abc import Callable
from typing import NamedTuple

from portal.auth.rules import Role
from portal.criteria.rules import Outcome
from portal.notifications.rules import ALWAYS_TOLD
from portal.referrals.deadlines import ANSWER_DAYS, WARN_BEFORE
from portal.referrals.rules import FAR, OWED, ProtectionState, Status
from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.clocks import Clocks, Wait
from portal.seeds.scale.index import name_in_index
from portal.seeds.scale.introductions import Kind, kinds
from portal.seeds.scale.outbox import told
from portal.seeds.scale.partners import Party
from portal.seeds.scale.record import DAY, Fact, Record
from portal.seeds.scale.sales import Sales
from portal.seeds.scale.words import (
    ANSWERS,
    BECAUSE,
    GIVEN,
    INTRODUCTIONS,
    NAMES,
    QUESTIONS,
    Company,
    company,
    slug,
)
from portal.seeds.scale.working_time import WorkingTime
from portal.seeds.scale.world import World
from portal.sla.rules import ClockKind

_QUALIFIES = {Outcome.QUALIFIES: 0.8, Outcome.VALIDATE: 0.35, Outcome.ASK: 0.2, Outcome.DECLINE: 0.02}
_AGAINST = {(Outcome.DECLINE, Status.QUALIFIED), (Outcome.QUALIFIES, Status.DECLINED)}
_ASKED, _NEVER_ANSWERED, _WITHDRAWN, _LATE = 0.1, 0.07, 0.04, 0.06
_FAR = FAR.strftime("%Y-%m-%d %H:%M:%S.%f")
_DAY_S = 86_400
_TOLD_DAYS = 5
"""Working days whose messages are still in the outbox."""


class Story(NamedTuple):
    id: int
    ref: str
    number: int
    party: Party
    introducer: tuple[int, str]
    qualifier: int
    kind: Kind
    company: Company
    wait: Wait
    status: Status


class Stories:
    def __init__(self, bulk: Bulk, record: Record, time: WorkingTime, world: World, sales: Sales) -> None:
        self._bulk, self._record, self._time, self._terms, self._sales = bulk, record, time, world.terms, sales
        self._clocks = Clocks(bulk, record, time)
        self._recent = time.now - _TOLD_DAYS * DAY
        self._chance = random.Random(2_026).random  # noqa: S311  (the same program each time)
        self._kinds = kinds(world.criteria)
        self._refs = bulk.refs("referrals", "R")
        self._qualifiers = world.staff[Role.QUALIFIER]
        self._criteria_number = world.criteria.version

    def tell(self, number: int, at: int, party: Party) -> None:
        """A referral that arrives at this second of work."""
        chance = self._chance
        kind = self._kinds[int(chance() * len(self._kinds))]
        wait = self._wait(at, chance)
        story = Story(
            id=self._bulk.new_id("referrals"),
            ref=self._refs.new(),
            number=number,
            party=party,
            introducer=party.introducers[int(chance() * len(party.introducers))],
            qualifier=self._qualifiers[number % len(self._qualifiers)],
            kind=kind,
            company=company(number),
            wait=wait,
            status=_status(wait, kind, chance()),
        )
        self._write(story)
        self._record_of(story)
        dropped = story.status is Status.WITHDRAWN
        self._clocks.run(ClockKind.FIRST_ANSWER, story.ref, party.id, wait, is_dropped=dropped)
        if story.status is Status.QUALIFIED and wait.ended is not None:
            late = self._sales.open(
                wait.ended, party, referral=(story.id, story.ref), company=story.company, by_id=story.qualifier
            )
            self._protect(story, wait.ended, late)

    def _wait(self, at: int, chance: Callable[[], float]) -> Wait:
        """How long until the decision: mostly in time, now and then with a question in between."""
        promised, now = self._terms.answer_minutes * 60, self._time.now
        if chance() > _ASKED:
            return _decided(Wait(at, promised, at + promised, None), at, chance, now)
        asked = at + int(promised * 0.6 * chance())
        answered = asked + int(DAY * (0.2 + 4 * chance()))
        if asked >= now:
            return Wait(at, promised, at + promised, None)
        if chance() < _NEVER_ANSWERED or answered >= now:
            given_up = asked + 12 * DAY
            return Wait(at, promised, at + promised, given_up if given_up < now else None, asked)
        begun = Wait(at, promised, at + promised, None, asked)
        left = promised - 60 * begun.used
        return _decided(Wait(at, promised, answered + left, None, asked, answered), answered, chance, now)

    def _write(self, story: Story) -> None:
        kind, wait, status, named = story.kind, story.wait, story.status, story.company
        time, number = self._time, story.number
        received = time.stored(time.epoch(wait.began))
        given, family = GIVEN[number * 17 % len(GIVEN)], NAMES[number * 31 % len(NAMES)]
        email = f"{slug(given)}.{slug(family)}@{named.domain}"
        name_in_index(self._bulk, story.ref, story.party.id, named, since=received, email=email)
        decider = story.introducer[0] if status is Status.WITHDRAWN else story.qualifier
        self._bulk.add(
            "referrals",
            id=story.id,
            ref=story.ref,
            partner_id=story.party.id,
            by_id=story.introducer[0],
            status=status.value,
            received_at=received,
            due_at=time.stored(time.due(wait.due)) if status in OWED else _FAR,
            company=named.legal_name,
            website=f"https://{named.domain}",
            domain=named.domain,
            country=kind.country,
            industry=kind.industry,
            employees=kind.employees,
            contact_name=f"{given} {family}",
            contact_title=kind.title,
            contact_email=email,
            contact_phone="",
            need=kind.need,
            timing=kind.timing,
            budget=kind.budget,
            decider=kind.decider,
            public_tender=kind.public_tender,
            introduced_how=kind.introduced_how,
            introduction=INTRODUCTIONS[number % len(INTRODUCTIONS)],
            consent_at=received,
            agreement_id=story.party.agreement_id,
            criteria_number=self._criteria_number,
            reading=kind.reading,
            question="" if wait.asked is None else QUESTIONS[number % len(QUESTIONS)],
            answer="" if wait.answered is None else ANSWERS[number % len(ANSWERS)],
            asked_before="[]",
            answer_by=self._answer_by(wait) if status is Status.NEEDS_INFO else None,
            warned=0,
            decided_at=None if wait.ended is None else time.stored(time.epoch(wait.ended)),
            decided_by_id=None if wait.ended is None else decider,
            decline_reason=kind.decline_reason.value if status is Status.DECLINED else None,
            decision_note="",
            overruled_because=BECAUSE if (kind.outcome, status) in _AGAINST else "",
            version=4 - (wait.asked, wait.answered, wait.ended).count(None),
        )

    def _answer_by(self, wait: Wait) -> object:
        return self._time.stored(self._time.epoch(wait.asked or wait.began) + ANSWER_DAYS * _DAY_S)

    def _record_of(self, story: Story) -> None:
        wait, submitted = story.wait, f'{{"referral_id":{story.id}}}'
        introducer, qualifier = story.introducer[0], story.qualifier
        self._happens(wait.began, "ReferralSubmitted", introducer, story, submitted)
        if wait.asked is not None:
            self._happens(wait.asked, "ReferralAsked", qualifier, story, "{}")
        if wait.answered is not None:
            self._happens(wait.answered, "ReferralAnswered", introducer, story, "{}")
        if wait.ended is None:
            return
        if story.status is Status.QUALIFIED:
            self._happens(wait.ended, "ReferralQualified", qualifier, story, submitted)
        elif story.status is Status.DECLINED:
            reason = f'{{"reason":"{story.kind.decline_reason}"}}'
            self._happens(wait.ended, "ReferralDeclined", qualifier, story, reason)
        else:
            self._happens(wait.ended, "ReferralWithdrawn", introducer, story, "{}")

    def _happens(self, at: int, kind: str, by_id: int, story: Story, body: str) -> None:
        self._record.put(at, Fact(kind, by_id, story.party.id, story.ref, body))
        if kind in ALWAYS_TOLD and self._recent < at < self._time.now:
            stored = self._time.stored(self._time.epoch(at))
            told(self._bulk, kind, story.ref, story.party.id, story.introducer, about=story.company.name, at=stored)

    def _protect(self, story: Story, at: int, late_contact: int) -> None:
        """From the decision on; what we were late by is added."""
        time, terms, wait = self._time, self._terms, story.wait
        begins = time.epoch(at)
        late = max(0, begins - time.due(wait.due)) + late_contact
        ends = begins + terms.protection_days * _DAY_S + late
        tail_ends = ends + terms.tail_days * _DAY_S
        now = time.epoch(time.now)
        state = ProtectionState.ACTIVE if ends > now else ProtectionState.TAIL
        if tail_ends <= now:
            state = ProtectionState.EXPIRED
        self._bulk.add(
            "protections",
            partner_id=story.party.id,
            referral_id=story.id,
            domain=story.company.domain,
            state=state.value,
            starts_at=time.stored(begins),
            ends_at=time.stored(ends),
            tail_ends_at=time.stored(tail_ends),
            warned=sum(ends - before.total_seconds() <= now for before in WARN_BEFORE),
            end_reason="",
            version=1,
        )


def _decided(wait: Wait, begun: int, chance: Callable[[], float], now: int) -> Wait:
    left = wait.due - begun
    is_late = chance() < _LATE
    ended = wait.due + int(DAY * chance()) + 60 if is_late else begun + int(left * (0.03 + 0.95 * chance()))
    return wait._replace(ended=ended) if ended < now else wait


def _status(wait: Wait, kind: Kind, draw: float) -> Status:
    if wait.ended is None:
        if wait.is_on_them:
            return Status.NEEDS_INFO
        return Status.UNDER_REVIEW if wait.answered is not None else Status.SUBMITTED
    if wait.is_on_them or draw < _WITHDRAWN:
        return Status.WITHDRAWN
    return Status.QUALIFIED if draw < _WITHDRAWN + _QUALIFIES[kind.outcome] else Status.DECLINED
