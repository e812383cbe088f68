"""The companies of the demo program: who introduced them, when, and what became of them."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Company:
    days_ago: int
    by: str
    name: str
    domain: str
    country: str
    industry: str
    employees: int
    contact: str
    title: str
    need: str
    course: str
    """How far it came: see `portal.seeds.pipeline`."""
    euros: int


NEEDS = {
    "dispatch": "Their dispatchers keep customer notes in spreadsheets; the director wants one place for them.",
    "quotes": "Quotes take two days because prices stand in three systems. They asked who could do that in an hour.",
    "service": "Forty technicians write reports on paper. They lose about one invoice in ten over it.",
    "contract": "The contract with their current vendor ends in spring, and nobody wants to renew it.",
    "growth": "They opened two sites this year and no longer know who talks to which customer.",
    "audit": "Their auditor asked who may see customer data, and they could not answer.",
    "field": "Sales are on the road four days a week and need the customer's history on a phone.",
    "merge": "They took over a competitor and now run two customer databases side by side.",
}
_FILE = Path(__file__).with_name("companies.csv")


def companies() -> list[Company]:
    """Oldest first."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return [_company(row) for row in csv.DictReader(file)]


def _company(row: dict[str, str]) -> Company:
    numbers = {name: int(row.pop(name)) for name in ("days_ago", "employees", "euros")}
    return Company(**row | {"need": NEEDS[row["need"]]}, **numbers)  # type: ignore[arg-type]
