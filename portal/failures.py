"""What an exception becomes: a sentence and the right code, never a traceback and nothing half written."""

import logging
import re
import secrets
import sqlite3
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from portal.error_pages import error_page
from portal.errors import Overtaken, Refused, TooManyTries
from portal.extensions import db

FEWEST, MOST = 20, 10
"""Letters of a text that is worth to be copied; so many of them."""
_SECRET = re.compile(r"password|secret|passkey|^(proof_)?code$|^current$|^account$|^holder$|^iban$|^bic$")
_OF_THE_PAGE = frozenset({"csrf_token", "idempotency_key", "proof_token"})
_FORM_IN_VAIN = (400, 409, 422)
log = logging.getLogger(__name__)
RETRY_AFTER_S = "30"
READ_ONLY = "25006"
"""SQLSTATE of a standby that is asked to write. The driver files it under faults of the program."""


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(TooManyTries, _too_many)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(TimeoutError, _unavailable)
    app.register_error_handler(HTTPException, http_failure)
    app.register_error_handler(Exception, _failed)


def is_unique_violation(failure: DBAPIError) -> bool:
    """Only these mean that somebody else was first; any other broken constraint is a fault of ours."""
    return getattr(failure.orig, "sqlstate", None) == "23505" or "UNIQUE constraint failed" in str(failure.orig)


def is_unavailable(failure: DBAPIError) -> bool:
    """The database is locked, full, gone or a standby, as against a statement that no database would take."""
    if getattr(failure.orig, "sqlstate", None) == READ_ONLY:
        return True
    wrong = getattr(failure.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return failure.connection_invalidated or (isinstance(failure, OperationalError) and not wrong)


def typed_texts() -> list[str]:
    """What somebody wrote into the form that could not be taken, so that it is not lost: words, never secrets."""
    if request.method != "POST":
        return []
    sent = request.form.items()
    return words_among(text for name, text in sent if name not in _OF_THE_PAGE and not is_secret(name))


def is_secret(field: str) -> bool:
    """Whether what is typed into a field of this name opens an account, or names one at a bank."""
    return _SECRET.search(field) is not None


def words_among(texts: Iterable[str]) -> list[str]:
    """Those that somebody would have to write again."""
    written = map(str.strip, texts)
    return [text for text in written if len(text) >= FEWEST and any(map(str.isspace, text))][:MOST]


def page_before() -> str | None:
    """Where the form stood that could not be taken, if it has a page that can be opened again. The header is read as it
    came: `request.host` raises where the name is not one of ours, and this page is then the answer to that."""
    sent_from = urlsplit(request.referrer or "")
    if request.method != "POST" or sent_from.netloc != request.headers.get("Host"):
        return None
    try:
        current_app.url_map.bind("").match(sent_from.path, "GET")
    except HTTPException:
        return None
    return urlunsplit(("", "", sent_from.path, sent_from.query, ""))


def _refused(refusal: Refused) -> ResponseReturnValue:
    db.session.rollback()
    return error_page(409, str(refusal), typed=typed_texts(), before=page_before())


def _too_many(pause: TooManyTries) -> ResponseReturnValue:
    db.session.rollback()
    page, code = error_page(429, str(pause))
    return page, code, {"Retry-After": str(pause.seconds)}


def _overtaken(_: Exception) -> ResponseReturnValue:
    return _refused(Overtaken())


def _integrity(failure: IntegrityError) -> ResponseReturnValue:
    return _overtaken(failure) if is_unique_violation(failure) else _failed(failure)


def _database(failure: DBAPIError) -> ResponseReturnValue:
    return _unavailable(failure.orig or failure) if is_unavailable(failure) else _failed(failure)


def _unavailable(failure: BaseException) -> ResponseReturnValue:
    """`failure` is the driver's own: SQLAlchemy's quotes the statement with what somebody typed."""
    db.session.rollback()
    log.warning("database unavailable: %s", failure)
    page, code = error_page(503, typed=typed_texts())
    return page, code, {"Retry-After": RETRY_AFTER_S}


def http_failure(failure: HTTPException) -> ResponseReturnValue:
    """The page of this code."""
    db.session.rollback()
    if failure.code is None or failure.code < 400:
        return failure.get_response()
    told: dict[str, Any] = {"typed": typed_texts(), "before": page_before()} if failure.code in _FORM_IN_VAIN else {}
    page, code = error_page(failure.code, **told)
    return page, code, {name: value for name, value in failure.get_headers() if name in ("Allow", "Retry-After")}


def _failed(failure: Exception) -> ResponseReturnValue:
    db.session.rollback()
    reference = secrets.token_hex(4)
    log.error("unexpected failure %s", reference, exc_info=failure)
    return error_page(500, reference=reference, typed=typed_texts())
