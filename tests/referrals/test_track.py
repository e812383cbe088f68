from datetime import UTC, date, datetime

import pytest

from portal.deals.rules import Stage
from portal.fees.rules import LineState
from portal.referrals.rules import Status
from portal.referrals.story import Story
from portal.referrals.track import STEPS, stand, track

CALDER = Story(
    side="partner",
    now=datetime(2026, 11, 20, 9, tzinfo=UTC),
    status=Status.SUBMITTED,
    company="Calder & Finch",
    received_at=datetime(2026, 11, 12, 10, 2, tzinfo=UTC),
    due_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
)
QUALIFIED = CALDER._replace(
    status=Status.QUALIFIED, decided_at=datetime(2026, 11, 13, 9, 40, tzinfo=UTC), deal_stage="new"
)
CONTACTED = QUALIFIED._replace(deal_stage="contacted", contacted_at=datetime(2026, 11, 16, tzinfo=UTC))
PROPOSAL = CONTACTED._replace(deal_stage="proposal", proposal_at=datetime(2026, 11, 18, tzinfo=UTC))
WON = PROPOSAL._replace(deal_stage="won", won_on=date(2026, 11, 19), fee_state="accrued")
PAYABLE = WON._replace(
    fee_state="payable", payable_at=datetime(2026, 11, 20, tzinfo=UTC), payable_on=date(2026, 12, 15)
)
PAID = PAYABLE._replace(fee_state="paid", paid_at=datetime(2026, 12, 15, tzinfo=UTC))


def day(at: datetime | date) -> str:
    return f"{at.day}.{at.month}."


def told(story: Story) -> str:
    """The track on one line: `+` done, `>` now, `-` still to come."""
    signs = {"done": "+", "now": ">", "todo": "-"}
    return ", ".join(f"{signs[step.state]}{step.label} {step.note}".strip() for step in track(story, day))


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (
            CALDER,
            "+Received 12.11., >Qualified by 24.11., -In conversation, -Proposal, -Won, -Fee payable, -Paid",
        ),
        (
            CALDER._replace(status=Status.NEEDS_INFO),
            "+Received 12.11., >Qualified after the answer, -In conversation, -Proposal, -Won, -Fee payable, -Paid",
        ),
        (
            QUALIFIED,
            "+Received 12.11., +Qualified 13.11., >In conversation by 24.11., -Proposal, -Won, -Fee payable, -Paid",
        ),
        (
            CONTACTED,
            "+Received 12.11., +Qualified 13.11., >In conversation since 16.11., -Proposal, -Won, -Fee payable, -Paid",
        ),
        (
            PROPOSAL,
            "+Received 12.11., +Qualified 13.11., +In conversation 16.11., >Proposal since 18.11., "
            "-Won, -Fee payable, -Paid",
        ),
        (
            WON,
            "+Received 12.11., +Qualified 13.11., +In conversation 16.11., +Proposal 18.11., +Won 19.11., "
            ">Fee payable being approved, -Paid",
        ),
        (
            PAYABLE,
            "+Received 12.11., +Qualified 13.11., +In conversation 16.11., +Proposal 18.11., +Won 19.11., "
            "+Fee payable 20.11., >Paid on 15.12.",
        ),
        (
            PAID,
            "+Received 12.11., +Qualified 13.11., +In conversation 16.11., +Proposal 18.11., +Won 19.11., "
            "+Fee payable 20.11., +Paid 15.12.",
        ),
        (
            WON._replace(fee_state=None, proposal_at=None),
            "+Received 12.11., +Qualified 13.11., +In conversation 16.11., +Proposal, +Won 19.11.",
        ),
        (
            QUALIFIED._replace(status=Status.DECLINED, deal_stage=None),
            "+Received 12.11., >Declined 13.11.",
        ),
        (
            CONTACTED._replace(deal_stage="lost", closed_at=datetime(2026, 12, 1, tzinfo=UTC)),
            "+Received 12.11., +Qualified 13.11., +In conversation 16.11., >Lost 1.12.",
        ),
        (
            CONTACTED._replace(deal_stage="parked", parked_until=date(2027, 2, 1)),
            "+Received 12.11., +Qualified 13.11., >In conversation parked until 1.2., "
            "-Proposal, -Won, -Fee payable, -Paid",
        ),
    ],
)
def test_the_track_tells_what_is_done_and_what_comes(story: Story, line: str) -> None:
    assert told(story) == line


@pytest.mark.parametrize(
    ("status", "stage", "fee", "place"),
    [
        (Status.DRAFT, None, None, (0, "Draft", "good")),
        (Status.UNDER_REVIEW, None, None, (1, "Received", "good")),
        (Status.DECLINED, None, None, (1, "Declined", "")),
        (Status.QUALIFIED, None, None, (3, "In conversation", "")),
        (Status.QUALIFIED, "meeting", None, (3, "In conversation", "")),
        (Status.QUALIFIED, "proposal", None, (4, "Proposal", "")),
        (Status.QUALIFIED, "parked", None, (3, "Parked", "note")),
        (Status.QUALIFIED, "lost", None, (2, "Lost", "")),
        (Status.QUALIFIED, "won", "approved", (5, "Won", "good")),
        (Status.QUALIFIED, "won", "scheduled", (6, "Fee payable", "good")),
        (Status.QUALIFIED, "won", "paid", (7, "Paid", "good")),
        (Status.QUALIFIED, "cancelled", "void", (5, "Cancelled", "")),
    ],
)
def test_a_row_shows_where_it_stands(
    status: Status, stage: str | None, fee: str | None, place: tuple[int, str, str]
) -> None:
    assert stand(status, stage, fee) == place


def test_the_track_knows_every_state_of_the_records_above() -> None:
    for status in Status:
        assert track(CALDER._replace(status=status), day) or status is Status.DRAFT
    for stage in set(Stage) - {Stage.MERGED}:  # a partner's deal is never merged into another
        for fee in (None, *LineState):
            steps = track(PAID._replace(deal_stage=stage, fee_state=fee), day)
            assert [step.state for step in steps].count("now") <= 1
            assert 5 <= len(steps) <= 7 or stage in (Stage.LOST, Stage.CANCELLED)
            assert 0 <= stand(Status.QUALIFIED, stage, fee).position <= len(STEPS)
