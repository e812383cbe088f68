"""A test of access counts only once it has caught a hole. Here each guard is taken away by machine, one at a time,
and the tests that stand for it have to notice."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth import permissions
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.deals.models import Deal
from portal.extensions import csrf
from portal.headers import is_from_anywhere
from portal.partners.models import Partner
from portal.scope import all_partners
from tests.access.canary import strange_words
from tests.access.flips import instead
from tests.access.trial import TABLE, forged, try_lines
from tests.access.visible import VISIBLE, Visible
from tests.access.world import PEOPLE, World
from tests.support.client import client_of

ROOT = Path(__file__).parents[1]
pytest_plugins = ["tests.access.fixtures"]
pytestmark = [pytest.mark.mutation, pytest.mark.parametrize("app", ["sqlite"], indirect=True)]
OF_STAFF = (EventRow, Deal, Partner)
"""No page of a partner reads these by this query alone; only the query itself is looked at."""


def holes(app: Flask, tried: World, renew: Callable[[], None], rule: str | None = None) -> Iterator[str]:
    """What the tests of access say, of one address or of all."""
    for role in PEOPLE:
        lines = [line for line in TABLE.values() if rule in (None, line.rule)]
        yield from try_lines(app, tried, renew, role, lines)
        renew()


def found(app: Flask, tried: World, renew: Callable[[], None], rule: str | None = None) -> bool:
    return next(holes(app, tried, renew, rule), None) is not None


def survivors(app: Flask, hole: Callable[[Any], Any], is_seen: Callable[[str], bool]) -> list[str]:
    """The views of which nobody notices that they have this hole."""
    unseen = []
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    views: dict[str, Any] = dict(app.view_functions)
    for endpoint, view in views.items():
        if view.__access__ == "public":
            continue
        with instead(app, endpoint, hole(view)):
            if not is_seen(rules[endpoint]):
                unseen.append(endpoint)
    return unseen


def test_a_view_open_to_all_is_noticed(app: Flask, tried: World, renew: Callable[[], None]) -> None:
    def opened(view: Any) -> Any:
        inner = view.__wrapped__
        inner.__access__ = "public"
        return inner

    assert survivors(app, opened, lambda rule: signed_out_gets_in(app, tried, renew, rule)) == []


def signed_out_gets_in(app: Flask, tried: World, renew: Callable[[], None], rule: str) -> bool:
    """Or stumbles over being nobody: the table knows neither."""
    lines = [line for line in TABLE.values() if line.rule == rule]
    return try_lines(app, tried, renew, "signed_out", lines) != []


def test_a_view_open_to_everyone_signed_in_is_noticed(app: Flask, tried: World, renew: Callable[[], None]) -> None:
    widened = permissions.requires(Permission.USE_ACCOUNT, Reach.OWN)
    unseen = survivors(app, lambda view: widened(view.__wrapped__), lambda rule: found(app, tried, renew, rule))
    views: dict[str, Any] = app.view_functions
    assert [name for name in unseen if views[name].__access__.permission is not Permission.USE_ACCOUNT] == []


def test_a_view_that_takes_forged_forms_is_noticed(app: Flask, tried: World, renew: Callable[[], None]) -> None:
    exempt = csrf._exempt_views
    guarded = {endpoint: view for endpoint, view in app.view_functions.items() if not is_from_anywhere(view)}
    for endpoint, view in guarded.items():
        rules = [r.rule for r in app.url_map.iter_rules() if r.endpoint == endpoint and "POST" in (r.methods or ())]
        exempt.add(name := f"{view.__module__}.{view.__name__}")
        lines = [line for line in TABLE.values() if line.rule in rules]
        assert not lines or forged(app, tried, "program_admin", lines), endpoint
        exempt.discard(name)
        renew()


@pytest.mark.parametrize("query", VISIBLE, ids=lambda query: query.model.__name__)
def test_a_query_that_shows_everything_is_noticed(
    app: Flask,
    tried: World,
    renew: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    query: Visible,
) -> None:
    def everything(_user: User, *columns: Any) -> Any:
        return all_partners(sa.select(*(columns or (query.model,))), "a hole")

    monkeypatch.setattr(query.module, query.name, everything)
    assert query.owners(tried.company["partner_member"]) - {tried.company.partner.id}
    if query.model not in OF_STAFF:
        assert found(app, tried, renew) or leaks(app, tried)


def leaks(app: Flask, tried: World) -> bool:
    """Whether a word of the other company is met."""
    return any(
        strange_words(app, client_of(app).as_(tried.company[role]), tried.other, tried) for role in tried.company.people
    )


@pytest.mark.parametrize("permission", [Permission.VIEW_REFERRALS, Permission.VIEW_EARNINGS])
def test_a_member_who_reaches_the_whole_company_is_noticed(
    app: Flask, tried: World, renew: Callable[[], None], monkeypatch: pytest.MonkeyPatch, permission: Permission
) -> None:
    reach = User.reach

    def further(user: User, asked: Permission) -> Reach | None:
        own = reach(user, asked)
        return Reach.COMPANY if asked is permission and own is Reach.OWN else own

    monkeypatch.setattr(User, "reach", further)
    assert found(app, tried, renew)


# A guard, what it becomes, and the tests that have to notice: each in a copy of the program.
GUARDS = [
    ("scope.py", "if touched := _touched(sql):", "if False and (touched := _touched(sql)):", "test_foundation.py"),
    ("scope.py", "if writer is None:", "if True:", "test_foundation.py"),
    (
        "scope.py",
        "if not (state.is_update or state.is_delete)",
        "if True or not (state.is_update)",
        "test_foundation.py",
    ),
    ("headers.py", "\"frame-ancestors 'none'\",", "", "test_headers.py"),
    ("headers.py", "_refuse_other_sites(settings)\n", "pass\n", "test_headers.py"),
    ("headers.py", 'if site not in (None, "same-origin", "none")', "if False", "test_headers.py"),
    ("headers.py", "if origin is not None and origin not in", "if origin is not None and not", "test_headers.py"),
    ("headers.py", '"Cache-Control", "no-store"', '"Cache-Control", "private"', "test_headers.py"),
    ("rendering.py", "escape_text(value)", "value", "test_rendering.py"),
    ("rendering.py", "value if kind is Markup else escape(value)", "value", "test_rendering.py"),
    ("headers.py", "for each in _everything_typed()", "for each in ()", "test_hostile_input.py"),
    ("headers.py", 'app.url_map.converters["int"] = _Number', "pass", "test_hostile_input.py"),
    ("paging.py", "OverflowError, RecursionError, ", "", "test_hostile_input.py"),
    ("forms.py", "if isinstance(each, str)]", "]", "test_hostile_input.py"),
    ("__init__.py", '"TRUSTED_HOSTS"', '"UNTRUSTED_HOSTS"', "test_headers.py"),
    ("__init__.py", 'HTTPONLY": True', 'HTTPONLY": False', "test_headers.py"),
    ("__init__.py", 'SAMESITE": "Lax"', 'SAMESITE": None', "test_headers.py"),
    ("__init__.py", '"__Host-portal" if', '"portal" if', "test_headers.py"),
    ("__init__.py", 'SECURE": settings.tls', 'SECURE": False', "test_headers.py"),
    ("__init__.py", "    check_access(app)", "    pass", "test_architecture.py"),
    ("__init__.py", "(db, login_manager, csrf)", "(db, login_manager)", "test_access.py"),
    ("auth/permissions.py", "if not user.may(permission, relation):", "if False:", "test_access.py"),
    ("auth/sessions.py", "LoginSession.ended_at.is_(None)", "sa.true()", "auth"),
    ("auth/sessions.py", '(RoleGrant.ends_at > sa.bindparam("now"))', "sa.true()", "emergency"),
    ("auth/queries.py", "RoleGrant.ends_at.is_(None), User.disabled_at", "User.disabled_at", "emergency"),
    ("auth/queries.py", ".with_for_update(of=(User, RoleGrant))", "", "auth/test_segregation.py"),
    ("auth/looking_on.py", "now >= until or not viewer.may(Permission.VIEW_AS)", "False", "auth/test_view_as.py"),
    ("auth/looking_on.py", "if request.endpoint in ENDS:", "if True:", "auth/test_view_as.py"),
    ("auth/looking_on.py", "    if reads:\n", "    if False:\n", "auth/test_view_as.py"),
    ("scope.py", "    if writer == NOBODY:", "    if False:", "auth/test_view_as.py"),
    ("scope.py", "if _writer.get() == NOBODY and", "if False and", "auth/test_view_as.py"),
    (
        "viewing/actions.py",
        "if user.partner_id is None or by.partner_id is not None:",
        "if False:",
        "auth/test_view_as.py",
    ),
    ("emergency/actions.py", "if by.id in (grant.asked_by_id, grant.user_id):", "if False:", "emergency"),
    ("emergency/actions.py", "    _check_waits(grant, now)\n    if by", "    if by", "emergency"),
    ("emergency/actions.py", "not own and not by.may", "False and not by.may", "emergency"),
    ("auth/sessions.py", "set_emergency(user.emergency)", "pass", "emergency"),
    ("payouts/actions.py", '    _check_four_eyes(by, run, "release it")\n', "", "payouts/test_payouts.py"),
    ("referrals/rules.py", "if user_id == entered_by_id:", "if False:", "auth/test_segregation.py"),
    ("auth/sessions.py", "not is_live(", "not bool(", "auth"),
    (
        "auth/addresses.py",
        "change.old_confirmed_at is None or change.new_confirmed_at is None",
        "False",
        "auth/test_address.py",
    ),
    ("auth/addresses.py", "    end_sessions(user.id, now, but=keep)\n", "", "auth/test_address.py"),
    ("auth/addresses.py", ", links_live)", ")", "auth/test_address.py"),
    ("auth/invitations.py", " if by.is_staff else frozenset()", "", "auth/test_invitations.py"),
    ("auth/invitations.py", "    throttles.count_resent(user.shown_email, now)\n", "", "auth/test_invitations.py"),
    ("auth/actions.py", " or user.invitation_revoked_at is not None", "", "auth/test_invitations.py"),
    ("auth/passkeys.py", "require_user_verification=alone,", "", "auth/test_invitation_passkey.py"),
    ("auth/devices.py", "User.email == plain_address(email), ", "", "auth/test_throttles.py"),
    ("auth/account_views.py", "@_counted\n", "", "auth/test_throttles.py"),
    ("auth/rules.py", "if roles & SHORT_FOR:", "if False:", "auth/test_devices.py"),
    ("auth/links.py", "AccountLink.used_at.is_(None)", "sa.true()", "auth"),
    ("auth/step_up.py", "if proofs.holds(current_user, clock.now()):", "if True:", "auth/test_step_up.py"),
    ("auth/step_up.py", "if given and is_proven(form):", "if given:", "auth/test_step_up.py"),
    ("auth/totp.py", "TotpSecret.last_step < step", "sa.true()", "auth/test_authenticator_app.py"),
    ("auth/challenges.py", " or not _is_first(text, now)", "", "auth/test_passkey_answers.py"),
    ("auth/passkeys.py", "require_user_verification=user is None", "", "auth/test_passkey_answers.py"),
    ("auth/door.py", "or is_proven_enough(user) or", "or True or", "auth/test_second_factor.py"),
    ("auth/views.py", "if user.factor_since is not None:", "if False:", "auth/test_second_factor.py"),
    ("idempotency.py", "stored.owner != _owner() or ", "", "test_idempotency.py"),
    ("idempotency.py", " or stored.body != _body()", "", "test_idempotency.py"),
    ("idempotency.py", "if not _claim(key):", "if not _claim(key) and False:", "test_idempotency.py"),
    ("agreements/queries.py", ", Agreement.sent_at.is_not(None)", "", "test_access.py"),
    ("activity/queries.py", ", EventRow.audience == Audience.PARTNER", "", "test_canary.py"),
    ("deals/queries.py", "wanted = wanted.where(Deal.owner_id == user.id)", "pass", "test_access.py"),
    ("auth/queries.py", "        LoginSession.user_id == user.id,\n", "", "test_access.py"),
    ("conflicts/actions.py", "    check_referral_move(referral.status, ", "    print(", "life/test_guards.py"),
    ("conflicts/actions.py", "    if referral.version != seen_version:", "    if False:", "life/test_guards.py"),
    ("protections/actions.py", "    if protection.version != seen_version:", "    if False:", "life/test_guards.py"),
    ("protections/actions.py", "    queries.check_not_enterer(by, referral)\n", "", "life/test_guards.py"),
    ("protections/actions.py", " or protection.state in _OVER", "", "life/test_guards.py"),
    ("protections/extending.py", "if meets_on is not None and meets_on <", "if None and None <", "life/test_guards.py"),
    ("protections/rules.py", "if tail_ends_at > now", "if tail_ends_at >= now", "life/test_edges.py"),
    ("protections/timers.py", "        Protection.version == version,\n", "", "life/test_guards.py"),
    ("appeals/actions.py", "    _check_seen(made, seen_version)\n    sla.rel", "    sla.rel", "life/test_guards.py"),
    (
        "drafts/queries.py",
        "visible_to(user).where(ReferralDraft.ref == ref)",
        "visible_to(user)",
        "life/test_guards.py",
    ),
    ("fields/actions.py", "    _check_label(label, asked)\n", "", "life/test_guards.py"),
    ("fields/actions.py", "    _check_label(field.label, asked)\n", "", "life/test_guards.py"),
    ("deals/sharing.py", "if set(divided) != in_it:", "if False:", "deals/test_shared_side_by_side.py"),
    ("deals/sharing.py", "if pays_in != deal.currency:", "if False:", "deals/test_shared_side_by_side.py"),
    ("deals/shares.py", "DealShare.partner_id == partner_id, ", "", "deals/test_shared_side_by_side.py"),
    ("routing/actions.py", "if until_on < from_on:", "if until_on <= from_on:", "routing/test_guards.py"),
    (
        "routing/queries.py",
        "Absence.ref == ref, Absence.user_id == user_id",
        "Absence.ref == ref",
        "routing/test_guards.py",
    ),
]


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program and its tests, to be damaged."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("portal", "tests", "content"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(("file", "guard", "hole", "tests"), GUARDS, ids=lambda each: each[:40])
def test_a_guard_that_is_gone_is_noticed(copy: Path, app: Flask, file: str, guard: str, hole: str, tests: str) -> None:
    path = copy / "portal" / file
    whole = path.read_text("utf-8")
    assert guard in whole, "the guard is written differently now"
    path.write_text(whole.replace(guard, hole), "utf-8")
    try:
        kept = ["-m", "not fuzz and not mutation", "-k", "not postgresql"]
        asked = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", *kept]
        run = subprocess.run(
            [*asked, f"--basetemp={copy / 'temp'}", f"tests/{tests}"],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert run.returncode == 1, run.stdout[-2_000:]
    finally:
        path.write_text(whole, "utf-8")
