"""Partner portal. create_app wires the parts together; nothing else does."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import database, failures, formats, headers, look, storage, vault
from portal.activity import chain
from portal.activity import checks as activity_checks
from portal.activity import staff_views as activity_staff
from portal.activity import views as own_activity
from portal.admin import staff_views as admin_staff
from portal.admin import views as open_to_all
from portal.agreements import checks as agreement_checks
from portal.agreements import models as agreements
from portal.agreements import plan_views as fee_plans
from portal.agreements import staff_views as agreements_staff
from portal.agreements import template_views as agreement_templates
from portal.agreements import views as agreements_views
from portal.appeals import checks as appeal_checks
from portal.appeals import models as appeals
from portal.appeals import staff_views as appeals_staff
from portal.appeals import views as appeals_views
from portal.auth import (
    account_views,
    address_views,
    door,
    factor_views,
    link_views,
    looking_on,
    people_views,
    second_factor_views,
    sessions,
)
from portal.auth import checks as account_checks
from portal.auth import views as sign_in
from portal.auth.passwords import ARGON2
from portal.auth.permissions import check_access
from portal.config import LOOPBACK, Settings, load_settings
from portal.conflicts import checks as conflict_checks
from portal.conflicts import models as conflicts
from portal.conflicts import reactions as conflict_reactions
from portal.conflicts import staff_views as conflicts_staff
from portal.conversation import checks as conversation_checks
from portal.conversation import link_views as mail_links
from portal.conversation import models as conversations
from portal.conversation import reactions as conversation_is_news
from portal.conversation import staff_views as conversation_staff
from portal.conversation import views as conversation_views
from portal.corrections import checks as correction_checks
from portal.corrections import models as corrections
from portal.corrections import views as corrections_views
from portal.criteria import checks as criteria_checks
from portal.criteria import models as criteria
from portal.criteria import staff_views as criteria_staff
from portal.deals import beside_views as beside_deals
from portal.deals import board_views as deal_board
from portal.deals import checks as deal_checks
from portal.deals import handover_views as deal_handovers
from portal.deals import import_views as deal_imports
from portal.deals import models as deals
from portal.deals import product_views as deal_products
from portal.deals import reactions as deal_reactions
from portal.deals import share_views as deal_shares
from portal.deals import staff_views as deals_staff
from portal.deals import totals as deal_totals
from portal.deals.history import staff_views as referral_history
from portal.documents import checks as document_checks
from portal.documents import models as documents
from portal.drafts import models as drafts
from portal.emergency import checks as emergency_checks
from portal.emergency import models as emergencies
from portal.emergency import staff_views as emergency_staff
from portal.engagement import checks as engagement_checks
from portal.engagement import models as engagement
from portal.engagement import staff_views as engagement_staff
from portal.engagement import views as engagement_views
from portal.evidence import checks as evidence_checks
from portal.evidence import models as evidence
from portal.exports import staff_views as exports_staff
from portal.exports import views as exports_views
from portal.extensions import csrf, db, login_manager
from portal.fees import checks as fee_checks
from portal.fees import models as fees
from portal.fees import reactions as fee_reactions
from portal.fees import staff_views as fees_staff
from portal.fees import views as earnings
from portal.fields import models as referral_fields
from portal.fields import staff_views as fields_staff
from portal.home import staff_views as staff_home
from portal.home import views as home
from portal.idempotency import new_key
from portal.ledger import checks as ledger_checks
from portal.ledger import models as ledger
from portal.lookalikes import models as lookalikes
from portal.menu import menu
from portal.notifications import (
    account_reactions,
    conversation_reactions,
    emergency_reactions,
    factor_reactions,
    money_reactions,
)
from portal.notifications import checks as notification_checks
from portal.notifications import claim_reactions as told_of_claims
from portal.notifications import conflict_reactions as told_of_conflicts
from portal.notifications import deal_reactions as told_of_deals
from portal.notifications import models as notifications
from portal.notifications import promise_reactions as told_of_promises
from portal.notifications import reactions as notification_reactions
from portal.notifications import sign_on_reactions as told_of_sign_on
from portal.notifications import views as mails_views
from portal.partners import checks as partner_checks
from portal.partners import models as partners
from portal.partners import people_views as partner_people
from portal.partners import staff_views as partners_staff
from portal.partners import views as company
from portal.payouts import checks as payout_checks
from portal.payouts import models as payouts
from portal.payouts import staff_views as payouts_staff
from portal.payouts import views as statements
from portal.prechecks import checks as precheck_checks
from portal.prechecks import models as prechecks
from portal.prechecks import staff_views as prechecks_staff
from portal.prechecks import views as prechecks_views
from portal.privacy import checks as privacy_checks
from portal.privacy import models as privacy
from portal.privacy import staff_views as privacy_staff
from portal.program import the_program
from portal.protections import checks as protection_checks
from portal.protections import models as protections
from portal.protections import staff_views as protections_staff
from portal.protections import views as protections_views
from portal.referrals import checks as referral_checks
from portal.referrals import entry_views as referral_entry
from portal.referrals import evidence_views as referral_evidence
from portal.referrals import form_views as referral_form
from portal.referrals import import_models as referral_imports
from portal.referrals import import_views as referral_lists
from portal.referrals import models as referrals
from portal.referrals import renewal_views as referral_renewal
from portal.referrals import staff_views as referrals_staff
from portal.referrals import views as referrals_views
from portal.referrals.batches import models as referral_batches
from portal.referrals.batches import staff_views as batches_staff
from portal.referrals.replay import staff_views as criteria_replay
from portal.resources import checks as resource_checks
from portal.resources import models as resources
from portal.resources import staff_views as resources_staff
from portal.resources import views as resources_views
from portal.routing import absence_views
from portal.routing import models as routing
from portal.routing import staff_views as routing_staff
from portal.sla import checks as sla_checks
from portal.sla import models as sla
from portal.sso import checks as sso_checks
from portal.sso import local as sso_local
from portal.sso import models as sso
from portal.sso import settings_views as sign_in_settings
from portal.sso import staff_views as sign_in_of_partners
from portal.sso import views as single_sign_on
from portal.tasks import calendar_views as calendars
from portal.tasks import models as tasks
from portal.tasks import reactions as task_reactions
from portal.tasks import staff_views as tasks_staff
from portal.viewing import models as viewings
from portal.viewing import staff_views as viewing_staff
from portal.viewing import views as viewing

BLUEPRINTS: tuple[Any, ...] = (
    account_views.bp,
    address_views.bp,
    activity_staff.bp,
    own_activity.bp,
    factor_views.bp,
    second_factor_views.bp,
    company.bp,
    partners_staff.bp,
    partner_people.bp,
    admin_staff.bp,
    home.bp,
    staff_home.bp,
    open_to_all.bp,
    people_views.people,
    people_views.team,
    sign_in.bp,
    link_views.bp,
    deals_staff.bp,
    deal_board.bp,
    deal_imports.bp,
    deal_handovers.bp,
    deal_shares.bp,
    deal_products.bp,
    beside_deals.bp,
    tasks_staff.bp,
    routing_staff.bp,
    absence_views.bp,
    calendars.bp,
    prechecks_views.bp,
    prechecks_staff.bp,
    referral_form.bp,
    corrections_views.bp,
    fields_staff.bp,
    referral_entry.bp,
    referral_lists.bp,
    referral_evidence.bp,
    referral_evidence.staff,
    referrals_views.bp,
    referral_renewal.bp,
    batches_staff.bp,
    referral_history.bp,
    referrals_staff.bp,
    conversation_views.bp,
    conversation_staff.bp,
    mail_links.bp,
    appeals_views.bp,
    appeals_staff.bp,
    protections_views.bp,
    protections_staff.bp,
    conflicts_staff.bp,
    agreements_views.bp,
    agreements_staff.bp,
    agreement_templates.bp,
    fee_plans.bp,
    resources_views.bp,
    resources_staff.bp,
    criteria_staff.bp,
    criteria_replay.bp,
    engagement_views.bp,
    engagement_staff.bp,
    earnings.bp,
    fees_staff.bp,
    payouts_staff.bp,
    statements.bp,
    privacy_staff.bp,
    emergency_staff.bp,
    mails_views.bp,
    exports_views.bp,
    exports_staff.bp,
    viewing.bp,
    viewing_staff.bp,
    single_sign_on.bp,
    sign_in_settings.company,
    sign_in_settings.staff,
    sign_in_of_partners.bp,
)
# Imported for what they register: tables, reactions, checks, the record of events, who is signed in.
LOADED = (
    account_reactions,
    factor_reactions,
    account_checks,
    partner_checks,
    activity_checks,
    agreement_checks,
    agreements,
    chain,
    conversation_checks,
    conversation_reactions,
    conversation_is_news,
    conversations,
    conflict_checks,
    conflict_reactions,
    conflicts,
    criteria,
    criteria_checks,
    deal_checks,
    deal_reactions,
    deal_totals,
    deals,
    drafts,
    corrections,
    correction_checks,
    referral_fields,
    document_checks,
    documents,
    emergencies,
    emergency_checks,
    emergency_reactions,
    engagement,
    engagement_checks,
    evidence,
    evidence_checks,
    fee_checks,
    fee_reactions,
    fees,
    ledger,
    ledger_checks,
    lookalikes,
    money_reactions,
    notification_checks,
    notification_reactions,
    notifications,
    partners,
    payout_checks,
    payouts,
    appeal_checks,
    appeals,
    precheck_checks,
    prechecks,
    protection_checks,
    protections,
    privacy,
    privacy_checks,
    referral_batches,
    referral_checks,
    referral_imports,
    referrals,
    resource_checks,
    routing,
    resources,
    sessions,
    sla,
    sla_checks,
    tasks,
    task_reactions,
    told_of_sign_on,
    told_of_claims,
    told_of_deals,
    told_of_promises,
    told_of_conflicts,
    sso,
    sso_checks,
    sso_local,
    viewings,
)
MAX_UPLOAD = 10 * 1024 * 1024


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        ARGON2=ARGON2,
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        TRUSTED_HOSTS=sorted(LOOPBACK | {urlsplit(settings.public_url).hostname or ""}),
        SESSION_COOKIE_NAME="__Host-portal" if settings.tls else "portal",
        SESSION_COOKIE_SECURE=settings.tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=int(timedelta(hours=12).total_seconds()),
    )
    app.config.update(overrides)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["idempotency_key"] = new_key  # a global, because imported macros see no page context
    headers.init_app(app, settings)
    for extension in (db, login_manager, csrf):
        extension.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    for part in (look, formats, failures, storage, vault, looking_on, door):
        part.init_app(app)
    login_manager.session_protection = None
    login_manager.unauthorized_handler(_to_sign_in)
    app.context_processor(_of_every_page)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_access(app)
    return app


def _of_every_page() -> dict[str, Any]:
    program = the_program()
    return {"program": program, "program_name": program.name if program else None, "menu": menu}


def _to_sign_in() -> ResponseReturnValue:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", next=wanted))
