"""What is found is what somebody finds who reads every row: whatever is typed, in whatever letters."""

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import choices, hits, search
from portal.auth.models import User
from portal.extensions import db
from portal.referrals import queries
from portal.referrals.lists import WORDS, Wanted
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
    _, lead = readers
    rows = db.session.scalars(all_partners(sa.select(Referral), "a test")).all()
    texts = {row.id: [str(getattr(row, name) or "") for name in WORDS.columns] for row in rows}
    for each in typed():
        by_hand = {id_ for id_, text in texts.items() if any(each.lower() in part.lower() for part in text)}
        assert set(_latest(each)[0]) == by_hand, each
        inside = search.inside(WORDS, each)
        own = queries.visible_to(lead, Referral.id).where(inside.asked.of(Referral))
        assert set(db.session.scalars(own, inside.values)) == by_hand, each


OF_WHICH = {"often": 60, "every third": 33, "middling": 9, "seldom": 2, "never there": 0}
"""Words, and how many of a hundred companies have them."""


@pytest.fixture
def many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, str]]]:
    """Companies with words at random, some all at once; the database reads a few before it asks its index."""
    sales.program()
    lead, chance = sales.lead(), random.Random(7)  # noqa: S311  (the same each time)
    for number in range(90):
        words = [word for word, share in OF_WHICH.items() if chance.randrange(100) < share]
        at_once = "first of all" if number < 20 else "last of all" if number > 80 else ""
        sales.referral(lead, company=f"{' '.join(words)} {at_once} {number}".strip())
    monkeypatch.setattr(hits, "NEAR", 12)
    monkeypatch.setattr(hits, "FAR", 40)
    _forget()
    rows = db.session.execute(all_partners(sa.select(Referral.id, Referral.company), "a test"))
    yield sorted(((row.id, row.company) for row in rows), reverse=True)
    _forget()


def test_page_after_page_is_all_that_has_the_word_and_back_again(many: list[tuple[int, str]]) -> None:
    staff = make.staff()
    for word in (*OF_WHICH, "first of all", "last of all", "st of all 8", "ten", "EVERY T"):
        by_hand = [row_id for row_id, company in many if word.lower() in company.lower()]
        forth, last = _walk(staff, word, None, "next_url")
        assert forth == by_hand, word
        back, _ = _walk(staff, word, last, "previous_url")
        assert back == by_hand[: len(back)], word


def _walk(staff: User, word: str, token: str | None, way: str) -> tuple[list[int], str | None]:
    wanted, found = Wanted(has=search.all_of(WORDS, word)), list[int]()
    for _ in range(40):
        page = queries.page(staff, wanted, token=token, url=lambda at: at or "", size=5)
        ids = [row.id for row in page.rows]
        found = found + ids if way == "next_url" else ids + found
        if not getattr(page, way):
            return found, token
        token = getattr(page, way)
    raise AssertionError("it never ends")


def test_the_latest_of_them_are_the_latest(many: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """However frequent the word is, and wherever it stands."""
    for most in (3, 8, 15):
        monkeypatch.setattr(search, "MOST", most)
        _forget()
        for word in (*OF_WHICH, "first of all", "last of all"):
            by_hand = [row_id for row_id, company in many if word in company]
            assert _latest(word) == (by_hand[:most], len(by_hand) > most), (most, word)


def _latest(word: str) -> tuple[list[int], bool]:
    wanted = Wanted(few=search.latest(word, WORDS))
    page = queries.page(make.staff(), wanted, token=None, url=str, size=100)
    return sorted((row.id for row in page.rows), reverse=True), page.is_cut


def _forget() -> None:
    """Statements that were built with other numbers."""
    choices._kept.cache_clear()
    search._found.cache_clear()
