"""Accounts, and the link of a partner's chain.

The hash of a link is SHA-256, in hexadecimal, over the UTF-8 text of this JSON, its names in this order and without
blanks, so that a partner can check its own entries with a standard library alone:

    {"amount_minor":260000,"at":"2026-11-18T11:00:00+00:00","credit":"payable","currency":"EUR","debit":"fees",
    "key":"accrue:F-3QK7VN","partner":"P-7F3KQ2","prev":"<64 hex digits>","ref":"F-3QK7VN","seq":1}

`at` is ISO 8601 in UTC, with six digits of a second where they are not nought. `seq` counts a partner's entries from
1; `prev` is the hash of the entry before, of the first one 64 noughts."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

FIRST = "0" * 64
"""What the first link of a chain continues."""


class AccountKind(StrEnum):
    FEES = "fees"
    """Program: what partner business has cost."""
    CASH = "cash"
    """Program: what left the bank."""
    PAYABLE = "payable"
    """Partner: what is earned and not yet paid."""


OF_THE_PARTNER = frozenset({AccountKind.PAYABLE})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One transfer to be made: a debit and a credit of the same amount."""

    key: str
    """What it is for, once only: `accrue:<line>`, `pay:<line>`, `void:<line>`."""
    partner_id: int
    ref: str
    debit: AccountKind
    credit: AccountKind
    amount_minor: int
    currency: str


def link_hash(entry: Entry, *, partner: str, seq: int, at: datetime, prev: str) -> str:
    """The hash that seals an entry into the chain of a partner, who is named by its public reference."""
    linked = {
        "amount_minor": entry.amount_minor,
        "at": at.astimezone(UTC).isoformat(),
        "credit": entry.credit,
        "currency": entry.currency,
        "debit": entry.debit,
        "key": entry.key,
        "partner": partner,
        "prev": prev,
        "ref": entry.ref,
        "seq": seq,
    }
    return hashlib.sha256(json.dumps(linked, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
