"""Fields that are stored sealed: AES-256-GCM, bound to the place where they belong, so that a token copied to another
row, column or partner does not open."""

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Flask, current_app

from portal.config import Settings
from portal.errors import Refused
from portal.later import later

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.ciphers import aead
else:
    aead, exceptions = later("cryptography.hazmat.primitives.ciphers.aead"), later("cryptography.exceptions")

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: 96 bits


class CannotUnseal(RuntimeError):  # noqa: N818  (a verdict reads better)
    """The token was changed, belongs elsewhere, or its key is not here."""


@dataclass(frozen=True)
class _Keys:
    current: str
    by_id: dict[str, bytes] = field(repr=False)


def init_app(app: Flask) -> None:
    """Take the keys from the settings. Raises Refused, without showing any, where they are not keys."""
    settings: Settings = app.config["SETTINGS"]
    try:
        given = json.loads(settings.field_keys)
        keys = {name: base64.b64decode(key, validate=True) for name, key in given["keys"].items()}
        current = given["current"]
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise Refused('PORTAL_FIELD_KEYS has to be {"current": id, "keys": {id: base64 of 32 bytes}}.') from failure
    if current not in keys or any(len(key) != KEY_BYTES or "." in name for name, key in keys.items()):
        raise Refused("PORTAL_FIELD_KEYS: each key has 32 bytes, an id without dot, and `current` names one of them.")
    app.extensions["vault"] = _Keys(current, keys)


def seal(plain: str, *, table: str, row: str, column: str, partner: int) -> str:
    """The token to store. `row` is the public reference, known before the row is."""
    keys = _keys()
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = aead.AESGCM(keys.by_id[keys.current]).encrypt(nonce, plain.encode(), _place(table, row, column, partner))
    return f"{keys.current}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(token: str, *, table: str, row: str, column: str, partner: int) -> str:
    """What was sealed for this place. Raises CannotUnseal for any other place or an altered token."""
    key_id, _, body = token.partition(".")
    key = _keys().by_id.get(key_id)
    if key is None:
        raise CannotUnseal(f"{table}.{column} of {row}: the key {key_id!r} is not here")
    try:
        sealed = base64.b64decode(body, altchars=b"-_", validate=True)
        if base64.urlsafe_b64encode(sealed).decode() != body:
            raise binascii.Error("bits that say nothing were altered")
        cipher, place = aead.AESGCM(key), _place(table, row, column, partner)
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place).decode()
    except (exceptions.InvalidTag, binascii.Error, ValueError) as failure:
        raise CannotUnseal(
            f"{table}.{column} of {row} does not open: altered, or sealed for another place"
        ) from failure


def mark(purpose: str, text: str) -> int:
    """A number of 64 bits by which the same text is found again, and which says nothing to whoever has not the key."""
    keyed = hmac.digest(str(current_app.secret_key).encode(), f"{purpose}|{text}".encode(), "sha256")
    return int.from_bytes(keyed[:8], signed=True)


def mask_iban(iban: str) -> str:
    """`DE89 •••• 3000`: enough to recognise an account, too little to use it."""
    plain = "".join(iban.split())
    return f"{plain[:4]} •••• {plain[-4:]}" if len(plain) > 11 else "••••"


def _keys() -> _Keys:
    keys: _Keys = current_app.extensions["vault"]
    return keys


def _place(table: str, row: str, column: str, partner: int) -> bytes:
    return json.dumps([table, row, column, partner]).encode()
