"""What is held, said in words: for the page of a referral, the form, and whoever looks after personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.formats import counted, day_words, local_day
from portal.months import months_after
from portal.privacy.rules import TERMS, Keep, Kind, months_of
from portal.referrals.notices import CURRENT, NOTICES
from portal.referrals.rules import Status

_CAME_TO_NOTHING = frozenset({Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED})


@dataclass(frozen=True)
class Holding:
    """One class of what is held of a person, and where."""

    kind: Kind
    where: str
    until: str
    stays: bool = False
    """The law asks for it: it outlasts an erasure."""


def why_kept(referral: Any, settings: Mapping[str, int], *, closed_at: datetime | None, claim: Any) -> str:
    """“We keep this to … because … Until …”, for one referral. `claim` is its protection, where there is one."""
    if referral.erased_at is not None:
        return f"What was held of the contact was erased on {local_day(referral.erased_at)}."
    notice = NOTICES[referral.notice_number]
    until = _until(referral, months_of(settings), closed_at, claim)
    return f"To {notice.purpose_words}, because {notice.basis_words}. {until}"


def told_on_the_form(settings: Mapping[str, int]) -> str:
    months = months_of(settings)
    return (
        f"We keep this to {CURRENT.purpose_words}, because {CURRENT.basis_words}. What tells of the contact is erased "
        f"{_months(months[Keep.PROSPECT_CLOSED])} after a referral that came to nothing, and "
        f"{_months(months[Keep.PROSPECT_QUALIFIED])} after the end of one that became a deal; sooner if they ask."
    )


def ends_at(referral: Any, months: Mapping[Keep, int], closed_at: datetime | None, claim: Any) -> datetime | None:
    """When it is erased by itself; None while it is still being worked."""
    if referral.status in _CAME_TO_NOTHING:
        since: datetime = referral.decided_at or referral.received_at
        return months_after(since, months[Keep.PROSPECT_CLOSED])
    if referral.status is Status.QUALIFIED and closed_at is not None and claim is not None:
        over_at: datetime = max(closed_at, claim.tail_ends_at)
        return months_after(over_at, months[Keep.PROSPECT_QUALIFIED])
    return None


def _until(referral: Any, months: Mapping[Keep, int], closed_at: datetime | None, claim: Any) -> str:
    at = ends_at(referral, months, closed_at, claim)
    if at is not None:
        return f"Until {local_day(at)}; then what tells of the contact is erased."
    qualified = months[Keep.PROSPECT_QUALIFIED]
    if referral.status is Status.QUALIFIED:
        return f"Until {_months(qualified)} after the deal and the claim have ended; then it is erased."
    closed = months[Keep.PROSPECT_CLOSED]
    return f"Until {_months(closed)} after it came to nothing, or {_months(qualified)} after its deal has ended."


def kept_until(keep: Keep, settings: Mapping[str, int], since: datetime | None) -> str:
    """For a class with its own time: the day, or how long after what."""
    months = months_of(settings)[keep]
    if since is None:
        return f"{_months(months)} {TERMS[keep].counted}"
    return f"until {local_day(months_after(since, months))}"


@dataclass(frozen=True)
class NightlyLine:
    """A class on the page of the settings, with what comes next."""

    keep: Keep
    label: str
    counted: str
    because: str
    months: int
    usual: int
    least: int
    ahead: str


def nightly_lines(settings: Mapping[str, int], ahead: Mapping[str, Any]) -> list[NightlyLine]:
    months = months_of(settings)
    return [
        NightlyLine(
            keep,
            each.label,
            each.counted.capitalize(),
            each.because,
            months[keep],
            each.usual,
            each.least,
            _ahead(ahead.get(keep)),
        )
        for keep, each in TERMS.items()
    ]


def _ahead(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "known after the first night"
    if not found["count"]:
        return "nothing in the next 30 days"
    first = day_words(date.fromisoformat(found["on"]))
    return f"{found['count']:,} in the next 30 days, the first on {first}"


def erased_words(counts: Mapping[str, int]) -> str:
    """What a run or an erasure emptied: `3 prospects, 12 mails`."""
    nouns = {
        "prospects": "prospect",
        "accounts": "account",
        "drafts": "draft",
        "sessions": "sign-in trace",
        "traces": "sign-in trace",
        "mails": "mail",
        "mentions": "text of others",
        "agreements": "agreement",
        "payments": "statement or account",
    }
    said = [_number(counts[name], noun) for name, noun in nouns.items() if counts.get(name)]
    return ", ".join(said)


def _number(number: int, noun: str) -> str:
    irregular = {"text of others": "texts of others", "statement or account": "statements or accounts"}
    if number > 1 and noun in irregular:
        return f"{number:,} {irregular[noun]}"
    return counted(number, noun)


def _months(number: int) -> str:
    return counted(number, "month")
