"""What is refused of a claim that is not, not yet or no more as it was looked at; and of two claims, which is meant."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from portal.appeals import actions as appeals
from portal.appeals import queries as appeal_queries
from portal.auth.rules import Role
from portal.conflicts import actions as conflicts
from portal.drafts import actions as drafts
from portal.drafts import queries as draft_queries
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.fields import actions as fields
from portal.fields import rules as field_rules
from portal.fields.rules import Kind
from portal.protections import actions as protections
from portal.protections import extending, timers
from portal.protections import queries as protection_queries
from portal.referrals.rules import ProtectionState, Status
from tests.support import claims, make, sales
from tests.support.claims import DAY
from tests.support.make import NOON

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
LATE = NOON + 70 * DAY
ASKED: dict[str, Any] = {"hint": "", "kind": Kind.TEXT, "choices": (), "required": False, "now": NOON}


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    sales.program()
    make.staff(Role.SALES_OWNER)
    two = [sales.detached(make.staff(Role.QUALIFIER)) for _ in range(2)]
    leads = [sales.detached(sales.lead()) for _ in range(2)]
    return SimpleNamespace(maya=two[0], noor=two[1], lead=leads[0], other=leads[1])


def overtaken(deed: Callable[..., Any], *given: Any, **named: Any) -> None:
    with pytest.raises(Overtaken):
        deed(*given, now=LATE, **named)


def test_a_protection_that_changed_meanwhile_is_looked_at_again(people: SimpleNamespace) -> None:
    held = claims.qualified(people.lead, people.maya)
    stale = claims.of(held).version + 1
    overtaken(protections.give_back, people.lead, held, seen_version=stale)
    overtaken(protections.revoke, people.maya, held, seen_version=stale, reason="Bought.")


def test_where_nothing_is_protected_nothing_ends(people: SimpleNamespace) -> None:
    sent = sales.referral(people.lead)
    for deed in (
        lambda: protections.give_back(people.lead, sent, seen_version=1, now=NOON),
        lambda: protections.revoke(people.maya, sent, seen_version=1, now=NOON, reason="Bought."),
        lambda: extending.ask(people.lead, sent, now=NOON, happened="We met.", meets_on=None),
    ):
        with pytest.raises(Refused, match="Nothing is protected here"):
            deed()


def test_whoever_entered_a_claim_neither_revokes_nor_contests_it(people: SimpleNamespace) -> None:
    held = claims.entered_by(claims.qualified(people.lead, people.maya), people.maya)
    given: dict[str, Any] = {"now": LATE, "reason": "Bought."}
    with pytest.raises(Refused, match="entered"):
        protections.revoke(people.maya, held, seen_version=claims.of(held).version, **given)
    sent = claims.entered_by(sales.referral(people.other), people.maya)
    with pytest.raises(Refused, match="entered"):
        conflicts.enter(people.maya, sent, ref=held.ref, seen_version=sent.version, now=NOON)
    with pytest.raises(Refused, match="entered"):
        conflicts.set_aside(people.maya, sent, seen_version=sent.version, now=NOON, because="Another group.")


def test_days_that_rest_are_counted_once(people: SimpleNamespace) -> None:
    held = claims.qualified(people.lead, people.maya)
    key, ends_at = (held.partner_id, held.id), claims.of(held).ends_at
    protections.resume(*key, NOON + DAY)  # it did not rest
    protections.pause(*key, NOON + DAY)
    protections.pause(*key, NOON + 2 * DAY)
    assert claims.of(held).paused_at == NOON + DAY
    protections.resume(*key, NOON + 4 * DAY)
    assert (claims.of(held).state, claims.of(held).ends_at) == (ProtectionState.ACTIVE, ends_at + 3 * DAY)


def test_one_that_ended_at_this_instant_rests_in_its_tail_alone(people: SimpleNamespace) -> None:
    held = claims.qualified(people.lead, people.maya)
    protections.pause(held.partner_id, held.id, claims.of(held).ends_at)
    assert claims.of(held).state is ProtectionState.ACTIVE


def test_one_whose_tail_is_over_rests_no_more(people: SimpleNamespace) -> None:
    held = claims.qualified(people.lead, people.maya)
    protections.pause(held.partner_id, held.id, claims.of(held).tail_ends_at)
    assert claims.of(held).paused_at is None


def test_what_was_given_back_neither_rests_nor_returns(people: SimpleNamespace) -> None:
    held = claims.qualified(people.lead, people.maya)
    with pytest.raises(Refused, match="not revoked any more"):
        protections.restore(people.maya, held, now=NOON, late=timedelta())
    protections.give_back(people.lead, held, seen_version=claims.of(held).version, now=NOON + DAY)
    protections.pause(held.partner_id, held.id, NOON + 2 * DAY)
    assert claims.of(held).paused_at is None
    assert not protections.return_with_deal(held.partner_id, held.id, NOON + 2 * DAY, undone=True)
    assert claims.of(held).state is ProtectionState.RELEASED


def test_more_time_is_asked_for_a_meeting_to_come(people: SimpleNamespace) -> None:
    held = claims.qualified(people.lead, people.maya)
    given: dict[str, Any] = {"now": LATE, "happened": "We met."}
    with pytest.raises(Refused, match="cannot lie behind"):
        extending.ask(people.lead, held, meets_on=LATE.date() - DAY, **given)
    assert extending.ask(people.lead, held, meets_on=date(LATE.year, LATE.month, LATE.day), **given).id


def test_a_request_that_is_refused_while_it_rests_leaves_it_at_rest(people: SimpleNamespace) -> None:
    held = claims.qualified(people.lead, people.maya)
    asked = extending.ask(people.lead, held, now=LATE, happened="We met.", meets_on=None)
    protections.pause(held.partner_id, held.id, LATE)
    extending.refuse(people.noor, held, seen_version=asked.version, now=LATE + 40 * DAY, reason="It stands still.")
    assert claims.of(held).state is ProtectionState.PAUSED


def test_a_request_is_found_by_its_own_claim(people: SimpleNamespace) -> None:
    first = claims.qualified(people.lead, people.maya)
    second, third = (claims.qualified(each, people.maya) for each in (people.other, people.lead))
    asked = extending.ask(people.lead, first, now=LATE, happened="We met.", meets_on=None)
    found = protection_queries.open_extension
    assert found(first.partner_id, first.id) is asked
    assert found(second.partner_id, second.id) is found(third.partner_id, third.id) is None
    assert protection_queries.extension_of(third.partner_id, third.id) is None
    assert protection_queries.ref_of(second.partner_id, second.id) == second.ref
    extending.grant(people.noor, first, seen_version=asked.version, now=LATE, reason="It moves.")
    assert found(first.partner_id, first.id) is None


def test_a_step_in_time_is_taken_for_the_version_that_was_due(people: SimpleNamespace) -> None:
    held, later = (claims.qualified(people.lead, people.maya, at) for at in (NOON, NOON + 5 * DAY))
    kept, over = claims.of(held), claims.of(held).ends_at
    timers.attempt(kept.id, kept.version + 1, over)
    assert claims.of(held).state is ProtectionState.ACTIVE
    timers.attempt(kept.id, kept.version, over)
    assert (claims.of(held).state, claims.of(later).state) == (ProtectionState.TAIL, ProtectionState.ACTIVE)
    timers.attempt(kept.id, claims.of(held).version, claims.of(held).tail_ends_at - timedelta(seconds=1))
    assert claims.of(held).state is ProtectionState.TAIL


def test_an_appeal_is_taken_back_as_it_was_seen_and_each_for_itself(people: SimpleNamespace) -> None:
    sent, another = (claims.declined(people.lead, people.maya) for _ in range(2))
    with pytest.raises(Refused, match="no open appeal any more"):
        appeals.withdraw(people.lead, sent, seen_version=1, now=NOON)
    made = claims.appealed(people.lead, sent)
    overtaken(appeals.withdraw, people.lead, sent, seen_version=made.version + 1)
    assert appeal_queries.open_of(another) is None
    assert claims.appealed(people.lead, another).referral_id == another.id
    appeals.withdraw(people.lead, sent, seen_version=made.version, now=NOON)
    assert appeal_queries.open_of(sent) is None


def test_a_claim_that_is_contested_is_not_contested_once_more(people: SimpleNamespace) -> None:
    first = claims.qualified(people.lead, people.maya, company="Kallwitz Maschinenbau", website="kallwitz.example")
    spelt = {"company": "Kallwitz-Maschinenbau", "website": "kallwitz.test"}
    second = sales.referral(people.other, NOON + DAY, **spelt)
    assert second.status is Status.CONFLICT
    given: dict[str, Any] = {"ref": first.ref, "now": NOON + DAY}
    with pytest.raises(Overtaken):
        conflicts.enter(people.noor, second, seen_version=second.version - 1, **given)
    with pytest.raises(Refused):
        conflicts.enter(people.noor, second, seen_version=second.version, **given)
    assert sales.again(second.ref).status is Status.CONFLICT


def test_a_question_is_asked_once(people: SimpleNamespace) -> None:
    first, second = (fields.add(people.maya, label=label, **ASKED) for label in ("Budget owner", "Go-live"))
    changed: dict[str, Any] = {"hint": "", "choices": (), "required": True, "now": NOON}
    for deed in (
        lambda: fields.add(people.maya, label="budget OWNER", **ASKED),
        lambda: fields.change(people.maya, second, seen_version=second.version, label="Budget owner", **changed),
    ):
        with pytest.raises(Refused, match="asked already"):
            deed()
    fields.change(people.maya, first, seen_version=first.version, label="Budget Owner", **changed)
    overtaken_version = first.version - 1
    with pytest.raises(Overtaken):
        fields.change(people.maya, first, seen_version=overtaken_version, label="Other", **changed)
    fields.put_back(people.maya, first, now=NOON)  # it is asked: nothing to do
    assert (first.position, second.position) == (1, 2)
    fields.retire(people.maya, first, now=NOON)
    fields.move_up(people.maya, first, now=NOON)
    fields.add(people.maya, label="Budget owner", **ASKED)
    with pytest.raises(Refused, match="asked already"):
        fields.put_back(people.maya, first, now=NOON)


def test_there_is_room_for_so_many_questions(people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_rules, "MOST", 2)
    first, _ = (fields.add(people.maya, label=f"Question {n}", **ASKED) for n in range(2))
    with pytest.raises(Refused):
        fields.add(people.maya, label="One more", **ASKED)
    fields.retire(people.maya, first, now=NOON)
    fields.add(people.maya, label="In its place", **ASKED)
    with pytest.raises(Refused):
        fields.put_back(people.maya, first, now=NOON)


def test_of_two_drafts_the_one_that_was_named_is_opened(people: SimpleNamespace) -> None:
    first, second = (
        drafts.keep(people.lead, ref="", form_key=f"form {n}", typed={"company": f"Calder {n}"}, now=NOON)
        for n in range(2)
    )
    db.session.commit()
    for each in (first, second):
        assert draft_queries.draft(people.lead, each.ref).id == each.id
