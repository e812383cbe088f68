"""What the two sides wrote to each other on some referrals."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.auth.models import User
from portal.conversation import actions as conversation
from portal.conversation.file_rules import Upload, look
from portal.seeds.agenda import Agenda

# By the domain of the company: days ago, hour, minute, who, what; a note for our own people begins with NOTE.
NOTE = "NOTE "
TALKS: dict[str, tuple[tuple[int, int, int, str, str], ...]] = {
    "nordlys-as.example": (
        (7, 11, 20, "maya", "Thank you for Nordlys. Is the contract with their current vendor really ending in March?"),
        (6, 9, 5, "ben", "Yes, Ida told me so on the phone. She sent the list of what they run today, it is attached."),
        (6, 9, 40, "maya", "NOTE @Sam Denmark is yours if this qualifies. They run two of the systems we replace."),
        (1, 16, 10, "ben", "@Maya Ida asks whether you could meet in Copenhagen the week after next."),
    ),
    "penrose-bakeries.example": (
        (20, 15, 30, "sam", "I reached Judith today. She wants to see it with her dispatch team on site."),
        (20, 16, 2, "ana", "Good. Mind that their dispatch starts at four in the morning: come before ten."),
        (14, 13, 15, "sam", "We were there. I write up what they need, and send you the next step by Friday."),
    ),
}
FILE = {
    (6, 9, 5): look(
        "nordlys systems.csv",
        b"system,users,contract until\nFieldDesk,41,2027-03-31\nOffice spreadsheets,12,\nRouteplan,9,2027-06-30\n",
    )
}
PHONES = {"maya": "+49 30 901 820 14", "sam": "+49 30 901 820 22", "ben": "+44 161 496 0182"}


class Talking:
    def __init__(self, people: dict[str, User]) -> None:
        self.people = people

    def plan(self, agenda: Agenda) -> None:
        agenda.on(agenda.at(180, 12), self._give_phones)
        for domain, said in TALKS.items():
            for days_ago, hour, minute, by, text in said:
                file = FILE.get((days_ago, hour, minute))
                agenda.on(agenda.at(days_ago, hour, minute), self._says(agenda, domain, by, text, file))

    def _give_phones(self, at: datetime) -> None:
        for key, phone in PHONES.items():
            self.people[key].phone = phone

    def _says(self, agenda: Agenda, domain: str, by: str, text: str, file: Upload | None) -> Callable[[datetime], None]:
        def say(at: datetime) -> None:
            given: dict[str, Any] = {"text": text.removeprefix(NOTE), "is_internal": text.startswith(NOTE)}
            files = [file] if file else []
            conversation.write(self.people[by], agenda.introduced[domain], now=at, files=files, **given)

        return say
