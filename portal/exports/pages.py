"""What the pages of a partner and of staff have in common: note it, then hand the file out."""

from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl

from flask import Response, abort, request, stream_with_context
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.downloads import attachment
from portal.exports import actions, rows
from portal.extensions import db
from portal.filters import Chosen
from portal.formats import local_now
from portal.tables import CSV_TYPE, XLSX_TYPE, Cell, as_csv, as_xlsx

FORMATS = {"csv": (as_csv, CSV_TYPE), "xlsx": (as_xlsx, XLSX_TYPE)}
LONGEST_QUERY = 4_000


def asked() -> "MultiDict[str, str]":
    """What the list is narrowed to, as its address says it."""
    return MultiDict(parse_qsl(request.form.get("query", "")[:LONGEST_QUERY]))


def handed_out(what: str, chosen: Chosen, head: Sequence[str], found: Iterable[Sequence[Cell]]) -> Response:
    """The file, said on the record before it leaves."""
    wanted = request.form.get("format", "")
    make, media_type = FORMATS.get(wanted) or abort(422)
    actions.note(current_user, what, wanted, chosen.set_names, now=clock.now())
    db.session.commit()
    pieces = stream_with_context(make(head, rows.with_end(found)))
    return attachment(pieces, f"{what}-{local_now():%Y-%m-%d}.{wanted}", media_type)
