"""What is held of people: why, how long, and what becomes of it then.

A class of data is a `Kind`; what has its own time is a `Keep`, with the months that a program admin sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Refused
from portal.months import months_after


class Subject(StrEnum):
    """Who a person is to the portal."""

    PROSPECT = "prospect"
    USER = "user"


class Reason(StrEnum):
    """Why a person is erased."""

    ASKED = "asked"
    CONSENT = "consent"
    MISTAKE = "mistake"


REASON_LABEL = {
    Reason.ASKED: "The person asked for it",
    Reason.CONSENT: "The person took back their consent, or objected",
    Reason.MISTAKE: "It should never have been entered",
}


class JobState(StrEnum):
    """Of an erasure, an export or a nightly run."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"
    GONE = "gone"
    """An export whose file was taken away again."""


class Kind(StrEnum):
    """A class of what is stored: every text column of the program stands in one."""

    PROSPECT = "prospect"
    ACCOUNT = "account"
    SIGN_IN = "sign_in"
    MAIL = "mail"
    AGREEMENT = "agreement"
    MONEY = "money"
    COMPANY = "company"
    TEXT = "text"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Class:
    label: str
    holds: str
    purpose: str
    basis: str
    erased: str
    """What becomes of it when it is erased."""


CLASSES: dict[Kind, Class] = {
    Kind.PROSPECT: Class(
        "Prospects",
        "Name, job title, mail address and phone of the contact, and what is told and written about them",
        "To get in touch about what they need, and to credit the introduction",
        "Consent, stated by the partner when it introduces them (Art. 6(1)(a) GDPR)",
        "Emptied. The referral, its company, its dates and its deal stay, without the person.",
    ),
    Kind.ACCOUNT: Class(
        "Accounts",
        "Name, mail address and settings of partners' people and of staff",
        "To let them work here, and to say who did what",
        "The agreement with their company, or their employment (Art. 6(1)(b) and (f) GDPR)",
        "Closed. The name becomes a pseudonym, under which what they did stays on record.",
    ),
    Kind.SIGN_IN: Class(
        "Sign-in traces",
        "Network addresses, browsers, factors and links with which somebody signed in",
        "To keep everybody else out, and to show people where they are signed in",
        "Security of the portal (Art. 6(1)(f) and Art. 32 GDPR)",
        "Deleted.",
    ),
    Kind.MAIL: Class(
        "Mails",
        "What the portal wrote, and to whom",
        "To tell people what happened, and to prove that it was told",
        "The agreement with their company (Art. 6(1)(b) GDPR)",
        "Emptied; that a mail left, and when, stays. Mails to others keep their text without the name.",
    ),
    Kind.AGREEMENT: Class(
        "Signed agreements",
        "Who signed: name, mail address, network address and browser; the signed PDF",
        "To prove what was agreed",
        "Legal duty to keep business letters and contracts (Art. 6(1)(c) GDPR)",
        "Kept while it is in force, and after its end for as long as the law asks. Then the name becomes a pseudonym, "
        "and the PDF is deleted.",
    ),
    Kind.MONEY: Class(
        "Statements and payments",
        "Statements, and the account that a partner is paid to",
        "To pay what was earned, and to account for it",
        "Legal duty to keep accounting records (Art. 6(1)(c) GDPR)",
        "Kept for as long as the law asks. Then the PDF and the account are deleted. The ledger has numbers only.",
    ),
    Kind.COMPANY: Class(
        "Companies",
        "Names and addresses of partners and of the companies that they introduce",
        "To know with whom we deal",
        "The agreement with the partner (Art. 6(1)(b) and (f) GDPR)",
        "Stays. Where a company is called after the person, the name is taken out.",
    ),
    Kind.TEXT: Class(
        "What the program publishes",
        "Guides, profiles, criteria, fee plans, templates of agreements, settings",
        "To run the program",
        "Written for everybody, about nobody",
        "Stays: who is named in it is taken out by whoever writes it.",
    ),
    Kind.NOTHING: Class(
        "Marks and numbers",
        "References, codes, hashes and digests",
        "To keep the records together",
        "Say nothing of a person without the rows above",
        "Stays, as a pseudonym.",
    ),
}


class Keep(StrEnum):
    """What has a time of its own."""

    PROSPECT_CLOSED = "prospect_closed"
    PROSPECT_QUALIFIED = "prospect_qualified"
    PARTNER_ACCOUNT = "partner_account"
    STAFF_ACCOUNT = "staff_account"
    SIGN_IN = "sign_in"
    MAIL = "mail"
    AGREEMENT = "agreement"
    MONEY = "money"


@dataclass(frozen=True)
class Term:
    """How long something is kept, in months."""

    label: str
    counted: str
    """From when on; goes on after “months”."""
    usual: int
    least: int
    because: str
    """Why this long, and what asks for the least."""


MOST_MONTHS = 240
TERMS: dict[Keep, Term] = {
    Keep.PROSPECT_CLOSED: Term(
        "Prospects that came to nothing",
        "after the referral was declined, withdrawn or expired, or its draft was last saved",
        6,
        1,
        "Long enough to ask again and to answer an appeal. After that nothing is done with it any more.",
    ),
    Keep.PROSPECT_QUALIFIED: Term(
        "Prospects that qualified",
        "after the deal was closed and the partner's claim has ended",
        36,
        1,
        "Claims from the deal and from the introduction fall under the usual limitation of three years.",
    ),
    Keep.PARTNER_ACCOUNT: Term(
        "Closed accounts of partners' people",
        "after the account was closed",
        12,
        1,
        "Whoever comes back within a year finds their work; questions about what they did can be asked of a name.",
    ),
    Keep.STAFF_ACCOUNT: Term(
        "Closed accounts of staff",
        "after the account was closed",
        12,
        1,
        "Decisions of the last year can be asked about by name.",
    ),
    Keep.SIGN_IN: Term(
        "Sign-in traces",
        "after the session has ended",
        3,
        1,
        "A misuse is mostly found within weeks.",
    ),
    Keep.MAIL: Term(
        "Mails that were sent",
        "after they were written",
        12,
        1,
        "Enough to show what was told, and when. What they say stands in the records too.",
    ),
    Keep.AGREEMENT: Term(
        "Signed agreements",
        "after the agreement has ended",
        120,
        72,
        "Contracts are kept for six years at least (in Germany § 257(4) HGB, § 147(3) AO), where they explain accounts "
        "for as long as those.",
    ),
    Keep.MONEY: Term(
        "Statements and payout details",
        "after the statement was issued, or the account was used last",
        120,
        96,
        "Vouchers are kept for eight years, books for ten (in Germany § 257(4) HGB, § 147(3) AO).",
    ),
}


def months_of(settings: Mapping[str, int]) -> dict[Keep, int]:
    """What holds: as set, or as usual."""
    return {keep: int(settings.get(keep, term.usual)) for keep, term in TERMS.items()}


def check_months(months: Mapping[Keep, int]) -> None:
    """Raises Refused, naming the class, for a time that is too short for the law or too long for anything."""
    for keep, number in months.items():
        least = TERMS[keep].least
        if number < least:
            raise Refused(f"At least {least} months. {TERMS[keep].because}" if least > 1 else "At least one.", keep)
        if number > MOST_MONTHS:
            raise Refused(f"At most {MOST_MONTHS} months: what is kept for ever is kept for nothing.", keep)


def months_before(at: datetime, months: int) -> datetime:
    """The same day and time that many calendar months before; a missing day is the month's last."""
    return months_after(at, -months)


def pseudonym(ref: str) -> str:
    return f"Erased person {ref}"


def pseudonym_address(ref: str) -> str:
    """An address that leads nowhere (RFC 2606), and is nobody else's."""
    return f"{ref.lower()}@erased.invalid"


ERASED_CONTACT = "an erased person"
"""What a referral calls its contact when nothing is known of them any more."""
FIND_ANOTHER = "Find another contact: what we held of this one is erased"
"""The next step of a deal that is still being worked."""
EXPORT_DAYS = 7
"""How long an export lies ready for whoever asked for it."""
RUNS_AT_HOUR = 3
"""From when on, in the program's time zone, the nightly run looks for what is past its time."""
_NIGHT_ENDS_AT_HOUR = 6


def next_night(local: datetime) -> datetime:
    """When it is next night, at the earliest this moment; `local` is a time in the program's zone."""
    if RUNS_AT_HOUR <= local.hour < _NIGHT_ENDS_AT_HOUR:
        return local
    begins = local.replace(hour=RUNS_AT_HOUR, minute=0, second=0, microsecond=0)
    return begins if begins > local else begins + timedelta(days=1)
