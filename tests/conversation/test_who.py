"""Whom a conversation can speak to, and who is told: by their side, their reach, and whether they are here at all."""

import itertools
from typing import Any

import pytest
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.conversation import actions, who
from portal.extensions import db
from tests.conversation.people import Cast, cast
from tests.support import make, sales
from tests.support.make import NOON


@pytest.fixture
def people(app: Flask) -> Cast:
    """With somebody of each side who is gone, and one who has no name yet."""
    made = cast()
    sides = ((made.ben.partner_id, Role.PARTNER_ADMIN), (None, Role.QUALIFIER))
    absent: list[dict[str, Any]] = [{"name": "Gone", "disabled_at": NOON}, {"name": ""}]
    for (partner_id, role), given in itertools.product(sides, absent):
        make.user(role, partner_id=partner_id, **given)
    db.session.commit()
    return made


def names(people: Cast, by: User, *, is_internal: bool = False) -> set[str]:
    return set(who.can_be_mentioned(by, people.bens, is_internal=is_internal).values())


def test_our_people_speak_to_who_writes_and_to_who_sees_it(people: Cast) -> None:
    assert names(people, people.maya) == {"Sam Ortega", "Ana Ferreira", "Ben Okafor"}
    assert names(people, people.maya, is_internal=True) == {"Sam Ortega"}


def test_a_partner_speaks_to_colleagues_who_see_it_and_to_who_has_it_or_wrote_on_it(people: Cast) -> None:
    other = sales.referral(people.ben)
    assert names(people, people.ben) == {"Ana Ferreira", "Maya Lind"}
    actions.write(people.sam, people.bens, text="For us", now=NOON, is_internal=True)
    actions.write(people.sam, other, text="Elsewhere", now=NOON)
    assert names(people, people.ben) == {"Ana Ferreira", "Maya Lind"}
    actions.write(people.sam, people.bens, text="Here", now=NOON)
    assert names(people, people.ben) == {"Ana Ferreira", "Maya Lind", "Sam Ortega"}


def test_who_introduced_them_and_who_wrote_here_is_told(people: Cast) -> None:
    other = sales.referral(people.ben)
    actions.write(people.ana, other, text="Elsewhere", now=NOON)
    actions.write(people.maya, people.bens, text="Here", now=NOON)
    assert who.told_of_partner(people.bens) == {people.ben.id}
    actions.write(people.ana, people.bens, text="Here", now=NOON)
    assert who.told_of_partner(people.bens) == {people.ben.id, people.ana.id}


def test_of_those_who_are_told_some_may_read_it_no_more(people: Cast) -> None:
    everybody = (people.ana, people.ben, people.kim, people.fay, people.carl, people.maya, people.sam, people.audrey)
    gone = [make.staff(disabled_at=NOON), make.partner_user(partner_id=people.ben.partner_id, disabled_at=NOON)]
    read = who.who_may_read(people.bens, [each.id for each in (*everybody, *gone)])
    assert read == {each.id for each in (people.ana, people.ben, people.maya, people.sam, people.audrey)}
    assert who.who_may_read(people.bens, [people.ben.id, people.kim.id]) == {people.ben.id}


def test_whoever_is_gone_has_it_no_more(people: Cast) -> None:
    first = who.contact(people.bens)
    assert first.name == "Maya Lind"
    maya = db.session.merge(people.maya)
    maya.disabled_at = NOON
    db.session.flush()
    assert who.contact(people.bens).name != "Maya Lind"
