"""What is begun and not sent yet, what the program asks beside the usual, and a slip of the pen that was put right."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.auth.models import User
from portal.corrections import actions as corrections
from portal.criteria import actions as criteria
from portal.criteria.queries import in_use_and_waiting, published
from portal.criteria.rules import Outcome
from portal.drafts import actions as drafts
from portal.fields import actions as fields
from portal.fields import queries
from portal.fields.rules import NO, NOT_KNOWN, YES, Answer, Kind
from portal.referrals.models import Referral
from portal.seeds.agenda import Agenda

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"label": "Which system do they use today?", "hint": "A name, or “spreadsheets”.", "kind": Kind.TEXT},
    {
        "label": "How do they know you?",
        "hint": "",
        "kind": Kind.CHOICE,
        "choices": ("A customer of ours", "A supplier of ours", "Privately", "Through others"),
    },
)
RIVAL: dict[str, Any] = {
    "label": "Do they sell software for sales or service themselves?",
    "hint": "Their own, or somebody else's.",
    "kind": Kind.YES_NO,
}
NOT_A_RIVAL = {
    "wanted": NO,
    "if_not": Outcome.DECLINE,
    "if_not_known": Outcome.VALIDATE,
    "changes": "Is it another part of the group that would use ours? Introduce that part, by its own name.",
}
DRAFTS: tuple[tuple[str, int, dict[str, str]], ...] = (
    (
        "ana",
        26,
        {
            "website": "hollins-lifts.example",
            "company": "Hollins Lifts",
            "country": "GB",
            "industry": "Lifts",
            "contact_name": "Moira Hollins",
            "contact_title": "Service Director",
            "need": "Four in ten visits are the second visit.",
            "timing": "this_quarter",
            "expected": "18,000",
        },
    ),
    ("ana", 3, {"website": "https://www.spedition-wendt.example", "contact_email": "t.wendt@spedition-wendt.example"}),
    ("ben", 50, {"company": "Garrow Cold Store", "contact_title": "Operations Manager"}),
)
"""Who, how many hours ago, what was typed by then."""
SYSTEMS = ("Spreadsheets", "", "An own development", "Two tools that do not talk", "")
MISTYPED, MEANT = "skelton-freight.example", {"employees": 380, "contact_phone": "+44 161 496 0188"}


class Typing:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people

    def plan(self, agenda: Agenda) -> None:
        agenda.on(agenda.at(230, 11, 20), self._ask_more)
        agenda.on(agenda.at(120, 10), self._ask_for_rivals)
        agenda.on(agenda.at(118, 14), self._put_to_use)
        agenda.on(agenda.at(1, 15, 40), self._propose_to_decide)
        agenda.on(agenda.at(1, 16, 10), lambda at: self._put_right(at, agenda.introduced[MISTYPED]))
        for number, (by, hours_ago, typed) in enumerate(DRAFTS):
            agenda.on(agenda.now - timedelta(hours=hours_ago), self._begins(by, f"demo-draft-{number}", typed))

    def _ask_more(self, at: datetime) -> None:
        for question in QUESTIONS:
            fields.add(self.people["admin"], **{"choices": (), "required": False, **question}, now=at)

    def _ask_for_rivals(self, at: datetime) -> None:
        asked = fields.add(self.people["admin"], **{"choices": (), "required": True, **RIVAL}, now=at)
        own = {"question": asked.ref, "label": asked.label, **NOT_A_RIVAL}
        criteria.draft(self.people["edith"], data=published().to_data() | {"own": [own]}, now=at + timedelta(hours=3))

    def _put_to_use(self, at: datetime) -> None:
        _, waiting = in_use_and_waiting()
        if waiting is not None:
            criteria.publish(self.people["admin"], waiting.row, now=at)

    def _propose_to_decide(self, at: datetime) -> None:
        """It waits for its second person."""
        criteria.draft(self.people["edith"], data=published().to_data() | {"decides": True}, now=at)

    def answers(self, number: int, *, is_rival: bool) -> list[dict[str, str]]:
        """Somebody's to the questions that are asked by now: some leave them empty, or do not know."""
        rival = YES if is_rival else NOT_KNOWN if number % 9 == 1 else NO
        said = (SYSTEMS[number % len(SYSTEMS)], QUESTIONS[1]["choices"][number % 4], rival)
        asked = zip(queries.questions(), said, strict=False)
        return [Answer(each.ref, each.label, each.kind, value).to_data() for each, value in asked if value]

    def _begins(self, by: str, form_key: str, typed: Mapping[str, str]) -> Callable[[datetime], None]:
        def begin(at: datetime) -> None:
            drafts.keep(self.people[by], ref="", form_key=form_key, typed=typed, now=at)

        return begin

    def _put_right(self, at: datetime, referral: Referral) -> None:
        meant: dict[str, Any] = {"facts": corrections.facts_of(referral) | MEANT, "currency": "EUR", "now": at}
        corrections.correct(self.people["ana"], referral, seen_version=referral.version, **meant)
