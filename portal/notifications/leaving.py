"""Mails turned off from a mail, without signing in (RFC 8058): a signed link that names a person and kinds of mails.

It holds for as long as mails are kept, for it can do nothing but this, and it tells nothing of the person: whoever is
not there any more is answered like everybody else."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.auth.links import UNKNOWN, LinkRefused
from portal.auth.models import User
from portal.events import KINDS as EVENTS
from portal.extensions import db
from portal.notifications import digests
from portal.notifications.actions import NOBODY_THERE
from portal.notifications.paces import MailKind, Pace, kind_of, package_of
from portal.scope import all_partners

ONE_CLICK = ("List-Unsubscribe", "One-Click")
CHOICES = "/account/mails"
_WHY = "whoever was written to, before anyone is known"


class Paces(NamedTuple):
    """Of a person: how soon each of these kinds comes."""

    user_id: int
    of_kind: dict[MailKind, Pace]


def ways_out(letter: Mapping[str, Any], event_kind: str, user_id: int | None) -> dict[str, str]:
    """Where the reader of a letter turns such mails off, or chooses how soon they come; nothing for one that has to
    reach them, with a link of their account in it or told for a company of which nobody is left."""
    has_to_come = letter["link_id"] is not None or letter["lines"][:1] == [NOBODY_THERE]
    if user_id is None or has_to_come:
        return {}
    kinds = _daily(user_id) if event_kind == digests.KIND else kinds_of(event_kind)
    off = {"off_path": off_path(user_id, kinds)} if kinds else {}
    return off | ({"choices_path": CHOICES} if kinds or event_kind == digests.KIND else {})


def kinds_of(event_kind: str) -> list[MailKind]:
    """The kind of mail that tells of such an event; none where it is not the reader's to choose."""
    event = EVENTS.get(event_kind)
    kind = kind_of(package_of(event)) if event is not None else None
    return [kind] if kind else []


def off_path(user_id: int, kinds: Iterable[MailKind]) -> str:
    return f"/mails/off/{_serializer('off').dumps([user_id, [str(kind) for kind in kinds]])}"


def on_path(before: Paces) -> str:
    """Where it is undone: as it was before."""
    return f"/mails/on/{_serializer('on').dumps([before.user_id, before.of_kind])}"


def read_off(token: str) -> tuple[int, list[MailKind]]:
    """The person and the kinds. Raises LinkRefused for one that we did not sign."""
    user_id, kinds = _read("off", token)
    return user_id, [kind for kind in MailKind if kind in kinds]


def read_on(token: str) -> Paces:
    """How soon they came before. Raises LinkRefused for one that we did not sign."""
    user_id, before = _read("on", token)
    return Paces(user_id, {kind: Pace(before[kind]) for kind in MailKind if kind in before})


def turn_off(user_id: int, kinds: Iterable[MailKind]) -> Paces:
    """None of these is sent to the person from now on. Returns how soon they came; of one that was off, or whose reader
    has left, that is at once."""
    chosen = _chosen(user_id)
    if chosen is not None:
        _choose(user_id, chosen | dict.fromkeys(kinds, Pace.NEVER))
    before = {kind: Pace((chosen or {}).get(kind, Pace.AT_ONCE)) for kind in kinds}
    return Paces(user_id, {kind: Pace.AT_ONCE if pace is Pace.NEVER else pace for kind, pace in before.items()})


def turn_on(before: Paces) -> None:
    """They come as before. What the person has chosen anew since then stays."""
    chosen = _chosen(before.user_id)
    if chosen is not None:
        back = {kind: pace for kind, pace in before.of_kind.items() if chosen.get(kind) == Pace.NEVER}
        _choose(before.user_id, chosen | back)


def _daily(user_id: int) -> list[MailKind]:
    wanted = sa.select(User.mails).where(User.id == user_id)
    chosen = db.session.scalar(all_partners(wanted, "what each person keeps for the day's mail")) or {}
    db.session.rollback()
    return [kind for kind in MailKind if chosen.get(kind) == Pace.DAILY]


def _chosen(user_id: int) -> dict[str, str] | None:
    """What is not at once, locked; None where nobody is there any more."""
    there = sa.select(User.id, User.mails).where(User.id == user_id, User.disabled_at.is_(None))
    row = db.session.execute(all_partners(there.with_for_update(), _WHY)).one_or_none()
    return None if row is None else dict(row.mails or {})


def _choose(user_id: int, chosen: Mapping[str, str]) -> None:
    kept = {str(kind): str(pace) for kind, pace in chosen.items() if pace != Pace.AT_ONCE}
    own = sa.update(User).where(User.id == user_id).values(mails=kept or None)
    db.session.execute(all_partners(own, _WHY))


def _read(purpose: str, token: str) -> tuple[int, Any]:
    try:
        user_id, said = _serializer(purpose).loads(token)
    except (BadSignature, ValueError, TypeError) as failure:
        raise LinkRefused(UNKNOWN, 404) from failure
    return int(user_id), said


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"mails/{purpose}")
