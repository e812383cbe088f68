"""What a conversation on a referral holds to: its limits, whom it reaches, why a mail is not taken."""

from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Refused

TEXT_MOST = 10_000
FILES_MOST = 5
SHOWN = 20
"""How many messages stand on the page of a referral; the earlier ones have a page of their own."""

REPLY_HOLDS = timedelta(days=90)
REPLIES_AN_HOUR = 20
MAIL_BYTES_MOST = 25 * 1024 * 1024
REFUSED_MOST = 500
"""How many refused mails are remembered: whoever floods the address does not flood the database."""


class Reply(StrEnum):
    """What an answer by mail becomes."""

    MESSAGE = "message"
    NOTE = "note"
    """Read by our own people only."""
    ANSWER = "answer"
    """To the question that a referral waits for."""


class Trouble(StrEnum):
    """Why a mail was not taken."""

    UNKNOWN_ADDRESS = "unknown_address"
    EXPIRED = "expired"
    NOBODY = "nobody"
    OTHER_SENDER = "other_sender"
    NOT_ALLOWED = "not_allowed"
    AUTOMATIC = "automatic"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


TROUBLE_SAYS: dict[Trouble, str] = {
    Trouble.UNKNOWN_ADDRESS: "It was sent to an address that is not one of ours, or was not copied whole.",
    Trouble.EXPIRED: "The address that it was sent to takes no mails any more: it was given out over 90 days ago.",
    Trouble.NOBODY: "The account that this address was given out for is closed, or sees the referral no more.",
    Trouble.OTHER_SENDER: "It came from another address than the one that our mail went to.",
    Trouble.NOT_ALLOWED: "The sender may read this referral and not write on it.",
    Trouble.AUTOMATIC: "It was an automatic mail: an absence note, a bounce or a mailing list.",
    Trouble.TOO_MANY: f"More than {REPLIES_AN_HOUR} mails came to the same address within an hour.",
    Trouble.TOO_LARGE: "It is larger than 25 MB.",
    Trouble.EMPTY: "Nothing stands in it but what was quoted, and no file came with it.",
    Trouble.UNREADABLE: "It could not be read as a mail.",
}


def check_text(text: str, *, has_files: bool) -> str:
    """The text as it is kept. Raises Refused where nothing is said, or too much."""
    kept = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not kept and not has_files:
        raise Refused("Please write something, or choose a file.", "text")
    if len(kept) > TEXT_MOST:
        raise Refused(f"Up to {TEXT_MOST:,} characters, please.", "text")
    return kept


def has_expired(issued_at: datetime, now: datetime) -> bool:
    """Whether an address for replies that was given out then is over; one from the future never was ours."""
    return not issued_at - timedelta(days=1) <= now < issued_at + REPLY_HOLDS
