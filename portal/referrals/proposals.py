"""What is proposed while a referral is typed, from what the partner itself knows already and from how addresses are
made. A proposal is never taken over by itself, and a hint stops nobody."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from portal.criteria.rules import COUNTRIES
from portal.errors import Refused
from portal.lookalikes.domains import domain_of
from portal.lookalikes.places import country_of_domain, country_of_phone


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What of it is read here; empty where nothing was typed yet."""

    company: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    industry: str = ""
    employees: str = ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the partner told us of this company before."""

    ref: str
    name: str
    at: datetime
    country: str = ""
    industry: str = ""
    employees: int | None = None

    @property
    def is_referral(self) -> bool:
        return self.ref.startswith("R-")


class Proposal(NamedTuple):
    field: str
    value: str
    words: str
    """On the button that takes it over."""
    because: str


def domain_in(typed: Typed) -> str:
    """Of the website, else of the mail address; nothing for what is neither, or is a mail provider's."""
    return _domain(typed.website) or _domain(typed.email)


def proposals(typed: Typed, known: Known | None) -> list[Proposal]:
    """For each field that is still empty, what it may be."""
    found = [*_website(typed), *_of_known(typed, known)]
    if not any(each.field == "country" for each in found):
        found += _country(typed)
    return found


def hints(typed: Typed) -> list[str]:
    """What somebody may want to look at once more."""
    site, mail = _domain(typed.website), _mail_domain(typed.email)
    said = []
    if site and site != typed.website.strip().lower().removeprefix("https://").removeprefix("www.").rstrip("/"):
        said.append(f"We read the website as {site}.")
    if site and mail and site != (_domain(typed.email) or mail):
        said.append(f"The mail address is at {mail}, the website is {site}. That is fine where both are theirs.")
    return said


def _website(typed: Typed) -> list[Proposal]:
    domain = _domain(typed.email)
    if typed.website.strip() or not domain:
        return []
    return [Proposal("website", domain, domain, "from the mail address")]


def _of_known(typed: Typed, known: Known | None) -> list[Proposal]:
    if known is None:
        return []
    because = "as you named them before"
    found = [("company", typed.company, known.name, known.name), ("industry", typed.industry, known.industry, "")]
    found.append(("country", typed.country, known.country, COUNTRIES.get(known.country, "")))
    people = str(known.employees or "")
    found.append(("employees", typed.employees, people, f"{people} people"))
    return [
        Proposal(field, value, words or value, because) for field, said, value, words in found if value and not said
    ]


def _country(typed: Typed) -> list[Proposal]:
    domain = domain_in(typed)
    guesses = (
        (country_of_domain(domain), f"from .{domain.rpartition('.')[2]}"),
        (country_of_phone(typed.phone), "from the phone number"),
    )
    code, because = next((guess for guess in guesses if guess[0]), ("", ""))
    return [Proposal("country", code, COUNTRIES[code], because)] if code and not typed.country else []


def _domain(address: str) -> str:
    if not address.strip():
        return ""
    try:
        return domain_of(address)
    except Refused:
        return ""


def _mail_domain(address: str) -> str:
    """Of any address, a mail provider's too."""
    host = address.strip().rpartition("@")[2].lower()
    return host if "@" in address and "." in host else ""
