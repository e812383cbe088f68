import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest

from portal.deals.rules import Stage
from portal.fees.rules import LineState
from portal.referrals.next_sentence import Next, next_sentence
from portal.referrals.rules import Status
from portal.referrals.story import Story

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CALDER = Story(
    side="partner",
    now=NOW,
    status=Status.QUALIFIED,
    deal_stage="new",
    company="Calder & Finch",
    contact="Ruth Calder",
    partner="Brightwater",
    person="Sam Ortega",
    due_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
)
BARE = Story(side="partner", now=NOW, status=Status.SUBMITTED, company="Calder & Finch")


def fmt(at: datetime | date) -> str:
    return f"{at.day}.{at.month}."


def said(**changes: Any) -> Next:
    return next_sentence(CALDER._replace(**changes), fmt)


def test_it_says_who_does_what_by_when() -> None:
    assert said() == (
        "Sam Ortega contacts Ruth Calder by 24.11..",
        "You hear from us the same day, whatever comes of it.",
        "",
    )


def test_the_same_is_due_for_staff() -> None:
    assert said(side="staff").tone == "due"


@pytest.mark.parametrize("side", ["partner", "staff"])
@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.UNDER_REVIEW, Status.CONFLICT, Status.QUALIFIED])
def test_where_we_are_late_we_say_so(side: Literal["partner", "staff"], status: Status) -> None:
    late = said(side=side, status=status, now=NOW + timedelta(days=9))
    assert late.tone == "late"
    assert "due since 24.11." in late.sentence
    assert side == "staff" or "added to your protection" in late.small


def test_a_step_says_by_when_and_since_when_it_is_due() -> None:
    step = {"deal_stage": "contacted", "next_step": "Arrange a meeting."}
    assert said(**step, next_step_on=NOW.date()).sentence == "Sam Ortega: Arrange a meeting, by 20.11.."
    assert said(**step, next_step_on=date(2026, 11, 9)).sentence == "Sam Ortega: Arrange a meeting, due since 9.11.."


def test_a_question_is_the_partners_turn_and_not_ours() -> None:
    asked = {"status": Status.NEEDS_INFO, "question": "Who decides on the budget?", "person": "Maya"}
    assert said(**asked) == (
        "Maya asks: “Who decides on the budget?”",
        "Our clock is paused until you answer. Your claim is not affected.",
        "due",
    )
    assert said(side="staff", **asked).tone == ""


def test_a_decline_names_its_reason_and_the_way_back() -> None:
    declined = said(
        status=Status.DECLINED, decided_at=NOW, reason="It is outside the territory.", way_back="Name an office."
    )
    assert declined == ("Declined on 20.11.. It is outside the territory.", "Name an office.", "")


def test_the_owners_own_next_step_goes_first() -> None:
    step = said(deal_stage="proposal", next_step="They decide in the week of 30 Nov.", next_step_on=date(2026, 11, 30))
    assert step.sentence == "Sam Ortega: They decide in the week of 30 Nov, by 30.11.."


@pytest.mark.parametrize(
    ("fee_state", "sentence", "small"),
    [
        (None, "Calder & Finch signed on 29.10..", "Your terms pay nothing for this deal."),
        ("accrued", "Finance approves your fee.", "It is paid on 15.12.."),
        ("payable", "We pay your fee on 15.12..", "It is on your statement."),
        ("paid", "Your fee was paid on 20.11..", "Nothing is left to do."),
    ],
)
def test_after_the_win_it_speaks_of_the_fee(fee_state: str | None, sentence: str, small: str) -> None:
    won = said(
        deal_stage="won", won_on=date(2026, 10, 29), fee_state=fee_state, payable_on=date(2026, 12, 15), paid_at=NOW
    )
    assert (won.sentence, won.small) == (sentence, small)


def test_what_people_wrote_is_never_taken_for_a_template() -> None:
    assert said(status=Status.NEEDS_INFO, question="{person.__class__}").sentence.endswith("“{person.__class__}”")


@pytest.mark.parametrize("side", ["partner", "staff"])
@pytest.mark.parametrize("story", [BARE, CALDER])
def test_there_is_a_sentence_for_every_state(side: Literal["partner", "staff"], story: Story) -> None:
    told = [story._replace(side=side, status=status) for status in Status]
    told += [CALDER._replace(side=side, deal_stage=stage) for stage in Stage if stage is not Stage.MERGED]
    told += [CALDER._replace(side=side, deal_stage="won", fee_state=state) for state in LineState]
    for one in told:
        words = next_sentence(one, fmt)
        assert re.fullmatch(r"[A-Z][^{}]*[.”]", words.sentence)
        assert "  " not in words.sentence + words.small
        assert "None" not in words.sentence + words.small
