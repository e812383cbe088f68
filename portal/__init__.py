"""Partner portal. create_app wires the parts together; nothing else does."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import (
    database,
    failures,
    features,  # noqa: F401  (what it imports registers itself)
    formats,
    headers,
    look,
    pages,
    rendering,
    storage,
    vault,
)
from portal.auth import door as auth_door
from portal.auth import looking_on
from portal.auth.cookies import Cookies
from portal.auth.passwords import ARGON2
from portal.auth.permissions import check_access
from portal.config import LOOPBACK, Settings, load_settings
from portal.extensions import csrf, db, login_manager
from portal.idempotency import new_key
from portal.menu import menu
from portal.program import the_program
from portal.unsent import door as unsent
from portal.uploads import MOST_BYTES, MOST_TYPED

FORM_LASTS = timedelta(hours=12)


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """The program, ready to answer. `overrides` are settings of Flask's own, and win.

    Raises Refused for settings that do not hold, RuntimeError for a view that does not say who may open it."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.config.update(_configuration(settings) | overrides)
    app.session_interface = Cookies()
    _trust_proxies(app, settings)
    _set_up_templates(app)
    headers.init_app(app, settings)
    for extension in (db, login_manager, csrf):
        extension.init_app(app)
    _prepare_database(app)
    for part in (look, formats, failures, storage, vault, looking_on, auth_door, unsent):
        part.init_app(app)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_access(app)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "ARGON2": ARGON2,
        "SETTINGS": settings,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": MOST_BYTES + MOST_TYPED,
        "MAX_FORM_MEMORY_SIZE": MOST_TYPED,
        "TRUSTED_HOSTS": sorted(LOOPBACK | {urlsplit(settings.public_url).hostname or ""}),
        "SESSION_COOKIE_NAME": "__Host-portal" if settings.tls else "portal",
        "SESSION_COOKIE_SECURE": settings.tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": int(FORM_LASTS.total_seconds()),
    }


def _trust_proxies(app: Flask, settings: Settings) -> None:
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]


def _set_up_templates(app: Flask) -> None:
    app.jinja_environment = rendering.Templates
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["idempotency_key"] = new_key  # a global, because imported macros see no page context
    app.context_processor(_of_every_page)


def _of_every_page() -> dict[str, Any]:
    program = the_program()
    return {"program": program, "program_name": program.name if program else None, "menu": menu}


def _prepare_database(app: Flask) -> None:
    with app.app_context():
        database.prepare(db.engine)
