"""What is decided about a connection. Views decide who may."""

from datetime import datetime

from portal.auth.models import User
from portal.auth.sessions import end_sessions
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref
from portal.sso import queries, rules
from portal.sso.events import (
    IdentityUnlinked,
    OfSignOn,
    ProviderNotTrusted,
    ProviderTrusted,
    SingleSignOnChanged,
    SingleSignOnDisabled,
    SingleSignOnEnabled,
)
from portal.sso.models import Connection, Domain, Identity
from portal.sso.rules import Settings
from portal.sso.sealing import seal_secret


def set_up(
    by: User, settings: Settings, *, owner: str, partner_id: int | None, secret: str | None, now: datetime
) -> Connection:
    """A connection that nobody signs in through yet. `owner`: the company's reference, or `staff`."""
    if not secret:
        raise Refused("Give the secret that the provider shows beside the client ID.", "client_secret")
    ref = new_ref("SSO", Connection.ref)
    connection = Connection(ref=ref, owner=owner, partner_id=partner_id, created_at=now)
    _take(by, connection, settings, now)
    connection.client_secret_sealed = seal_secret(secret, ref=ref, partner_id=partner_id)
    db.session.add(connection)
    db.session.flush()
    _take_domains(connection, settings.domains)
    _publish(SingleSignOnChanged, by, connection, now)
    return connection


def change(
    by: User, connection: Connection, settings: Settings, *, secret: str | None, seen_version: int, now: datetime
) -> None:
    """Raises Overtaken, or Refused naming the field. The secret stays where none is given, for the same provider."""
    if connection.version != seen_version:
        raise Overtaken
    if not secret and (connection.issuer, connection.client_id) != (settings.issuer, settings.client_id):
        raise Refused("For another provider or client ID the secret has to be given anew.", "client_secret")
    _take(by, connection, settings, now)
    if secret:
        connection.client_secret_sealed = seal_secret(secret, ref=connection.ref, partner_id=connection.partner_id)
    db.session.flush()
    _take_domains(connection, settings.domains)
    _publish(SingleSignOnChanged, by, connection, now)


def enable(by: User, connection: Connection, *, seen_version: int, now: datetime) -> None:
    """From now on people sign in through it."""
    if connection.version != seen_version or connection.enabled_at is not None:
        raise Overtaken
    connection.enabled_at = now
    _publish(SingleSignOnEnabled, by, connection, now)


def disable(by: User, connection: Connection, *, seen_version: int, now: datetime) -> None:
    """Nobody signs in through it any more, whoever did is signed out, and passwords work again."""
    if connection.version != seen_version or connection.enabled_at is None:
        raise Overtaken
    connection.enabled_at, connection.local_login_off = None, False
    for identity in queries.identities(connection):
        end_sessions(identity.user_id, now, but=by.session_token)
    _publish(SingleSignOnDisabled, by, connection, now)


def trust(by: User, connection: Connection, trusted: bool, *, seen_version: int, now: datetime) -> None:
    """Whether who comes by the provider has shown a second factor there. For staff to say, of a partner's too."""
    if connection.version != seen_version or connection.counts_as_second_factor == trusted:
        raise Overtaken
    connection.counts_as_second_factor = trusted
    _publish(ProviderTrusted if trusted else ProviderNotTrusted, by, connection, now)


def unlink(by: User, connection: Connection, identity: Identity, *, now: datetime) -> None:
    """The provider knows the person by another name from now on: they come anew, by their mail address."""
    end_sessions(identity.user_id, now, but=by.session_token)
    told = IdentityUnlinked(
        by=by.id, at=now, ref=connection.ref, partner_id=connection.partner_id, user_user_id=identity.user_id
    )
    publish(told)
    db.session.delete(identity)
    db.session.flush()


def _take(by: User, connection: Connection, settings: Settings, now: datetime) -> None:
    rules.check_roles_of_side(settings, is_partner=connection.partner_id is not None)
    if settings.local_login_off and not (connection.enabled_at and queries.identities(connection)):
        raise Refused("First let somebody sign in through the provider; then passwords can go.", "local_login_off")
    _check_domains(connection.partner_id, settings.domains)
    connection.issuer, connection.client_id = settings.issuer, settings.client_id
    connection.group_claim = settings.group_claim
    connection.groups_by_role = {str(role): list(names) for role, names in settings.groups_by_role.items()}
    connection.default_roles = sorted(settings.default_roles)
    connection.creates_accounts, connection.local_login_off = settings.creates_accounts, settings.local_login_off
    connection.changed_by_id = by.id


def _check_domains(partner_id: int | None, domains: tuple[str, ...]) -> None:
    if partner_id is not None:
        known, foreign = queries.known_domains(partner_id, domains), queries.foreign_domains(partner_id, domains)
        rules.check_domains(domains, known=known, foreign=foreign)
    elif taken := queries.claimed_domains(None, domains):
        raise Refused(f"A partner's people sign in with addresses at {min(taken)}.", "domains")


def _take_domains(connection: Connection, names: tuple[str, ...]) -> None:
    before = {domain.name: domain for domain in queries.domains(connection)}
    for name in before.keys() - set(names):
        db.session.delete(before[name])
    for name in names:
        if name not in before:
            db.session.add(Domain(name=name, connection_id=connection.id, partner_id=connection.partner_id))
    db.session.flush()


def _publish(kind: type[OfSignOn], by: User, connection: Connection, now: datetime) -> None:
    db.session.flush()
    publish(kind(by=by.id, at=now, ref=connection.ref, partner_id=connection.partner_id))
