"""What the criteria decide without a person, and what they leave to one."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import clock, worker
from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.corrections import actions as corrections
from portal.criteria import actions as criteria
from portal.criteria.differences import differences
from portal.criteria.queries import in_use_and_waiting, published
from portal.criteria.reading import read
from portal.criteria.rules import Answers, Criteria, Criterion, Outcome, Verdict
from portal.criteria.words import default_data
from portal.extensions import db
from portal.lookalikes.models import LookalikeFinding
from portal.proof import broken
from portal.referrals import actions, by_rule
from portal.referrals.entered import Entered, EnteredHow
from portal.referrals.facts import decision
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.referrals.verdicts import verdict_of, why_declined
from portal.scope import all_partners
from portal.sla.queries import record
from portal.sla.rules import ClockKind
from tests.criteria.test_own_pages import LABEL, NEW, ask, newest, own, typed
from tests.referrals.sheets import GOOD, OTHER, changed
from tests.referrals.test_importing import sent as sent_list
from tests.referrals.test_pages import TYPED, send, sent_rows
from tests.support import agreements, make, sales
from tests.support.client import Client
from tests.support.mailing import mails

DEFAULT = Criteria.from_data(default_data(), 1)
VALIDATE, ASK, FAR_OFF = "Operations Manager", "Working student", "Junior accountant"


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    decide()
    make.staff(Role.QUALIFIER, name="Maya Lindqvist")
    return sales.lead(name="Ana Ferreira")


@pytest.fixture
def sam(app: Flask) -> User:
    return make.staff(Role.SALES_OWNER, name="Sam Ortega")


def decide(**changes: Any) -> None:
    data = default_data() | {"decides": True} | changes
    criteria.publish(agreements.admin(), criteria.draft(None, data=data, now=clock.now()), now=clock.now())
    db.session.commit()


def run() -> list[Status]:
    """What the worker does. Returns how each stands then."""
    db.session.commit()
    criteria_job = worker.BY_NAME["criteria"]
    for referral_id, version in criteria_job.due(clock.now(), 100):
        criteria_job.attempt(referral_id, version, clock.now())
    return [each.status for each in sent_rows()]


def told_of(kind: str) -> list[str]:
    return [each.subject for each in mails(kind)]


@given(
    st.builds(
        Answers,
        job_title=st.sampled_from(["Director of Operations", VALIDATE, ASK, FAR_OFF, ""]),
        country=st.sampled_from(["DE", "US", ""]),
        public_tender=st.sampled_from([True, False, None]),
        consent=st.sampled_from([True, False, None]),
        employees=st.sampled_from([None, 1, 120]),
    )
)
def test_a_rule_decides_what_leaves_no_doubt(answers: Answers) -> None:
    reading = read(DEFAULT, answers)
    hard = {Criterion.TERRITORY, Criterion.PUBLIC_TENDER, Criterion.CONSENT} & {*reading.missed}
    then = verdict_of(reading)
    assert (then is Status.QUALIFIED) == (reading.outcome is Outcome.QUALIFIES)
    assert (then is Status.DECLINED) == bool(hard)
    if then is Status.QUALIFIED:
        assert all(each.verdict is not Verdict.MISSED for each in reading.findings)


def test_what_qualifies_has_its_owner_before_the_page_is_back(client: Client, ana: User, sam: User) -> None:
    page = client.as_(ana).post("/referrals/new", data=TYPED, follow_redirects=True).text
    (kept,) = sent_rows()
    assert (kept.status, kept.decided_by_id, kept.rule_at) == (Status.QUALIFIED, None, None)
    assert "Sam Ortega" in page
    assert sales.deal_of(kept).owner_id == sam.id
    assert told_of("ReferralSubmitted") == ["Received: Calder & Finch"]
    assert record(ClockKind.FIRST_ANSWER, clock.now()) is None
    by = sa.select(EventRow.by_id).where(EventRow.kind == "ReferralQualified")
    assert db.session.scalars(all_partners(by, "a test")).all() == [None]
    assert not [each for each in broken() if kept.ref in each]
    shown = client.as_(make.staff(Role.QUALIFIER)).get(f"/staff/referrals/{kept.ref}").text
    assert "the criteria, version 2" in shown


@pytest.mark.parametrize(("typed", "way_back"), [({"country": "US"}, "do serve"), ({"public_tender": "yes"}, "tender")])
def test_a_missed_hard_criterion_declines_with_the_way_back(
    client: Client, ana: User, typed: dict[str, str], way_back: str
) -> None:
    page = client.as_(ana).post("/referrals/new", data=TYPED | typed, follow_redirects=True).text
    (kept,) = sent_rows()
    assert kept.status is Status.DECLINED
    assert way_back in page
    assert f"/referrals/{kept.ref}/appeal" in page


def test_a_criterion_of_the_program_is_named(client: Client, ana: User) -> None:
    asked = ask(agreements.admin())
    decide(own=[own(asked)])
    answers = Answers(job_title="Operations Director", country="DE", public_tender=False, consent=True)
    reason, note = why_declined(read(published(), Answers(**vars(answers) | {"own": {asked.ref: "no"}})))
    assert (str(reason), note) == ("own_criterion", f"{LABEL} No.")


@pytest.mark.parametrize("title", [VALIDATE, ASK, FAR_OFF])
def test_what_is_in_doubt_waits_for_a_person(client: Client, ana: User, sam: User, title: str) -> None:
    send(client.as_(ana), contact_title=title)
    assert run() == [Status.SUBMITTED]
    assert any(each.startswith("Decide by") for each in told_of("ReferralSubmitted"))


def test_a_version_that_does_not_say_so_decides_nothing(client: Client, ana: User, sam: User) -> None:
    decide(decides=False)
    send(client.as_(ana))
    assert run() == [Status.SUBMITTED]
    assert in_use_and_waiting()[0] is not None


def test_what_looks_like_another_waits_for_a_person(client: Client, ana: User, sam: User) -> None:
    sales.referral(sales.lead(), company="Calder and Finch", website="calder-finch.example")
    send(client.as_(ana))
    assert run()[-1] is not Status.QUALIFIED


def _theirs() -> Introduction:
    """Of a company that looks like no other."""
    return sales.introduction(company="Vetter", website="vetter.example", contact_email="ute@vetter.example")


def test_what_staff_entered_waits_for_another_of_them(ana: User, sam: User) -> None:
    by_phone = Entered(by_id=make.staff().id, how=EnteredHow.PHONE, received_at=clock.now())
    entered = actions.submit(ana, now=clock.now(), answers=_theirs(), entered=by_phone)
    assert entered.rule_at is None


def _like_another(sent: Referral) -> None:
    made = {"ref": sent.ref, "other_ref": "R-OTHER1", "score": 40, "reason": "Their name.", "found_at": clock.now()}
    db.session.add(LookalikeFinding(**made))


def _contested(sent: Referral) -> None:
    sales.referral(sales.lead(), company=sent.company, website="elsewhere.example")


def _corrected(sent: Referral) -> None:
    facts = corrections.facts_of(sent) | {"contact_title": VALIDATE}
    by = db.session.get_one(User, sent.by_id)
    corrections.correct(by, sent, facts=facts, currency="EUR", seen_version=sent.version, now=clock.now())


@pytest.mark.parametrize("between", [_like_another, _contested, _corrected])
def test_what_came_up_since_leaves_it_to_a_person_who_is_told(ana: User, sam: User, between: Any) -> None:
    sent = sales.referral(ana, contact_title="Operations Director")
    between(sent)
    assert run()[0] is Status.SUBMITTED
    assert sales.again(sent.ref).rule_at is None
    assert [each[:9] for each in told_of("ReferralLeftToPerson")] == ["Decide by"]


def test_without_anybody_to_own_it_it_is_received_and_left_to_a_person(client: Client, ana: User) -> None:
    answer = send(client.as_(ana))
    assert answer.status_code == 303
    (kept,) = sent_rows()
    assert (kept.status, kept.rule_at) == (Status.SUBMITTED, None)
    assert len(told_of("ReferralLeftToPerson")) == 1


def test_what_was_changed_meanwhile_is_left_alone(ana: User, sam: User) -> None:
    sent = sales.referral(ana)
    by_rule.attempt(sent.id, sent.version - 1, clock.now())
    assert sales.again(sent.ref).rule_at is not None


def test_a_list_is_decided_by_the_worker(ana: User, sam: User) -> None:
    leads = changed(contact_title="Operations Director"), OTHER.replace("Leiterin", "Geschäftsführerin")
    sent_list(ana, GOOD.replace("nordlys", "sydlys").replace("Nordlys", "Sydlys"), *leads)
    assert run() == [Status.SUBMITTED, Status.QUALIFIED, Status.QUALIFIED]
    assert by_rule.due(clock.now(), 100) == []
    waiting = all_partners(sa.select(sa.func.count()).where(Referral.rule_at.is_not(None)), "a test")
    assert db.session.scalar(waiting) == 0


def test_whoever_sends_it_is_told_before(client: Client, ana: User) -> None:
    told = {"Operations Director": "You read so once it is sent", VALIDATE: "a person looks at it first"}
    for title, says in told.items():
        typed = TYPED | {"contact_title": title}
        assert says in client.as_(ana).post("/referrals/reading", data=typed).text
    abroad = client.post("/referrals/reading", data=TYPED | {"country": "US"}).text
    assert "Sent as it is, it is declined by that rule" in abroad


def test_a_version_that_decides_says_so() -> None:
    decides = Criteria.from_data(default_data() | {"decides": True}, 2)
    assert Criteria.from_data(decides.to_data(), 2) == decides
    (change,) = differences(DEFAULT, decides)
    assert tuple(change) == ("What is clear", "waits for a person becomes is decided on arrival")


def test_the_editor_keeps_who_decides(client: Client, ana: User) -> None:
    client.as_(make.staff(Role.CONTENT_EDITOR))
    said = typed(client) | {"began_from_number": "2"}
    assert client.post(NEW, data=said).status_code == 303
    assert newest().data["decides"] is False
    client.post(NEW, data=said | {"began_from_number": "3", "decides": "y", "min_points": "41"})
    assert newest().data["decides"] is True
    assert 'checked id="decides"' in client.get(NEW).text


def test_a_contact_that_went_away_was_no_decision_of_the_criteria(ana: User) -> None:
    sent = sales.referral(ana)
    actions.end_without_contact(None, sent, now=clock.now())
    assert "By" not in dict(decision(sent))
