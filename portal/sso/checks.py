from collections.abc import Iterator

import sqlalchemy as sa

from portal.auth.models import User
from portal.proof import check, rows
from portal.sso.models import Connection, Domain, Identity


@check("Nobody signs in through another company's identity provider, and no partner through that of staff")
def identities(connection: sa.Connection) -> Iterator[str]:
    differs = User.partner_id.is_distinct_from(Connection.partner_id) | User.partner_id.is_distinct_from(
        Identity.partner_id
    )
    found = sa.select(User.ref, Connection.ref.label("connection")).join(Identity, Identity.user_id == User.id)
    found = found.join(Connection, Connection.id == Identity.connection_id).where(differs)
    for ref, through in rows(connection, found):
        yield f"{ref} signs in through {through}, which is another side's."


@check("Each mail domain belongs to the side whose connection it is for")
def domains(connection: sa.Connection) -> Iterator[str]:
    differs = Domain.partner_id.is_distinct_from(Connection.partner_id)
    found = sa.select(Domain.name, Connection.ref).join(Connection, Connection.id == Domain.connection_id)
    for name, ref in rows(connection, found.where(differs)):
        yield f"{name} is kept for another side than {ref}."
