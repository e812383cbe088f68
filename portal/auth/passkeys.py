"""Passkeys (WebAuthn): of a device, a password manager or a stick; as second factor, or as the only one to sign in."""

import json
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import selectinload

from portal.auth import challenges, factors
from portal.auth.challenges import Purpose
from portal.auth.factor_events import PasskeyAdded, PasskeyDoubted, PasskeyRemoved
from portal.auth.factor_models import Passkey
from portal.auth.models import User
from portal.config import Settings
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.later import later
from portal.refs import new_ref
from portal.scope import all_partners

if TYPE_CHECKING:
    import webauthn
    from webauthn import helpers
    from webauthn.helpers import exceptions, structs
else:
    webauthn, helpers = later("webauthn"), later("webauthn.helpers")
    structs, exceptions = later("webauthn.helpers.structs"), later("webauthn.helpers.exceptions")

LONGEST = 20_000
"""Of what a browser answers; attestation statements are not asked for."""
UNKNOWN = "This passkey belongs to no account here. Sign in another way, and add it to your account."
WRONG = "The passkey's answer does not fit. Try it again, or take another way."


class Place(NamedTuple):
    """Where passkeys are valid: the host of the public address, and the address itself."""

    host: str
    origin: str


def place() -> Place | None:
    """None where the public address has no name: passkeys belong to names."""
    settings: Settings = current_app.config["SETTINGS"]
    parts = urlsplit(settings.public_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Place(host, f"{parts.scheme}://{parts.netloc}")
    return None


def options_to_register(user: User, name: str, now: datetime, *, alone: bool = False) -> str:
    """What the browser is asked to make; JSON. `alone`: there is no password beside it."""
    at = _here()
    wanted = structs.UserVerificationRequirement.REQUIRED if alone else structs.UserVerificationRequirement.PREFERRED
    options = webauthn.generate_registration_options(
        rp_id=at.host,
        rp_name=name,
        user_id=user.ref.encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=challenges.new(Purpose.NEW, now),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED if alone else structs.ResidentKeyRequirement.PREFERRED,
            user_verification=wanted,
        ),
        exclude_credentials=[_described(each) for each in factors.of(user).passkeys],
    )
    return webauthn.options_to_json(options)


def options_to_answer(purpose: Purpose, user: User | None, now: datetime) -> str:
    """What the browser is asked to sign; JSON. With nobody named, the passkey says who it is."""
    options = webauthn.generate_authentication_options(
        rp_id=_here().host,
        challenge=challenges.new(purpose, now),
        allow_credentials=[_described(each) for each in factors.of(user).passkeys] if user is not None else [],
        user_verification=(
            structs.UserVerificationRequirement.REQUIRED
            if user is None
            else structs.UserVerificationRequirement.PREFERRED
        ),
    )
    return webauthn.options_to_json(options)


def add(by: User, *, name: str, answer: str, now: datetime, alone: bool = False) -> None:
    challenge, at = challenges.spend(Purpose.NEW, now), _here()
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            require_user_verification=alone,
        )
    except exceptions.WebAuthnException as failure:
        raise Refused(WRONG) from failure
    user = factors.locked(by)
    credential_id = helpers.bytes_to_base64url(made.credential_id)
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
        raise Refused("This passkey is in use already.")
    passkey = Passkey(
        ref=new_ref("K", Passkey.ref),
        user_id=user.id,
        name=name,
        credential_id=credential_id,
        public_key=helpers.bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        transports=_transports(answer),
        is_synced=made.credential_device_type is structs.CredentialDeviceType.MULTI_DEVICE,
        created_at=now,
    )
    db.session.add(passkey)
    factors.note_added(user, now, keep=by.session_token)
    publish(PasskeyAdded(**factors.told(user, now)))


def accept(purpose: Purpose, answer: str, user: User | None, *, now: datetime) -> User:
    """Whose passkey this is: `user`'s where one is named, anybody's who may sign in otherwise. Raises Refused."""
    challenge, at, given = challenges.spend(purpose, now), _here(), _read(answer)
    passkey, owner = _find(str(given.get("id", "")), user)
    try:
        answered = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            credential_public_key=helpers.base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,  # what a lower one leads to is said below
            require_user_verification=user is None,
        )
    except exceptions.WebAuthnException as failure:
        raise Refused(WRONG) from failure
    _note_use(passkey, owner, answered.new_sign_count, now)
    return owner


def rename(by: User, ref: str, *, name: str) -> None:
    get(by, ref).name = name
    db.session.flush()


def remove(by: User, ref: str, *, last_stays: str, now: datetime) -> None:
    user = factors.locked(by)
    db.session.delete(get(user, ref))
    db.session.flush()
    factors.note_removed(user, now, keep=by.session_token, last_stays=last_stays)
    publish(PasskeyRemoved(**factors.told(user, now)))


def get(user: User, ref: str) -> Passkey:
    """One of the person's own; 404 for any other."""
    own = sa.select(Passkey).where(Passkey.user_id == user.id, Passkey.ref == ref)
    return db.one_or_404(own)  # type: ignore[no-any-return]


def _find(credential_id: str, user: User | None) -> tuple[Passkey, User]:
    known = (
        sa.select(Passkey, User)
        .join(User, User.id == Passkey.user_id)
        .options(selectinload(User.grants))
        .where(Passkey.credential_id == credential_id, User.disabled_at.is_(None))
    )
    if user is not None:
        known = known.where(User.id == user.id)
    found = db.session.execute(all_partners(known, "whose passkey is this, before anyone is known")).first()
    if found is None:
        raise Refused(UNKNOWN)
    return found.Passkey, found.User


def _note_use(passkey: Passkey, owner: User, count: int, now: datetime) -> None:
    """A counter that does not rise tells of a copy (WebAuthn 6.1.1); many passkeys do not count and stay at zero."""
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        publish(PasskeyDoubted(**factors.told(owner, now)))
        raise Doubted("This passkey may have been copied, so it is not taken. Sign in another way, and remove it.")
    passkey.sign_count, passkey.last_used_at = count, now
    db.session.flush()


class Doubted(Refused):
    """There may be a copy of the passkey. The caller commits, so that the doubt is on record."""


def _here() -> Place:
    at = place()
    if at is None:
        raise Refused("Passkeys need a portal whose address has a name.")
    return at


def _read(answer: str) -> dict[str, Any]:
    try:
        given = json.loads(answer) if len(answer) <= LONGEST else None
    except (ValueError, RecursionError) as failure:
        raise Refused(WRONG) from failure
    if not isinstance(given, dict):
        raise Refused(WRONG)
    return given


def _transports(answer: str) -> list[str]:
    named = _read(answer).get("response", {}).get("transports")
    known = {transport.value for transport in structs.AuthenticatorTransport}
    return [each for each in named if each in known] if isinstance(named, list) else []


def _described(passkey: Passkey) -> "structs.PublicKeyCredentialDescriptor":
    return structs.PublicKeyCredentialDescriptor(
        id=helpers.base64url_to_bytes(passkey.credential_id),
        transports=[structs.AuthenticatorTransport(each) for each in passkey.transports] or None,
    )
