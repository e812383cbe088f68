"""A form that creates or moves something does it once, however often it is sent.

The key is made when the form is rendered and claimed first in the transaction that does the work: claimed last, a
double click gets an error for something that was saved."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cache, wraps
from typing import Any, ParamSpec

import sqlalchemy as sa
from flask import abort, current_app, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage

from portal import clock
from portal.extensions import Base, Kept, db, insert_into

P = ParamSpec("P")
FIELD = "idempotency_key"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22,43}")


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(sa.String(43), primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(64))
    """Digest of the session that claimed it: nobody else is answered from it."""
    body: Mapped[str] = mapped_column(sa.String(64))
    result: Mapped[str | None] = mapped_column(sa.String(500))
    at: Mapped[datetime] = mapped_column(index=True)


_KEYS: Any = IdempotencyKey.__table__
_LED_TO = Kept(sa.update(_KEYS).where(_KEYS.c.key == sa.bindparam("its_key")).values(result=sa.bindparam("url")))


def new_key() -> str:
    return secrets.token_urlsafe(24)


def once(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Claim the form's key before the view runs; answer a repeat with what the first one led to.

    Same key and same body: 303 to the stored result. Same key, other body: 422. No key: 400."""

    @wraps(view)
    def claimed(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if request.method != "POST":
            return view(*args, **kwargs)
        key = request.form.get(FIELD, "")
        if not _SHAPE.fullmatch(key):
            abort(400)
        if not _claim(key):
            return _answer_again(key)
        g.claimed_key = key
        answer = view(*args, **kwargs)
        if "claimed_key" in g:  # nothing was committed: the key stays free for the corrected form
            db.session.rollback()
        return answer

    return claimed


def commit_to(url: str, message: str | None = None) -> ResponseReturnValue:
    """Commit what this request did, remember where it led, and go there."""
    key = g.pop("claimed_key", None)
    if key is not None:
        _LED_TO.write({"its_key": key, "url": url})
    db.session.commit()
    if message:
        flash(message)
    return redirect(url, 303)


def led_to(key: str) -> str | None:
    """Where the form with this key led, once it was sent; None before."""
    return db.session.scalar(sa.select(IdempotencyKey.result).where(IdempotencyKey.key == key))


def _claim(key: str) -> bool:
    values = {"key": key, "owner": _owner(), "body": _body(), "at": clock.now()}
    return _claiming(db.engine.dialect.name).write(values).scalar() is not None


@cache
def _claiming(_dialect: str) -> Kept:
    return Kept(insert_into(_KEYS).on_conflict_do_nothing().returning(_KEYS.c.key))


def _answer_again(key: str) -> ResponseReturnValue:
    columns = (IdempotencyKey.owner, IdempotencyKey.body, IdempotencyKey.result)
    stored = db.session.execute(sa.select(*columns).where(IdempotencyKey.key == key)).one()
    db.session.rollback()
    if stored.owner != _owner() or stored.body != _body() or stored.result is None:
        abort(422)
    return redirect(stored.result, 303)


def _owner() -> str:
    return hashlib.sha256(f"{session.get('_user_id', '')}|{request.path}".encode()).hexdigest()


def _file(file: FileStorage) -> tuple[str, int, str]:
    """Its name, size and hash; whoever reads it afterwards begins at its beginning."""
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # it is one of bytes
    size = file.stream.tell()
    file.stream.seek(0)
    return file.filename or "", size, digest


def _body() -> str:
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in (FIELD, "csrf_token")]
    typed: list[tuple[object, ...]] = [*sorted(sent)]
    typed += sorted((name, *_file(file)) for name, file in request.files.items(multi=True))
    # Keyed, because what was typed may be a password, and a plain digest of that can be guessed at.
    return hmac.new(str(current_app.secret_key).encode(), json.dumps(typed).encode(), "sha256").hexdigest()
