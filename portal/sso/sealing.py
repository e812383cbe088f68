"""The secret that a provider knows this portal by: sealed to its row, opened only to be sent to the provider."""

from portal import vault
from portal.sso.models import Connection

STAFF = 0
"""Stands where a partner's number does, which begin at 1."""


def seal_secret(secret: str, *, ref: str, partner_id: int | None) -> str:
    place = {"table": "sso_connections", "row": ref, "column": "client_secret_sealed"}
    return vault.seal(secret, **place, partner=partner_id or STAFF)


def secret_of(connection: Connection) -> str:
    """Raises CannotUnseal where the token was altered or belongs elsewhere."""
    place = {"table": "sso_connections", "row": connection.ref, "column": "client_secret_sealed"}
    return vault.unseal(connection.client_secret_sealed, **place, partner=connection.partner_id or STAFF)
