"""Two tabs send one draft in the same moment: it is sent once, and the other tab is told."""

from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.drafts import actions, queries
from portal.drafts.models import ReferralDraft
from portal.extensions import db
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.make import NOON
from tests.support.threads import at_once, rounds

pytestmark = pytest.mark.fuzz


def _send(by: User, ref: str, tab: int) -> None:
    """The tabs differ in a website that was corrected in one of them, so that no other rule keeps them apart."""
    actions.use(by, ref=ref, form_key=f"tab {tab}")
    referrals.submit(by, now=NOON, answers=sales.introduction(website=f"{ref.lower()}-{tab}.example"))
    db.session.commit()


def sent_twice(app: Flask, most: int) -> int:
    sales.program()
    by, count = sales.detached(sales.lead()), 0
    for _ in range(most):
        draft = actions.keep(by, ref="", form_key=f"form {make.number()}", typed={"company": "Calder"}, now=NOON)
        db.session.commit()
        db.session.expunge(draft)
        raised = at_once(app, *(partial(_send, by, draft.ref, tab) for tab in (1, 2)))
        assert all(isinstance(each, actions.Gone) for each in raised), raised
        count += not raised
    sent = sa.select(sa.func.count()).select_from(Referral)
    assert db.session.scalar(all_partners(sent, "a test")) == most + count
    left = sa.select(sa.func.count()).select_from(ReferralDraft)
    assert db.session.scalar(all_partners(left, "a test")) == 0
    return count


def test_of_two_tabs_one_sends_the_draft(app: Flask) -> None:
    assert sent_twice(app, rounds()) == 0


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_draft_that_is_read_without_a_lock_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: each tab looks whether it is there, and deletes what it can."""

    def unlocked(user: User, ref: str) -> ReferralDraft | None:
        found: ReferralDraft | None = db.session.scalar(queries.visible_to(user).where(ReferralDraft.ref == ref))
        return found

    def deleted(draft: ReferralDraft) -> None:
        gone = sa.delete(ReferralDraft).where(ReferralDraft.id == draft.id)
        db.session.execute(all_partners(gone, "a test"))

    monkeypatch.setattr(queries, "to_change", unlocked)
    monkeypatch.setattr(actions, "delete", deleted)
    assert sent_twice(app, rounds()) > 0
