"""What somebody is shown again who gives roles, or changes their own factors."""

from flask import request
from flask_login import current_user

from portal.auth import passkeys, queries
from portal.auth.factor_rules import role_words_of
from portal.auth.step_up import Decision, typed


def roles(ref: str) -> Decision:
    user = queries.get_visible(current_user, ref)
    then = role_words_of(request.form.getlist("roles"))
    return Decision("Change these roles", [("Person", user.name), ("Roles now", user.role_words), ("Then", then)])


def invitation() -> Decision:
    lines = [("Name", typed("name")), ("Mail address", typed("email"))]
    return Decision("Invite this person", [*lines, ("Roles", role_words_of(request.form.getlist("roles")))])


def factors_reset(ref: str) -> Decision:
    user = queries.get_visible(current_user, ref)
    return Decision("Remove these second factors", [("Person", user.name), ("Mail address", user.email)])


def app() -> Decision:
    return Decision("Set up an authenticator app", _account())


def app_removal() -> Decision:
    return Decision("Remove the authenticator app", _account())


def recovery_codes() -> Decision:
    return Decision("Make new recovery codes", [*_account(), ("Codes before", "Work no more")])


def passkey() -> Decision:
    return Decision("Add this passkey", [*_account(), ("Name", typed("name"))])


def passkey_removal(ref: str) -> Decision:
    return Decision("Remove this passkey", [*_account(), ("Name", passkeys.get(current_user, ref).name)])


def _account() -> list[tuple[str, str]]:
    return [("Account", current_user.email)]
