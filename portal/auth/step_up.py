"""Before money, bank details, roles, keys and signing somebody shows once more who they are.

A form that comes without a factor of the last minutes is answered with a page of status 422, as any form that comes
back: it says what is being decided, keeps what was typed, and asks. The form goes on by itself once the answer is
right. The view has not run until then, and the form's key is unclaimed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from portal import clock
from portal.auth import proofs
from portal.auth.factor_forms import ProofForm
from portal.auth.rules import path_after_sign_in
from portal.errors import Refused

P = ParamSpec("P")
OURS = "proof_"
"""How the names of the fields begin that the page adds to the form that it keeps."""
BACK = "proof_back"
NOT_KEPT = (BACK, "csrf_token")


@dataclass(frozen=True)
class Decision:
    """What is being decided: a title that begins with a verb, and what there is to know about it."""

    title: str
    lines: Sequence[tuple[str, str]]


def typed(name: str) -> str:
    """What was typed into a field of the form that waits, for a line of its Decision."""
    return request.form.get(name, "").strip() or "nothing yet"


def step_up(
    decision: Callable[P, Decision],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Between `@requires` and `@once`. `decision` takes what the view takes, and answers 404 where the view would."""

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def proven(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if request.method != "POST":
                return view(*args, **kwargs)
            given = _set_apart()
            if proofs.holds(current_user, clock.now()):
                return view(*args, **kwargs)
            decided = decision(*args, **kwargs)
            if any(file for file in request.files.values()):
                flash("Show who you are first, then choose the file again.")
                return redirect(url_for("factors.prove", next=_back(given)), 303)
            form = ProofForm(formdata=given or None)
            if given and is_proven(form):
                return view(*args, **kwargs)
            return _page(decided, form, _back(given)), 422

        return proven

    return guard


def is_proven(form: ProofForm) -> bool:
    """Whether what was given holds; where it does not, the form says so."""
    now = clock.now()
    if not form.validate():
        return False
    try:
        proofs.prove(current_user, form.answers(), address=request.remote_addr or "", now=now)
    except Refused as refusal:
        form.refuse(refusal)
        return False
    return True


def _set_apart() -> MultiDict[str, str]:
    """Take the answer out of the form that waited for it: the view sees that form as it was first sent."""
    pairs = list(request.form.items(multi=True))
    given = MultiDict((name, value) for name, value in pairs if name.startswith(OURS))
    request.form = ImmutableMultiDict((name, value) for name, value in pairs if not name.startswith(OURS))
    return given


def _back(given: MultiDict[str, str]) -> str:
    """The page that the form was sent from."""
    came_from = urlsplit(request.referrer or "")
    before = given.get(BACK) or f"{came_from.path}{'?' if came_from.query else ''}{came_from.query}"
    return path_after_sign_in(before, is_staff=current_user.is_staff)


def _page(decided: Decision, form: ProofForm, back: str) -> str:
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    ways = proofs.ways_of(current_user)
    form.call_code(ways.code_label)
    return render_template("auth/step_up.html", decided=decided, form=form, kept=kept, back=back, ways=ways)
