"""Links in mails: a look changes nothing, a button does one thing, once."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.auth.links import LinkRefused
from portal.auth.models import Throttle, User
from portal.conversation import mail_links
from portal.conversation.link_words import sentence_for_holder
from portal.conversation.mail_links import HOLDS, Purpose
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.rules import ProtectionState, Status
from portal.referrals.story import Story
from tests.conversation.people import Cast, cast
from tests.support import claims, sales
from tests.support.client import Client
from tests.support.mailing import mails
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

SAME = "This link is not one of ours, or it was not copied whole."


@pytest.fixture
def people(app: Flask) -> Cast:
    made = cast()
    referrals.ask(made.maya, made.bens, seen_version=made.bens.version, now=NOON, question="Who decides?")
    db.session.commit()
    return made


def link(people: Cast, purpose: Purpose, **given: object) -> str:
    offered = mail_links.offers(people.bens.id, people.bens.version, purpose) | given
    ((_, path),) = mail_links.paths(offered, people.ben.id, clock.now())
    return path


def test_the_question_is_answered_once(client: Client, people: Cast) -> None:
    path, ref = link(people, Purpose.ANSWER), people.bens.ref
    page = client.get(path)
    assert "Who decides?" in page.text
    # With no-referrer, browsers send the form with “Origin: null”, and it is refused as another site's.
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("same-origin", "no-store")
    assert sales.again(ref).status is Status.NEEDS_INFO
    assert client.post(path, data={"answer": " "}).status_code == 422
    assert "our clock runs again" in client.post(path, data={"answer": "The CFO."}).text
    assert (sales.again(ref).answer, sales.again(ref).status) == ("The CFO.", Status.UNDER_REVIEW)
    for again in (client.get(path), client.post(path, data={"answer": "Nobody."})):
        assert (again.status_code, "what was sent with it is with us" in again.text) == (410, True)
        assert 'href="/login"' in again.text
    assert sales.again(ref).answer == "The CFO."


def test_a_withdrawal_asks_first_and_happens_by_a_button(client: Client, people: Cast) -> None:
    path, ref = link(people, Purpose.WITHDRAWAL), people.bens.ref
    assert "Nothing has happened yet." in client.get(path).text
    assert sales.again(ref).status is Status.NEEDS_INFO
    client.post(path)
    assert sales.again(ref).status is Status.WITHDRAWN
    assert "used before" in client.post(path).text


def test_the_status_says_what_comes_next_from_whom_of_us_and_nothing_of_theirs(client: Client, people: Cast) -> None:
    path = link(people, Purpose.STATUS, version=0)
    page = client.get(path).text
    assert "Calder" in page
    assert re.search(r'Received</b><time datetime="[^"]+" title="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ', page)
    assert "asked you a question, and waits for your answer." in page
    assert "Our clock is paused. Answer by" in page
    for private in ("Ruth", "Ben", "@", people.bens.ref, "Who decides"):
        assert private not in page


def test_times_are_those_of_whoever_got_the_mail(client: Client, people: Cast) -> None:
    path, there = link(people, Purpose.STATUS, version=0), ZoneInfo("Asia/Tokyo")
    people.ben.time_zone = there.key
    db.session.commit()
    assert f"{people.bens.received_at.astimezone(there):%H:%M}" in client.get(path).text


def test_what_is_not_theirs_any_more_is_told_like_a_forgery(client: Client, people: Cast) -> None:
    path = link(people, Purpose.ANSWER)
    others = [path[:-1] + ("a" if path[-1] != "a" else "b"), path.replace("answer", "withdrawal"), "/links/status/x"]
    mail_of_kim = mail_links.offers(people.bens.id, people.bens.version, Purpose.ANSWER)
    others.append(mail_links.paths(mail_of_kim, people.kim.id, clock.now())[0][1])
    others.append(mail_links.paths(mail_of_kim, people.carl.id, clock.now())[0][1])
    people.ben.disabled_at = NOON
    db.session.commit()
    for each in (path, *others):
        found = client.get(each)
        assert (found.status_code, SAME in found.text) == (404, True), each


def test_a_link_ends_with_its_time_and_with_the_state_that_it_was_made_for(client: Client, people: Cast) -> None:
    offered = mail_links.offers(people.bens.id, people.bens.version, Purpose.ANSWER)
    old = mail_links.paths(offered, people.ben.id, clock.now() - HOLDS)[0][1]
    assert "held for 30 days" in client.get(old).text
    path = link(people, Purpose.WITHDRAWAL)
    ben, referral = people.ben, sales.again(people.bens.ref)
    referrals.answer(ben, referral, seen_version=referral.version, now=NOON + timedelta(hours=1), text="The CFO.")
    db.session.commit()
    for moved in (client.get(path), client.post(path)):
        assert (moved.status_code, "has moved on" in moved.text) == (410, True)


def test_a_link_is_of_one_referral_for_who_may_act_there_and_for_thirty_days(people: Cast) -> None:
    sales.referral(people.ben)
    now = clock.now().replace(microsecond=0)

    def opened(user: User, purpose: Purpose, at: datetime) -> str:
        offered = mail_links.offers(people.bens.id, people.bens.version, purpose)
        token = mail_links.paths(offered, user.id, now)[0][1].rpartition("/")[2]
        try:
            return mail_links.open_link(token, purpose, at)[1].ref
        except LinkRefused as refusal:
            return str(refusal)

    last = now + HOLDS - timedelta(seconds=1)
    assert opened(people.ben, Purpose.ANSWER, last) == opened(people.ana, Purpose.ANSWER, last) == people.bens.ref
    assert opened(people.ben, Purpose.ANSWER, now + HOLDS) == mail_links.OVER
    for stranger in (people.fay, people.kim, people.carl, people.maya, people.audrey):
        for purpose in Purpose:
            assert opened(stranger, purpose, now) == SAME, (stranger.name, purpose)


@pytest.mark.parametrize("purpose", [Purpose.ANSWER, Purpose.WITHDRAWAL, Purpose.EXTENSION])
def test_each_try_to_act_by_a_link_counts(client: Client, people: Cast, purpose: Purpose) -> None:
    counted = sa.select(sa.func.coalesce(sa.func.sum(Throttle.tries), 0))
    client.get(f"/links/{purpose}/x")
    for tries in (0, 1, 2):
        assert db.session.scalar(counted) == 2 * tries, "of its network, and of all"
        assert client.post(f"/links/{purpose}/x").status_code == 404


def test_mails_offer_what_their_reader_can_do(people: Cast) -> None:
    def offered(kind: str, to: str) -> object:
        (found,) = (each for each in mails(kind) if each.to_address == to)
        return found.offers and found.offers["purposes"]

    assert offered("ReferralAsked", people.ben.email) == ["answer", "status", "withdrawal"]
    assert offered("ReferralSubmitted", people.ben.email) == ["status", "withdrawal"]
    assert offered("ReferralSubmitted", people.maya.email) is None


def near_its_end(people: Cast) -> tuple[str, str]:
    """Ben's qualified referral, protected for 20 days more: its reference, and the path to ask for longer by."""
    sent = claims.qualified(people.ben, people.maya, clock.now() - 70 * claims.DAY, company="Nordlys AS")
    offered = mail_links.offers(sent.id, 0, Purpose.EXTENSION)
    return sent.ref, mail_links.paths(offered, people.ben.id, clock.now())[0][1]


def test_more_time_is_asked_for_by_the_form_of_the_portal_once(client: Client, people: Cast) -> None:
    ref, path = near_its_end(people)
    page = client.get(path).text
    assert "Ask for 60 days more" in page
    assert "Nordlys AS" in page
    assert client.post(path, data={"happened": " "}).status_code == 422
    early = client.post(path, data={"happened": "We met.", "meets_on": "2020-01-01"})
    assert (early.status_code, "cannot lie behind" in early.text) == (422, True)
    assert claims.of(sales.again(ref)).state is ProtectionState.ACTIVE
    assert "does not end" in client.post(path, data={"happened": "We met twice."}).text
    assert claims.of(sales.again(ref)).state is ProtectionState.EXTENSION_REQUESTED
    assert [each.event_kind for each in mails("ExtensionAsked")] == ["ExtensionAsked"]
    for again in (client.get(path), client.post(path, data={"happened": "Once more."})):
        assert (again.status_code, "used before" in again.text) == (410, True)
    other = mail_links.paths(mail_links.offers(sales.again(ref).id, 0, Purpose.EXTENSION), people.ana.id, clock.now())
    refused = client.get(other[0][1])
    assert (refused.status_code, "asked for once" in refused.text) == (410, True)
    assert broken_of_deals() == []


def test_the_warnings_offer_what_can_still_be_done(people: Cast) -> None:
    ref, _ = near_its_end(people)
    claims.time_comes(clock.now() + 7 * claims.DAY)
    (warned,) = (each for each in mails("ProtectionEndsSoon") if each.to_address == people.ben.email)
    assert (warned.ref, warned.offers and warned.offers["purposes"]) == (ref, ["extension", "status"])
    claims.time_comes(NOON + 20 * claims.DAY)
    (asked,) = (each for each in mails("ReferralExpiresSoon") if each.to_address == people.ben.email)
    assert asked.offers
    assert asked.offers["purposes"] == ["answer", "status", "withdrawal"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"status": "submitted", "due_at": NOON}, "Maya Lind answers by Tue."),
        ({"status": "needs_info"}, "Maya Lind asked you a question, and waits for your answer."),
        ({"deal_stage": "contacted"}, "Maya Lind arranges a meeting with Calder."),
        ({"deal_stage": "new", "due_at": NOON}, "Maya Lind contacts Calder by Tue."),
        ({"deal_stage": "cancelled"}, "The won deal was cancelled."),
        ({"status": "declined"}, "Declined on Tue."),
    ],
)
def test_what_comes_next_names_nobody_of_theirs(given: dict[str, Any], sentence: str) -> None:
    status = Status(given.pop("status", "qualified"))
    private: dict[str, Any] = {"contact": "Ruth", "question": "Ruth?", "reason": "Ruth wants no mail."}
    of_ours: dict[str, Any] = {"company": "Calder", "person": "Maya Lind", "decided_at": NOON, "now": NOON, **given}
    declined = DeclineReason.NO_FIT if status is Status.DECLINED else None
    said = sentence_for_holder(Story(side="partner", status=status, **private, **of_ours), declined, lambda at: "Tue")
    assert said.sentence.startswith(sentence)
    assert "Ruth" not in f"{said.sentence} {said.small}"
