"""What is open to machines: is the portal up, can it work, whom to tell of a hole in it."""

import sqlalchemy as sa
from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from portal.auth.permissions import public
from portal.extensions import db
from portal.program import the_program

bp = Blueprint("open", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return Response("up\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    try:
        db.session.execute(sa.select(sa.literal(1)))
    except OperationalError:
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@bp.get("/.well-known/security.txt")
@public
def security_txt() -> ResponseReturnValue:
    """RFC 9116. Expires is required, and moves with the release."""
    program = the_program()
    contact = program.contact_email if program else "postmaster@" + current_app.config["SETTINGS"].public_host
    url = current_app.config["SETTINGS"].public_url
    text = f"Contact: mailto:{contact}\nExpires: 2027-12-31T00:00:00Z\nCanonical: {url}/.well-known/security.txt\n"
    return Response(text, mimetype="text/plain")
