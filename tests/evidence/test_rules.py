"""What a piece of proof shows, and the grade of the introduction: the table in docs/partners.md, case by case."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.evidence.rules import (
    GRADE_OF,
    NOTHING,
    RAISED_BY,
    WHY,
    Finding,
    Grade,
    Parties,
    PieceKind,
    Shown,
    best,
    finding,
    grade,
    is_within,
    why,
)

PARTIES = Parties(
    prospect_domain="calderfinch.example",
    contact_name="Ruth Calder",
    contact_email="ruth@calderfinch.example",
    partner_domains=frozenset({"brightwater.example"}),
    partner_addresses=frozenset({"ana@brightwater.example", "ana.private@gmail.com"}),
    our_domains=frozenset({"portal.example"}),
)
RUTH, ANA, MAYA = "ruth@calderfinch.example", "ana@brightwater.example", "maya@portal.example"
DAY = date(2026, 11, 3)


def mail(sender: str, *to: str, names_us: bool = False, on: date | None = None, people: str = "") -> Shown:
    return Shown(kind=PieceKind.MAIL, sender=sender, recipients=to, names_us=names_us, on=on, people=people)


def said(kind: PieceKind, on: date | None = DAY, people: str = "Ruth Calder, Ana", says: str = "We spoke.") -> Shown:
    return Shown(kind=kind, on=on, people=people, says=says)


@pytest.mark.parametrize(
    ("piece", "found", "counts_as"),
    [
        (mail(RUTH, MAYA), Finding.PROSPECT_WROTE, "A"),
        (mail(RUTH, ANA, MAYA), Finding.PROSPECT_WROTE, "A"),
        (mail(RUTH, ANA, names_us=True), Finding.PROSPECT_WROTE, "A"),
        (mail("it@mail.calderfinch.example", MAYA), Finding.PROSPECT_WROTE, "A"),
        (mail(RUTH, ANA), Finding.PROSPECT_WITHOUT_US, "D"),
        (mail("ruth@notcalderfinch.example", MAYA), Finding.STRANGERS_MAIL, "D"),
        (mail("ruth@calderfinch.example.evil.example", MAYA), Finding.STRANGERS_MAIL, "D"),
        (mail(ANA, RUTH, MAYA), Finding.INTRODUCED_BY_MAIL, "B"),
        (mail(ANA, RUTH, names_us=True), Finding.INTRODUCED_BY_MAIL, "B"),
        (mail("ana.private@gmail.com", RUTH, MAYA), Finding.INTRODUCED_BY_MAIL, "B"),
        (mail("zoe@brightwater.example", "boss@calderfinch.example", MAYA), Finding.INTRODUCED_BY_MAIL, "B"),
        (mail("stranger@gmail.com", RUTH, MAYA), Finding.STRANGERS_MAIL, "D"),
        (mail(ANA, MAYA), Finding.MAIL_WITHOUT_PROSPECT, "D"),
        (mail(ANA, RUTH), Finding.MAIL_WITHOUT_US, "D"),
        (mail(ANA, MAYA, on=DAY, people="Ruth Calder"), Finding.NOTED, "C"),
        (mail("", RUTH, MAYA), Finding.STRANGERS_MAIL, "D"),
        (said(PieceKind.SCREENSHOT), Finding.SHOWN, "B"),
        (said(PieceKind.PDF, people="R. CALDER"), Finding.SHOWN, "B"),
        (said(PieceKind.PDF, people="their director", says="Mail from ruth@calderfinch.example"), Finding.SHOWN, "B"),
        (said(PieceKind.SCREENSHOT, people="Ana and their director"), Finding.NOTED, "C"),
        (said(PieceKind.SCREENSHOT, people="Ruth Calderwood"), Finding.NOTED, "C"),
        (said(PieceKind.SCREENSHOT, on=None), Finding.UNDATED, "D"),
        (said(PieceKind.SCREENSHOT, people="", says="Ruth Calder"), Finding.UNDATED, "D"),
        (said(PieceKind.NOTE), Finding.NOTED, "C"),
        (said(PieceKind.NOTE, on=None), Finding.UNDATED, "D"),
        (said(PieceKind.NOTE, people=""), Finding.UNDATED, "D"),
    ],
)
def test_each_piece_counts_as_the_table_says(piece: Shown, found: Finding, counts_as: str) -> None:
    assert finding(piece, PARTIES) is found
    assert grade([found]) == counts_as


def test_without_proof_it_is_the_partners_word() -> None:
    assert (grade([]), why([]), best([])) == (Grade.D, NOTHING, None)


def test_the_partners_own_domain_is_never_the_prospects() -> None:
    own = Parties(**vars(PARTIES) | {"prospect_domain": "brightwater.example"})
    assert finding(mail(ANA, MAYA), own) is not Finding.PROSPECT_WROTE


def test_no_domain_holds_no_address() -> None:
    assert not is_within("ruth@", {""})
    assert not is_within("", {"", "calderfinch.example"})


def test_every_finding_says_why_and_every_grade_but_the_best_what_would_raise_it() -> None:
    assert set(WHY) == set(GRADE_OF) == set(Finding)
    assert [each for each in Grade if not RAISED_BY[each]] == [Grade.A]


ADDRESSES = st.sampled_from(["", RUTH, ANA, MAYA, "x@gmail.com", "@", "calderfinch.example", "a@b@portal.example"])
PIECES = st.builds(
    Shown,
    kind=st.sampled_from(PieceKind),
    says=st.text(max_size=30),
    on=st.none() | st.just(DAY),
    people=st.text(max_size=30),
    sender=ADDRESSES,
    recipients=st.lists(ADDRESSES, max_size=3).map(tuple),
    names_us=st.booleans(),
)


@given(st.lists(PIECES, max_size=5), PIECES)
def test_more_proof_never_lowers_the_grade(pieces: list[Shown], one_more: Shown) -> None:
    findings = [finding(each, PARTIES) for each in pieces]
    assert grade([*findings, finding(one_more, PARTIES)]) <= grade(findings)


@given(PIECES)
def test_only_a_mail_from_their_domain_is_an_a(piece: Shown) -> None:
    if grade([finding(piece, PARTIES)]) is Grade.A:
        assert piece.kind is PieceKind.MAIL
        assert piece.sender.endswith("calderfinch.example")
