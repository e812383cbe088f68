from datetime import timedelta

from flask import Flask

from portal.events import KINDS
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.notifications.rules import ALWAYS_TOLD, DeliveryState
from portal.proof import broken
from tests.support import sales
from tests.support.make import NOON
from tests.support.past_the_guards import tampered


def test_an_event_that_nobody_was_told_of_is_found(app: Flask) -> None:
    sales.program()
    sent = sales.referral(sales.lead())
    assert not [each for each in broken() if "told of" in each]
    tampered("DELETE FROM deliveries")
    assert any(f"(ReferralSubmitted of {sent.ref})" in each for each in broken())


def test_an_old_event_is_not_looked_for(app: Flask) -> None:
    sales.program()
    lead = sales.lead()
    sales.referral(lead)
    tampered("DELETE FROM deliveries")
    sales.referral(lead, NOON + timedelta(days=4))
    assert not [each for each in broken() if "told of" in each]


def test_a_message_that_the_worker_passed_over_is_found(app: Flask) -> None:
    forgotten = write_to("a@b.example", "Forgotten", [], now=NOON)
    later = write_to("a@b.example", "Later", [], now=NOON + timedelta(days=3))
    db.session.commit()
    assert not [each for each in broken() if forgotten.message_id in each]
    later.state, later.sent_at = DeliveryState.SENT, NOON + timedelta(days=4)
    db.session.commit()
    assert [each for each in broken() if forgotten.message_id in each]


def test_the_kinds_that_always_tell_somebody_exist() -> None:
    assert set(KINDS) >= ALWAYS_TOLD
