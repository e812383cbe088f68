from datetime import datetime

from flask import current_app

from portal.auth import invitations, links
from portal.auth.rules import Role
from portal.extensions import db
from portal.seeds.setup import link_of


def invite_staff(email: str, name: str, roles: frozenset[Role], now: datetime) -> str:
    """Invite a colleague from the command line, and commit. Returns the link, which works once."""
    user = invitations.invite(None, email=email, name=name, roles=roles, partner_id=None, now=now)
    path = links.path_of(link_of(user))
    db.session.commit()
    return f"{current_app.config['SETTINGS'].public_url}{path}"
