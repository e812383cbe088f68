"""What is found is what somebody finds who reads every row: whatever is typed, in whatever letters."""

import random

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import search
from portal.auth.models import User
from portal.extensions import db
from portal.referrals import queries
from portal.referrals.lists import WORDS
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.support import make, sales

NAMES = (
    *(
        "Öztürk & Söhne GmbH",
        "100% Solar AG",
        "under_score Ltd",
        'The "Quoted" Inc',
        "O'Brien; DROP TABLE",
        "a*b NEAR(c)",
    ),
    *("back\\slash SA", "Łódź Stal", "ÅNGSTRÖM AB", "café Crème", "AS OR NOT", "Under Score", "100 Solar", "Ozturk"),
)
NASTY = ("%%%", "___", '"""', "''';", "\\\\\\", "un%re", "r_s", "0% ", "* b", "OR N", "ÖZT", "ström", "łód", "É CR")


@pytest.fixture
def readers(app: Flask) -> tuple[User, User]:
    sales.program()
    lead = sales.lead()
    for name in NAMES:
        sales.referral(lead, company=name, contact_name=f"Max {name[::-1]}")
    return make.staff(), lead


def typed() -> list[str]:
    """Parts of the names, as they stand and in other letters, and what means something to a database."""
    chance = random.Random(11)  # noqa: S311  (the same each time)
    parts = {name[at : at + size].strip() for name in NAMES for size in (3, 4, 7) for at in range(len(name) - size + 1)}
    some = chance.sample(sorted(each for each in parts if len(each) >= search.LEAST), 25)
    return [*NASTY, *some, *(each.upper() for each in some), *(each.lower() for each in some)]


def test_words_are_found_as_by_somebody_who_reads_every_row(readers: tuple[User, User]) -> None:
    staff, lead = readers
    rows = db.session.scalars(all_partners(sa.select(Referral), "a test")).all()
    texts = {row.id: [str(getattr(row, name) or "") for name in WORDS.columns] for row in rows}
    for each in typed():
        by_hand = {id_ for id_, text in texts.items() if any(each.lower() in part.lower() for part in text)}
        assert set(search.everywhere(WORDS, queries.visible_to(staff), each).ids) == by_hand, each
        inside = search.inside(WORDS, each)
        own = queries.visible_to(lead, Referral.id).where(inside.asked.of(Referral))
        assert set(db.session.scalars(own, inside.values)) == by_hand, each
