"""The labelled pairs, and how well the finder does on some of them."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from portal.lookalikes.domains import domain_of
from portal.lookalikes.keys import asked, stored
from portal.lookalikes.likeness import LIKELY, Company, likeness

GOAL = 0.95
_HERE = Path(__file__).parent
FIRST, LATER = "pairs.csv", "later.csv"


class Pair(NamedTuple):
    one: Company
    other: Company
    same: bool
    half: str

    def is_found(self) -> bool:
        """Whether one leads to the other, whichever was there first, and is said to be like it."""
        shares = (set(stored(self.one)) & set(asked(self.other))) and (set(stored(self.other)) & set(asked(self.one)))
        return bool(shares) and likeness(self.one, self.other).score >= LIKELY


class Figures(NamedTuple):
    precision: float
    recall: float


def pairs(half: str = "", file: str = FIRST) -> Iterator[Pair]:
    with (_HERE / file).open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if not half or row["half"] == half:
                yield Pair(_company(row, "a"), _company(row, "b"), row["same"] == "yes", row["half"])


def figures(half: str, file: str) -> Figures:
    verdicts = [(pair.same, pair.is_found()) for pair in pairs(half, file)]
    right = verdicts.count((True, True))
    return Figures(right / (right + verdicts.count((False, True))), right / (right + verdicts.count((True, False))))


def _company(row: dict[str, str], which: str) -> Company:
    website = row[f"domain_{which}"]
    return Company(row[f"name_{which}"], domain_of(website) if website else "")
