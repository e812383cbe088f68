"""What somebody is shown again who gives roles."""

from flask import request
from flask_login import current_user

from portal.auth import queries
from portal.auth.factor_rules import role_words_of
from portal.auth.step_up import Decision, typed


def roles(ref: str) -> Decision:
    user = queries.get_visible(current_user, ref)
    then = role_words_of(request.form.getlist("roles"))
    return Decision("Change these roles", [("Person", user.name), ("Roles now", user.role_words), ("Then", then)])


def invitation() -> Decision:
    lines = [("Name", typed("name")), ("Mail address", typed("email"))]
    return Decision("Invite this person", [*lines, ("Roles", role_words_of(request.form.getlist("roles")))])
