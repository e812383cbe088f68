"""Several referrals decided in one go: what is shown first, what is done to each, what the report says."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.criteria.rules import Outcome
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import FIELD, new_key
from portal.proof import broken
from portal.referrals import actions
from portal.referrals.batches import actions as batches
from portal.referrals.batches import queries
from portal.referrals.batches.rules import MOST, Candidate, Decision, why_not
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.rules import ENTERED_IT, Status
from tests.support import make, sales
from tests.support.client import Client
from tests.support.threads import at_once

HOME = "/staff/referrals/batches/"
ASKS = "Praktikant Buchhaltung"


def candidate(**given: Any) -> Candidate:
    usual = {"status": Status.SUBMITTED, "outcome": Outcome.QUALIFIES}
    return Candidate(**{**usual, "is_newer": False, "not_by_reader": "", "is_contested": False, **given})


@pytest.mark.parametrize(
    ("decision", "given", "begins"),
    [
        (Decision.QUALIFY, {}, ""),
        (Decision.ASK, {"outcome": Outcome.ASK, "is_contested": True}, ""),
        (Decision.DECLINE, {"outcome": Outcome.VALIDATE, "status": Status.CONFLICT}, ""),
        (Decision.QUALIFY, {"is_newer": True, "status": Status.DECLINED}, "Somebody changed it"),
        (Decision.QUALIFY, {"not_by_reader": ENTERED_IT}, "You entered this referral"),
        (Decision.QUALIFY, {"is_contested": True}, "Another partner"),
        (Decision.QUALIFY, {"outcome": Outcome.VALIDATE}, "Its reading does not qualify"),
        (Decision.DECLINE, {}, "Its reading qualifies"),
        (Decision.ASK, {"status": Status.CONFLICT}, "It is in conflict"),
        (Decision.QUALIFY, {"status": Status.NEEDS_INFO}, "It is waiting for an answer"),
        (Decision.DECLINE, {"status": Status.QUALIFIED}, "It is qualified"),
    ],
)
def test_what_can_be_decided_together(decision: Decision, given: dict[str, Any], begins: str) -> None:
    said = why_not(decision, candidate(**given))
    assert said.startswith(begins)
    assert bool(said) == bool(begins)


@pytest.fixture
def ana(app: Flask) -> User:
    sales.program()
    make.staff(Role.SALES_OWNER, name="Sam")
    return sales.lead(name="Ana")


@pytest.fixture
def maya(client: Client, ana: User) -> Client:
    return client.as_(make.staff(Role.QUALIFIER, name="Maya"))


@pytest.fixture
def three(ana: User) -> list[str]:
    """Two that qualify and one that does not, as they are ticked in a list."""
    titles = {"alpha": "Head of Sales", "beta": "Director Operations", "gamma": ASKS}
    sent = [
        sales.referral(ana, clock.now(), company=name.title(), website=f"{name}.example", contact_title=title)
        for name, title in titles.items()
    ]
    return [f"{each.ref}.{each.version}" for each in sent]


def _ref(pick: str) -> str:
    return pick.partition(".")[0]


def _states(picks: list[str]) -> list[Status]:
    return [sales.again(_ref(pick)).status for pick in picks]


def _form(decision: str, picks: list[str], **given: str) -> dict[str, Any]:
    return {"decision": decision, "pick": picks, **given}


def test_what_is_ticked_in_a_list_is_looked_at_first(maya: Client, three: list[str]) -> None:
    for page in (maya.get("/staff/referrals/").text, maya.get("/staff/").text):
        assert all(f'name="pick" value="{pick}"' in page for pick in three)
        assert 'action="/staff/referrals/batches/new"' in page
    page = maya.get(HOME + "new", query_string=_form("qualify", three)).text
    ready, left = page.split("Left as they are")
    assert "2 referrals" in ready
    assert "Alpha" in ready
    assert "Its reading does not qualify by itself." in left
    assert _states(three) == [Status.SUBMITTED] * 3
    assert "None is ticked" in maya.get(HOME + "new").text
    assert "None is ticked" in maya.get(HOME + "new?pick=R-222222.1&pick=nonsense&decision=burn").text


def test_each_is_decided_by_itself_and_told(maya: Client, three: list[str]) -> None:
    answer = maya.post(HOME, data=_form("qualify", three))
    assert _states(three) == [Status.QUALIFIED, Status.QUALIFIED, Status.SUBMITTED]
    page = maya.get(answer.location).text
    assert "2 of 2 decided." in page
    assert page.count('<span class="status good">Decided</span>') == 2
    assert 'Next: <a href="/staff/referrals/' in page
    assert not [each for each in broken() if not each.startswith("P-")]


def test_one_question_goes_to_each(maya: Client, client: Client, ana: User, three: list[str]) -> None:
    assert maya.post(HOME, data=_form("ask", three, said=" ")).status_code == 422
    maya.post(HOME, data=_form("ask", three, said="Who decides?"))
    assert _states(three) == [Status.NEEDS_INFO] * 3
    assert "Who decides?" in client.as_(ana).get(f"/referrals/{_ref(three[0])}").text


def test_declines_take_a_reason_and_keep_what_qualifies(maya: Client, three: list[str]) -> None:
    wrong = maya.post(HOME, data=_form("decline", three, said="Kept words"))
    assert (wrong.status_code, "Kept words" in wrong.text, "Please choose" in wrong.text) == (422, True, True)
    assert maya.post(HOME, data=_form("decline", three, reason="no_fit")).status_code == 303
    assert _states(three) == [Status.SUBMITTED, Status.SUBMITTED, Status.DECLINED]
    none = maya.post(HOME, data=_form("decline", three[:2], reason="no_fit"))
    assert (none.status_code, "None of them can be decided this way" in none.text) == (422, True)


def test_a_decline_without_a_sentence_where_one_is_needed_is_told(maya: Client, three: list[str]) -> None:
    answer = maya.post(HOME, data=_form("decline", three[2:], reason="other"))
    page = maya.get(answer.location).text
    assert "Say in a sentence why; the partner reads it." in page
    assert "0 of 1 decided." in page


def test_what_changed_meanwhile_is_left(maya: Client, three: list[str]) -> None:
    other = make.staff(Role.QUALIFIER)
    actions.ask(other, sales.again(_ref(three[0])), seen_version=1, now=clock.now(), question="Who?")
    db.session.commit()
    page = maya.get(HOME + "new", query_string=_form("qualify", three)).text
    assert "Somebody changed it since you ticked it." in page
    assert f'name="pick" value="{three[0]}"' in page
    maya.post(HOME, data=_form("qualify", three))
    assert _states(three) == [Status.NEEDS_INFO, Status.QUALIFIED, Status.SUBMITTED]


def test_another_partners_claim_is_not_overridden(maya: Client, three: list[str]) -> None:
    sales.referral(sales.lead(name="Carl"), clock.now(), company="Alpha", website="alpha.example")
    page = maya.get(HOME + "new", query_string=_form("qualify", three[:2])).text
    assert "Another partner has introduced this company." in page
    maya.post(HOME, data=_form("qualify", three[:2]))
    assert _states(three)[:2] == [Status.SUBMITTED, Status.QUALIFIED]


def test_a_double_click_decides_once(maya: Client, three: list[str]) -> None:
    body = _form("qualify", three) | {FIELD: new_key()}
    first, second = (maya.post(HOME, data=body) for _ in range(2))
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    assert [sales.again(_ref(pick)).version for pick in three] == [2, 2, 1]


def test_what_was_broken_off_goes_on(maya: Client, client: Client, ana: User, three: list[str]) -> None:
    by = make.staff(Role.QUALIFIER)
    picks = [(_ref(pick), 1) for pick in three]
    batch = batches.begin(by, picks, decision=Decision.ASK, said="Who?", now=clock.now())
    batches.decide(by, batch, picks[0][0], now=clock.now())
    db.session.commit()
    ref = batch.ref
    assert maya.get(HOME + ref).status_code == 404
    client.as_(by)
    assert "2 of 3 have not had their turn." in client.get(HOME + ref).text
    for _ in range(2):
        assert client.post(f"{HOME}{ref}/continuation").status_code == 303
    assert "3 of 3 decided." in client.get(HOME + ref).text
    assert _states(three) == [Status.NEEDS_INFO] * 3
    assert queries.own(by, ref).said == ""


def test_at_most_fifty(maya: Client, app: Flask) -> None:
    by = make.staff(Role.QUALIFIER)
    many = [(f"R-{n:06}", 1) for n in range(MOST + 1)]
    with pytest.raises(Refused, match="At most 50"):
        batches.begin(by, many, decision=Decision.ASK, said="Who?", now=clock.now())


def test_two_who_go_on_at_once_decide_each_once(app: Flask, ana: User, three: list[str]) -> None:
    by = sales.detached(make.staff(Role.QUALIFIER))
    picks = [(_ref(pick), 1) for pick in three]
    given: dict[str, Any] = {"decision": Decision.DECLINE, "reason": DeclineReason.NO_FIT, "said": "No."}
    batch = batches.begin(by, picks, now=clock.now(), **given)
    db.session.commit()
    ref, app_refs = batch.ref, [_ref(pick) for pick in three]

    def turn() -> None:
        while one := batches.next_in(locked := queries.own(by, ref, to_change=True)):
            try:
                batches.decide(by, locked, one, now=clock.now())
            except Refused as refusal:
                db.session.rollback()
                batches.leave(queries.own(by, ref, to_change=True), one, str(refusal), now=clock.now())
            db.session.commit()

    turns: list[Callable[[], None]] = [turn] * 3
    assert at_once(app, *turns) == []
    db.session.expire_all()
    assert [row[2] for row in queries.own(by, ref).rows] == ["left", "left", "done"]
    assert [sales.again(each).version for each in app_refs] == [1, 1, 2]
