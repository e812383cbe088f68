"""Mails out of a mailbox by IMAP (RFC 3501), as few of its words as do."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app

TIMEOUT_S = 20
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\d+")


class MailboxTrouble(OSError):  # noqa: N818  (it says what is in the way)
    """The mailbox does not do what it was asked."""


class Box:
    """An open mailbox."""

    def __init__(self, connection: imaplib.IMAP4, name: str) -> None:
        self._connection = connection
        self._ask("SELECT", connection.select(f'"{name}"'))
        told = connection.response("UIDVALIDITY")[1]
        self.validity = int(told[0]) if told and told[0] else 0

    def uids_after(self, last_uid: int) -> list[int]:
        """Of what came since, the oldest first. “n:*” names the newest one even where it is older than n."""
        told = self._ask("SEARCH", self._connection.uid("SEARCH", f"UID {last_uid + 1}:*"))
        return sorted(uid for uid in map(int, _UID.findall(_flat(told))) if uid > last_uid)

    def size(self, uid: int) -> int:
        """0 for a mail that is gone."""
        told = self._ask("FETCH", self._connection.uid("FETCH", str(uid), "(RFC822.SIZE)"))
        found = _SIZE.search(_flat(told))
        return int(found[1]) if found else 0

    def mail(self, uid: int) -> bytes:
        """The whole of it, without marking it as read. Empty for one that is gone."""
        told = self._ask("FETCH", self._connection.uid("FETCH", str(uid), "(BODY.PEEK[])"))
        return next((bytes(each[1]) for each in told if isinstance(each, tuple)), b"")

    def mark_seen(self, uid: int) -> None:
        self._ask("STORE", self._connection.uid("STORE", str(uid), "+FLAGS", r"(\Seen)"))

    def _ask(self, what: str, answer: tuple[str, Any]) -> list[bytes | tuple[bytes, bytes]]:
        said, data = answer
        if said != "OK":
            raise MailboxTrouble(f"The mail server answered {said} to {what}.")
        return [each for each in data if isinstance(each, bytes | tuple)]


def mailbox() -> str:
    """Its address; empty where there is none."""
    return str(current_app.config["SETTINGS"].imap_url)


@contextmanager
def opened(url: str) -> Iterator[Box]:
    """The mailbox at an address as in PORTAL_IMAP_URL. Raises OSError."""
    parts = urlsplit(url)
    try:
        connection = _connect(parts)
        try:
            connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
            yield Box(connection, unquote(parts.path.lstrip("/")) or "INBOX")
        finally:
            connection.shutdown()
    except imaplib.IMAP4.error as failure:
        raise MailboxTrouble(f"The mail server said no: {failure}") from failure


def _connect(parts: SplitResult) -> imaplib.IMAP4:
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT_S)
    return imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT_S)


def _flat(told: list[bytes | tuple[bytes, bytes]]) -> bytes:
    return b" ".join(each if isinstance(each, bytes) else b" ".join(each) for each in told)
