"""What no linter knows: how addresses, templates, permissions, events and reads are made in this program."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Any, get_type_hints

import pytest
from flask import Blueprint, Flask

import portal
from portal import pages
from portal.auth.permissions import GRANTS, Permission
from portal.auth.rules import PARTNER_ROLES, Role
from portal.events import KINDS, Event
from portal.menu import PARTNER

HOME = Path(portal.__file__).parent
PLACES = Path(__file__).parent / "access" / "all_partners.txt"
TEMPLATES = sorted((HOME / "templates").rglob("*.*"))
SOURCES = sorted(path for path in HOME.rglob("*.py") if "migrations/versions" not in path.as_posix())
SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|(\.well-known)|<[^>]+>(\.pdf)?|security\.txt")
# A document and a mail carry their own style, because nothing else goes with them.
SELF_CONTAINED = ("layouts/document.html", "layouts/email.html")
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)
# SQL as text, where there is no other way to say it, or nothing to say it of.
SQL_AS_TEXT = {
    "admin/views.py": "is the database there",
    "backup/restoring.py": "how long a statement may take",
    "backup/tables.py": "triggers, references and numbers, set aside and put back",
    "database.py": "BEGIN and PRAGMA",
    "doctor/database.py": "what a database is set to",
    "migrations/guards.py": "triggers",
    "migrations/env.py": "what a migration checks before it ends",
    "privacy/sweeping.py": "the database written anew",
    "proof.py": "the database's own checks",
    "rows_at_once.py": "a compiled INSERT, with as many rows of places as there are rows",
}
# Nothing is made here that could be made twice.
WITHOUT_KEY = {
    "staff_activity.export",
    "exports.own_referrals",
    "staff_exports.referrals",
    "staff_exports.deals",
    "referral_form.save",
    "privacy.search",
    "auth.sign_in",
    "auth.sign_out",
    "links.ask_reset",
    "links.reset",
    "links.accept_invitation",
    "links.accept_with_passkey",
    "links.renew_invitation",
    "address.confirm_old",
    "address.confirm_new",
    "address.refuse_old",
    "address.refuse_new",
    "mail_links.give_answer",
    "mail_links.withdraw",
    "mail_links.ask_for_extension",
    "leaving.turn_off",
    "leaving.turn_on",
    "factors.prove",
    "second_factor.give",
    "second_factor.with_passkey",
    "sso.ask",
    "sso.finish",
    "company_sign_in.test",
    "staff_sign_in.test",
}
PREVIEW = re.compile(r"/(preview|reading)$")

every_kind = pytest.mark.parametrize(
    "kind", [KINDS[name] for name in sorted(KINDS) if not KINDS[name].__subclasses__()]
)


def of_portal(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file, with the name of the function or class around it."""

    def inside(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, (ast.FunctionDef, ast.ClassDef))
            yield from inside(child, child.name if named else name)  # type: ignore[attr-defined]
        if isinstance(node, ast.Call):
            yield name, node

    yield from inside(ast.parse(path.read_text("utf-8")), "")


def called(call: ast.Call) -> str:
    return ast.unparse(call.func)


@pytest.fixture
def views(made: Flask) -> dict[str, Any]:
    return dict(made.view_functions)


@pytest.fixture
def made(app_of: Callable[[str], Flask]) -> Flask:
    return app_of("sqlite")


def test_every_template_compiles(made: Flask) -> None:
    names = made.jinja_env.list_templates()
    assert len(names) > 20
    for name in names:
        made.jinja_env.get_template(name)


def test_every_address_is_lower_case_words_with_hyphens(made: Flask) -> None:
    odd = [
        rule.rule
        for rule in made.url_map.iter_rules()
        for segment in rule.rule.strip("/").split("/")
        if segment and not SEGMENT.fullmatch(segment)
    ]
    assert odd == []


def test_no_template_has_script_or_style_of_its_own() -> None:
    for path in TEMPLATES:
        name = path.relative_to(HOME / "templates").as_posix()
        if name not in SELF_CONTAINED:
            found = INLINE.search(path.read_text("utf-8"))
            assert found is None, f"{name}: {found[0] if found else ''}"


def test_every_place_that_reads_across_companies_is_known() -> None:
    """The list is kept by hand: whoever adds a place says there why it may."""
    found = Counter(
        f"{of_portal(path)} {name}: {reason(call)}"
        for path in SOURCES
        for name, call in calls(path)
        if called(call) == "all_partners"
    )
    listed = Counter(line for line in PLACES.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    assert list((found - listed).elements()) == [], "not in tests/access/all_partners.txt"
    assert list((listed - found).elements()) == [], "in tests/access/all_partners.txt, and nowhere else"


def reason(call: ast.Call) -> str:
    why = call.args[1]
    return str(why.value) if isinstance(why, ast.Constant) else ast.unparse(why)


def test_only_the_worker_runs_jobs_and_only_the_typesetter_sets_pages() -> None:
    heavy = {"dbos": {"worker.py"}, "weasyprint": {"typesetter.py"}, "jobs": {"worker.py"}}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += (
                [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            )
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                for part in heavy.keys() & set(module.split(".")):
                    assert of_portal(path) in heavy[part], f"{of_portal(path)} imports {module}"


def test_sql_is_text_only_where_it_must_be() -> None:
    for path in SOURCES:
        for name, call in calls(path):
            if called(call).endswith(("exec_driver_sql", "cursor.execute", "executescript")) or (
                called(call) in ("sa.text", "text") and not is_index(path, call)
            ):
                allowed = of_portal(path) in SQL_AS_TEXT or of_portal(path).startswith("seeds/scale/")
                assert allowed, f"{of_portal(path)} {name}: {ast.unparse(call)[:100]}"


def is_index(path: Path, call: ast.Call) -> bool:
    """The condition of a partial index, in a model."""
    return path.name == "models.py"


def test_nothing_is_read_past_the_scope() -> None:
    for path in SOURCES:
        for name, call in calls(path):
            read = re.fullmatch(r"db\.session\.(get|get_one|refresh|query)", called(call))
            assert read is None, f"{of_portal(path)} {name}: {ast.unparse(call)[:100]}"


def test_every_permission_opens_a_view_and_every_role_opens_one(views: dict[str, Any]) -> None:
    used = {view.__access__.permission for view in views.values() if view.__access__ != "public"}
    used |= {entry.permission for entry in PARTNER}
    assert set(Permission) - used == set(), "permissions that open nothing"
    for role in Role:
        assert used & GRANTS[role].keys(), role
    granted = {permission for grants in GRANTS.values() for permission in grants}
    assert set(Permission) - granted == set(), "permissions that nobody has"


def test_no_partners_role_opens_a_page_of_staff(made: Flask, views: dict[str, Any]) -> None:
    for rule in made.url_map.iter_rules():
        access = views[rule.endpoint].__access__
        if rule.rule.startswith("/staff/"):
            assert access != "public", rule.rule
            assert not any(access.permission in GRANTS[role] for role in PARTNER_ROLES), rule.rule


def test_what_creates_or_moves_something_claims_a_key_first(made: Flask) -> None:
    for rule in made.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not PREVIEW.search(rule.rule) and rule.endpoint not in WITHOUT_KEY:
            assert "claimed" in layers(made.view_functions[rule.endpoint]), f"{rule.rule} has no @once"


def layers(view: Any) -> list[str]:
    """The names of the functions that a view is wrapped in, from the outside."""
    names = [view.__code__.co_name]
    while view := getattr(view, "__wrapped__", None):
        names.append(view.__code__.co_name)
    return names


def test_a_view_that_declares_no_access_stops_the_start(
    app_of: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = Blueprint("forgotten", __name__)
    forgotten.add_url_rule("/forgotten", "view", lambda: "anybody's")
    monkeypatch.setattr(pages, "BLUEPRINTS", (*pages.BLUEPRINTS, forgotten))
    with pytest.raises(RuntimeError, match=r"forgotten\.view"):
        portal.create_app(app_of("sqlite").config["SETTINGS"])


def test_access_is_decided_before_anything_else(views: dict[str, Any]) -> None:
    for name, view in views.items():
        if view.__access__ != "public":
            assert layers(view)[0] == "guarded", name


@every_kind
def test_every_event_can_be_told(kind: type[Event]) -> None:
    kinds = get_type_hints(kind)
    told = {"by", "ref"}
    for each in fields(kind):
        told.add(re.sub(r"_(user_id|minor)$", "", each.name))
    for _, name, _, _ in Formatter().parse(kind.sentence):
        if name is not None:
            assert name in told, f"{kind.__name__} has no {{{name}}} to tell"
            is_day = kinds.get(name) in (date, date | None, datetime)
            assert name.endswith("_on") or not is_day, f"{name} is told as a machine writes it; call it {name}_on"
    assert kind.sentence[0].isupper() or kind.sentence.startswith("{"), kind.sentence
    assert kind.sentence.endswith((".", "}")), kind.sentence
    if any(each.name.endswith("_minor") for each in fields(kind)):
        assert "currency" in kinds, f"{kind.__name__} has an amount of no currency"


@every_kind
def test_no_event_holds_personal_data(kind: type[Event]) -> None:
    personal = {"email", "phone", "contact", "address", "password", "token", "iban", "account", "note", "text"}
    for each in fields(kind):
        assert not personal & set(each.name.split("_")), f"{kind.__name__}.{each.name}"
