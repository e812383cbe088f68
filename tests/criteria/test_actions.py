"""Drafting and publishing: two people, one version after the other, each on record."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.criteria import actions, queries
from portal.criteria.models import CriteriaVersion
from portal.criteria.words import default_data
from portal.errors import Refused
from portal.extensions import db
from portal.proof import broken
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.support import agreements, make, sales
from tests.support.make import NOON
from tests.support.past_the_guards import tampered
from tests.support.threads import at_once

ONLY_AUSTRIA = default_data() | {"territories": ["AT"]}


def editor() -> User:
    return agreements.person(Role.CONTENT_EDITOR)


def drafted(by: User | None = None, **changes: Any) -> CriteriaVersion:
    version = actions.draft(by, data=ONLY_AUSTRIA | changes, now=NOON)
    db.session.commit()
    return version


def of_criteria() -> list[str]:
    return [each for each in broken() if "of the criteria" in each]


def test_a_referral_is_read_against_what_was_published_before_it_and_keeps_that(app: Flask) -> None:
    sales.program()
    lead = sales.lead()
    before = sales.referral(by=lead)
    version = drafted(editor())
    still = sales.referral(by=lead)
    actions.publish(editor(), version, now=NOON)
    db.session.commit()
    after = sales.referral(by=lead)
    read = all_partners(sa.select(Referral.ref, Referral.criteria_number), "a test")
    found = {row.ref: row.criteria_number for row in db.session.execute(read)}
    assert [found[each.ref] for each in (before, still, after)] == [1, 1, 2]
    assert not of_criteria()


def test_the_author_does_not_publish(app: Flask) -> None:
    author = editor()
    version = drafted(author)
    with pytest.raises(Refused, match="invite a second person as content editor or program admin"):
        actions.publish(author, version, now=NOON)
    agreements.admin(name="Adam")
    with pytest.raises(Refused, match="somebody else publishes it: Adam can"):
        actions.publish(author, version, now=NOON)


def test_only_the_newest_version_is_published_and_only_once(app: Flask) -> None:
    old, new = drafted(), drafted(territories=["AT", "DE"])
    with pytest.raises(Refused, match="Version 2 took the place of version 1"):
        actions.publish(editor(), old, now=NOON)
    actions.publish(editor(), new, now=NOON)
    with pytest.raises(Refused, match="already published"):
        actions.publish(editor(), new, now=NOON)
    with pytest.raises(Refused, match="Version 2 took the place"):
        actions.publish(editor(), old, now=NOON)
    assert queries.published().version == 2


def test_of_two_who_publish_at_once_one_does(app: Flask) -> None:
    number = drafted().number
    people = [editor(), editor()]

    def publish(by: User) -> None:
        actions.publish(by, queries.one(number), now=NOON)
        db.session.commit()

    raised = at_once(app, *(lambda by=by: publish(by) for by in people))
    assert [str(each) for each in raised] == ["Version 1 is already published."]
    assert not of_criteria()


def test_a_draft_says_something_new_and_begins_from_the_newest(app: Flask) -> None:
    drafted()
    with pytest.raises(Refused, match="Version 1 says exactly this already"):
        drafted()
    with pytest.raises(Refused, match="Version 1 was written since you began from version 0"):
        actions.draft(editor(), data=default_data(), seen_number=0, now=NOON)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE criteria_versions SET published_by_id = created_by_id", "nobody but its author published it"),
        ("UPDATE criteria_versions SET published_by_id = NULL", "nobody but its author published it"),
        ("UPDATE criteria_versions SET number = 2", "Version 1 of the criteria is missing"),
        ("DELETE FROM events WHERE kind = 'CriteriaPublished'", "No event CriteriaPublished tells of version 1"),
    ],
)
def test_the_proof_finds(app: Flask, change: str, sentence: str) -> None:
    actions.publish(editor(), drafted(editor()), now=NOON)
    db.session.commit()
    assert not of_criteria()
    tampered(change)
    assert any(sentence in each for each in of_criteria())


def test_names_of_publishers_leave_out_the_author(app: Flask) -> None:
    author = agreements.person(Role.CONTENT_EDITOR, name="Edith")
    agreements.admin(name="Adam")
    make.staff(Role.AUDITOR, name="Audrey")
    assert queries.publishers(drafted(author)) == ["Adam"]
