"""What partners asked before they introduced anybody, and what they hold."""

from collections.abc import Callable
from datetime import datetime, timedelta

from portal.auth.models import User
from portal.prechecks import actions as prechecks
from portal.seeds.agenda import Agenda

# Who, how many days ago, what they typed.
ASKED = (
    ("ana", 12, "Penrose Bakeries"),
    ("kim", 9, "haversham.example"),
    ("ben", 4, "Ravenhill Logistics"),
    ("ben", 4, "https://www.mertonrail.example"),
    ("carl", 3, "Stroud Joinery"),
    ("ana", 2, "Thornhill Catering"),
)
# Who read a list of companies into the check, and how often that was answered.
FISHED = ("carl", 26, ("Ahlborn", "Bergstedt", "Cordes", "Dahlke", "Eggers", "Fehling", "Gerdes", "Hansmann"))
FISHED_KINDS = ("Logistik", "Pumpen", "Druck")
HELD_HOURS_AGO = (("ana", 5, "Thornhill Catering"), ("carl", 2, "elbtal-moebel.example"))


class Asking:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people

    def plan(self, agenda: Agenda) -> None:
        for number, (by, days_ago, typed) in enumerate(ASKED):
            agenda.on(agenda.at(days_ago, 11, number * 7), self._asks(by, typed))
        by, days_ago, names = FISHED
        for number, typed in enumerate(f"{name} {kind}" for kind in FISHED_KINDS for name in names):
            agenda.on(agenda.at(days_ago, 15, number), self._asks(by, typed))
        for by, hours_ago, typed in HELD_HOURS_AGO:
            agenda.on(agenda.now - timedelta(hours=hours_ago), self._holds(by, typed))

    def _asks(self, by: str, typed: str) -> Callable[[datetime], None]:
        def ask(at: datetime) -> None:
            try:
                prechecks.check(self.people[by], typed, now=at)
            except prechecks.QuotaReached:
                prechecks.note_refused(self.people[by], typed, now=at)

        return ask

    def _holds(self, by: str, typed: str) -> Callable[[datetime], None]:
        def hold(at: datetime) -> None:
            asked = prechecks.check(self.people[by], typed, now=at)
            prechecks.hold(self.people[by], asked, now=at)

        return hold
