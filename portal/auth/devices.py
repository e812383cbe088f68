"""The browsers that a person has signed in with. Each keeps a random token in a cookie; we keep its digest."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.auth.events import NewDeviceUsed
from portal.auth.models import KnownDevice, User
from portal.auth.people import told
from portal.auth.rules import plain_address, token_hash
from portal.events import publish
from portal.extensions import db
from portal.scope import all_partners

LIFE = timedelta(days=400)
"""As long as browsers keep a cookie; renewed with each sign-in."""


# Built once: it takes longer to build than to run.
_USED = (
    sa.update(KnownDevice)
    .where(KnownDevice.user_id == sa.bindparam("its_user"), KnownDevice.digest == sa.bindparam("its_digest"))
    .values(last_used_at=sa.bindparam("used_at"))
    .returning(KnownDevice.id)
    .execution_options(synchronize_session=False)
)


def used_before(email: str) -> str:
    """The digest of this browser, where the account of this address was used in it before; else nothing."""
    token = _token()
    if token is None:
        return ""
    known = (
        sa.select(KnownDevice.digest)
        .join(User, User.id == KnownDevice.user_id)
        .where(User.email == plain_address(email), KnownDevice.digest == token_hash(token))
    )
    return db.session.scalar(all_partners(known, "a browser that was used for this account before")) or ""


def this_browser() -> str:
    """The digest of the browser of this request; nothing for one that nobody has signed in with."""
    token = _token()
    return token_hash(token) if token else ""


def recognise(user: User, now: datetime) -> None:
    """Note that this person signs in with this browser, and have them told where they have used others, but not it."""
    token = _token() or secrets.token_urlsafe(32)
    after_this_request(lambda response: _remember(response, token))
    this = {"its_user": user.id, "its_digest": token_hash(token), "used_at": now}
    if db.session.connection().scalar(_USED, this) is not None:
        return
    has_others = db.session.scalar(sa.select(sa.exists().where(KnownDevice.user_id == user.id)))
    device = KnownDevice(user_id=user.id, digest=token_hash(token), first_used_at=now, last_used_at=now)
    device.user_agent, device.address = request.user_agent.string[:300], (request.remote_addr or "")[:45]
    db.session.add(device)
    db.session.flush()
    if has_others:
        publish(NewDeviceUsed(**told(user, user, now), device_id=device.id))


def _token() -> str | None:
    """What our cookie in this browser holds, if it is ours."""
    try:
        return str(_serializer().loads(request.cookies.get(_name(), "")))
    except BadSignature:
        return None


def _remember(response: Response, token: str) -> Response:
    response.set_cookie(
        _name(),
        str(_serializer().dumps(token)),
        max_age=LIFE,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known-device")
