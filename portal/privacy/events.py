from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class ErasureAsked(Event):
    """`subject_ref` is the account, or the first referral, of the person."""

    subject_ref: str
    reason: str

    sentence: ClassVar[str] = "{by} asked to erase the person of {subject_ref}."


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """`digest` is of the mail address, keyed and salted; the salt stands in the erasure."""

    subject_ref: str
    reason: str
    digest: str

    sentence: ClassVar[str] = "What was held of the person of {subject_ref} is erased."


@dataclass(frozen=True, kw_only=True)
class ContactErased(Event):
    """Of one referral, told to its partner."""

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "What was held of the contact is erased."


@dataclass(frozen=True, kw_only=True)
class PersonExportAsked(Event):
    subject_ref: str

    sentence: ClassVar[str] = "{by} asked for a copy of what is held of the person of {subject_ref}."


@dataclass(frozen=True, kw_only=True)
class FileReleased(Event):
    """Of one referral, whose file goes along with the contact's copy."""

    file_ref: str

    sentence: ClassVar[str] = "{by} looked at the file {file_ref} and let it go along with the contact's copy."


@dataclass(frozen=True, kw_only=True)
class RetentionChanged(Event):
    sentence: ClassVar[str] = "{by} changed how long personal data is kept."


@dataclass(frozen=True, kw_only=True)
class RetentionRan(Event):
    """How much of each class was past its time."""

    prospects: int
    accounts: int
    sessions: int
    mails: int
    agreements: int
    payments: int

    sentence: ClassVar[str] = (
        "The nightly run erased what is past its time: prospects {prospects}, accounts {accounts}, "
        "sign-in traces {sessions}, mails {mails}, agreements {agreements}, statements and accounts {payments}."
    )
