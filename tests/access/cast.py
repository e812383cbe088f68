"""The two companies of the story, its staff, and what only one company's pages may say."""

from dataclasses import dataclass, field

from portal.auth.models import User
from portal.partners.models import Partner

ACCOUNTS = {
    "Quetzal": ("DE89370400440532013000", "DE02120300000000202051"),
    "Kookaburra": ("DE75512108001245126199", "DE02500105170137075030"),
}
VALUES = {"Quetzal": 2_713_100, "Kookaburra": 3_391_700}
# What only one company's pages may say: its word, its accounts as they are shown, what its deals were worth.
CANARIES = {
    "Quetzal": ("Quetzal", "•••• 3000", "•••• 2051", "27,131", "2,713.10"),
    "Kookaburra": ("Kookaburra", "•••• 6199", "33,917", "3,391.70"),
}


@dataclass
class Company:
    """One of the two, with its people and the references of all that is theirs."""

    word: str
    """Stands in every field of this company, and nowhere else."""
    partner: Partner
    people: dict[str, User] = field(default_factory=dict)
    refs: dict[str, list[str]] = field(default_factory=dict)
    own: dict[tuple[str, str], str] = field(default_factory=dict)

    def __getitem__(self, role: str) -> User:
        return self.people[role]

    def note(self, kind: str, ref: str, by: str = "") -> None:
        """Keep a reference; `by` is whose own it is, and the first that they have is the one they are tried with."""
        self.refs.setdefault(kind, []).append(ref)
        self.own.setdefault((by, kind), ref)

    def of(self, role: str, kind: str) -> str:
        return self.own[role, kind]


@dataclass
class Staff:
    people: dict[str, User]
    second: User
    """Another sales owner."""
    refs: dict[str, str] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def __getitem__(self, role: str) -> User:
        return self.people[role]
