"""Several partners, one company: each is told of its own, and nothing in its mail is another's."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth.rules import Role
from portal.conflicts import actions as conflicts
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.scope import all_partners
from portal.sla import jobs as clocks
from tests.support import make, sales
from tests.support.mailing import mails
from tests.support.proof import broken_of_deals
from tests.support.shared import Shared, agreed, contested, won

DAY = timedelta(days=1)


def to(found: Shared, kind: str) -> dict[str, Delivery]:
    """The mail of this kind to each of the two leads."""
    written = {each.to_address: each for each in mails(kind)}
    return {person.name: written[person.email] for person in (found.hana, found.ben) if person.email in written}


def check_whose(found: Shared) -> None:
    for person, other in ((found.hana, found.second), (found.ben, found.first)):
        for each in mails():
            if each.partner_id == person.partner_id:
                said = [each.ref, each.subject, each.action_path, *map(str, each.lines)]
                assert not any(other.ref in text for text in said), (each.event_kind, said)


def breach(ref: str) -> None:
    clock = sales.clock_of(ref)
    clocks.attempt(clock.id, clock.version, clock.due_at + DAY)


def test_a_missed_promise_is_told_to_everyone_whose_deal_it_is(app: Flask) -> None:
    found, pia = agreed(), make.staff(Role.PARTNER_MANAGER)
    breach(found.deal.ref)
    ours = {each.to_address for each in mails("ClockBreached") if each.subject.startswith("Late: ")}
    assert ours == {pia.email, sales.owner_of(found.deal).email}
    told = to(found, "ClockBreached")
    assert [told[name].action_path for name in ("Hana Quist", "Ben Otieno")] == [
        f"/referrals/{found.first.ref}",
        f"/referrals/{found.second.ref}",
    ]
    assert (told["Ben Otieno"].ref, told["Ben Otieno"].subject) == (
        found.second.ref,
        "We are late: Kallwitz-Maschinenbau",
    )
    on_record = sa.select(EventRow.partner_id).where(
        EventRow.ref == found.second.ref, EventRow.kind == "SharedPromiseMissed"
    )
    assert db.session.scalars(all_partners(on_record, "a test")).all() == [found.ben.partner_id]
    check_whose(found)
    assert broken_of_deals() == []


def test_a_deal_told_to_the_end_shows_nobody_the_others_reference(app: Flask) -> None:
    found = won(agreed())
    assert {"DealMoved", "ShareAgreed", "ConflictEntered", "ClaimContested"} <= {each.event_kind for each in mails()}
    check_whose(found)


def test_a_ruling_that_is_set_aside_is_told_to_the_holder_by_their_own_reference(app: Flask) -> None:
    found = contested()
    seen = found.second.version
    conflicts.set_aside(make.staff(), found.second, seen_version=seen, now=found.second.received_at, because="Apart.")
    db.session.commit()
    told = to(found, "ConflictSetAside")
    assert [told[name].ref for name in ("Hana Quist", "Ben Otieno")] == [found.first.ref, found.second.ref]
    check_whose(found)
    assert broken_of_deals() == []


def test_a_mail_that_bears_anothers_reference_is_found(app: Flask) -> None:
    found = contested()
    (delivery, *_) = (each for each in mails() if each.partner_id == found.hana.partner_id)
    wrong = sa.update(Delivery).where(Delivery.id == delivery.id).values(ref=found.second.ref)
    db.session.execute(all_partners(wrong, "a test"))
    db.session.commit()
    assert any(f"bears {found.second.ref}, which is another company's" in each for each in broken_of_deals())
