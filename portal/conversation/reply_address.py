"""The address that a mail is answered to: it says for whom and on what, until when, and nobody else can make one.

The mark is lower case and 44 characters long, because some mail servers change letters and cut long names."""

import base64
import hmac
from datetime import UTC, datetime
from typing import NamedTuple

from flask import current_app

from portal.config import Settings
from portal.conversation.rules import Reply

_KINDS = (Reply.MESSAGE, Reply.NOTE, Reply.ANSWER)
_MAC_BYTES = 12
_BYTES = 15 + _MAC_BYTES
_PADDING = "=" * (-44 % 8)


class Given(NamedTuple):
    """What a mark says. Whether the person may still write is another matter."""

    kind: Reply
    user_id: int
    referral_id: int
    issued_at: datetime
    """To the second."""


def is_on() -> bool:
    return bool(_settings().reply_address)


def make(kind: Reply, user_id: int, referral_id: int, issued_at: datetime) -> str:
    """The address for this person's answers on this referral."""
    local, _, domain = _settings().reply_address.partition("@")
    said = bytes([_KINDS.index(kind)]) + user_id.to_bytes(5, "big") + referral_id.to_bytes(5, "big")
    said += int(issued_at.timestamp()).to_bytes(4, "big")
    mark = base64.b32encode(said + _mac(said)).decode().rstrip("=").lower()
    return f"{local}+{mark}@{domain}"


def is_ours(address: str) -> bool:
    """Whether it has the form of such an address, whatever its mark is worth."""
    return _mark(address) is not None


def read(address: str) -> Given | None:
    """None for one that we did not give out; compared in the same time whatever is wrong with it."""
    try:
        whole = base64.b32decode((_mark(address) or "").upper() + _PADDING)
    except ValueError:
        return None
    said, mac = whole[:-_MAC_BYTES], whole[-_MAC_BYTES:]
    if len(whole) != _BYTES or not hmac.compare_digest(mac, _mac(said)) or said[0] >= len(_KINDS):
        return None
    return Given(
        _KINDS[said[0]],
        int.from_bytes(said[1:6], "big"),
        int.from_bytes(said[6:11], "big"),
        datetime.fromtimestamp(int.from_bytes(said[11:15], "big"), UTC),
    )


def _mark(address: str) -> str | None:
    local, _, domain = _settings().reply_address.partition("@")
    name, _, host = address.strip().lower().rpartition("@")
    begins = f"{local}+"
    return name.removeprefix(begins) if local and host == domain and name.startswith(begins) else None


def _mac(said: bytes) -> bytes:
    key = hmac.digest(str(current_app.secret_key).encode(), b"reply-address", "sha256")
    return hmac.digest(key, said, "sha256")[:_MAC_BYTES]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
