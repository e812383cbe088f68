"""Files of proof where a person is concerned. Their bytes are what they prove, so nothing is taken out of them: a file
that names somebody who is erased goes as a whole, and what it counted as stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import storage
from portal.evidence import mails
from portal.evidence.models import EvidencePiece, HeldFile
from portal.evidence.rules import HELD_FOR
from portal.extensions import db
from portal.privacy.emptying import Left, is_named
from portal.privacy.traces import Traces
from portal.referrals.import_models import ReferralImport
from portal.scope import all_partners

_WHY = "personal data is erased wherever it is"
_AT_A_TIME = 500
KEEP_LISTS = timedelta(days=30)
"""A list of referrals can be looked up and its report taken away for so long."""


def let_go_of_those_naming(traces: Traces, left: Left) -> None:
    """Mails are read part by part, other files as they are: what a picture shows cannot be searched."""
    if not traces.strings:
        return
    kept = sa.select(EvidencePiece.id, EvidencePiece.sha256).where(EvidencePiece.sha256.is_not(None))
    for piece_id, sha256 in db.session.execute(all_partners(kept, _WHY)).all():
        if sha256 and _names(traces, sha256):
            gone = sa.update(EvidencePiece).where(EvidencePiece.id == piece_id).values(sha256=None)
            db.session.execute(all_partners(gone, _WHY))
            left.files.append(sha256)
            left.counts["mentions"] += 1
    held = db.session.execute(sa.select(HeldFile.id, HeldFile.sha256)).all()
    _drop([row.id for row in held if _names(traces, row.sha256)], left)


def let_go_of_held(user_id: int, left: Left) -> None:
    """What waits for a form of this person."""
    _drop(db.session.scalars(sa.select(HeldFile.id).where(HeldFile.user_id == user_id)).all(), left)


def due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """The file that waits longest for a form that was not sent, where it is past its day: all that are go with it."""
    past = sa.select(HeldFile.id).where(HeldFile.at < now - HELD_FOR).order_by(HeldFile.at, HeldFile.id)
    return [(id_, 0) for id_ in db.session.scalars(past.limit(1))]


def forget_past(now: datetime) -> None:
    """The files go before the rows do: whoever is interrupted between the two begins again."""
    past = sa.select(HeldFile).where(HeldFile.at < now - HELD_FOR).order_by(HeldFile.id).limit(_AT_A_TIME)
    rows = db.session.scalars(past.with_for_update()).all()
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    _delete_unnamed({row.sha256 for row in rows})
    db.session.commit()


def due_lists(now: datetime, limit: int) -> list[tuple[int, int]]:
    """The oldest list of referrals that is still kept and past its month: all that are go with it."""
    past = sa.select(ReferralImport.id).where(_is_past(now)).order_by(ReferralImport.id).limit(1)
    return [(id_, 0) for id_ in db.session.scalars(all_partners(past, _WHY))]


def forget_lists(now: datetime) -> None:
    """The rows of the file go; what became of each of them stays, by company."""
    past = sa.select(ReferralImport).where(_is_past(now)).order_by(ReferralImport.id).limit(_AT_A_TIME)
    lists = db.session.scalars(all_partners(past.with_for_update(), _WHY)).all()
    hashes = {each.file_sha256 for each in lists} - {None}
    for each in lists:
        each.file_sha256 = None
    db.session.flush()
    _delete_unnamed(hashes)
    db.session.commit()


def _is_past(now: datetime) -> sa.ColumnElement[bool]:
    return ReferralImport.file_sha256.is_not(None) & (ReferralImport.at < now - KEEP_LISTS)


def _delete_unnamed(hashes: Iterable[str | None]) -> None:
    for sha256 in hashes:
        if sha256 and not is_named(sha256):
            storage.delete(sha256)


def _drop(ids: Sequence[int], left: Left) -> None:
    gone = sa.delete(HeldFile).where(HeldFile.id.in_(ids)).returning(HeldFile.sha256)
    left.files += db.session.scalars(gone).all()


def _names(traces: Traces, sha256: str) -> bool:
    if not storage.exists(sha256):
        return False
    data = storage.get(sha256)
    texts: list[Any] = [data.decode("utf-8", "replace"), data.decode("latin-1")]
    if mails.is_mail(data):
        texts += mails.everything(data)
    return any(traces.taken_out_of(text) != text for text in texts)
