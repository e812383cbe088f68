"""Whoever needs a second factor and has not given one gets no further than to where it is set up or given."""

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.factor_rules import STRONG, needs_second_factor
from portal.auth.models import User
from portal.auth.rules import SecondFactorFor
from portal.config import Settings
from portal.program import the_program

SET_UP = "factors."
"""How the names of the pages begin where a factor is set up."""
GIVE = frozenset({"factors.prove", "factors.options_for_proof"})


def init_app(app: Flask) -> None:
    app.before_request(_lead_to_a_factor)


def is_needed(user: User) -> bool:
    """Whether the person has to have a second factor, as the program and the operator have it."""
    settings: Settings = current_app.config["SETTINGS"]
    program = the_program()
    wanted = SecondFactorFor(program.second_factor_for) if program else SecondFactorFor.REQUIRED_ROLES
    return settings.second_factors and needs_second_factor(user.roles, wanted)


def is_proven_enough(user: User) -> bool:
    """Whether the session of this request was opened with all that the person needs. Whoever looks on as somebody
    else came in as oneself."""
    return user.viewer is not None or user.factor in STRONG or not is_needed(user)


def _lead_to_a_factor() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "__access__", "") == "public":
        return None
    user = current_user._get_current_object()
    if not user.is_authenticated or is_proven_enough(user) or request.endpoint in GIVE:
        return None
    if user.factor_since is None:
        if (request.endpoint or "").startswith(SET_UP):
            return None
        return redirect(url_for("factors.show"), 303)
    return redirect(url_for("factors.prove", next=request.full_path if request.method == "GET" else None), 303)
