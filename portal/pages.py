"""Every page there is: what create_app registers, feature by feature."""

from flask import Blueprint

from portal.activity import staff_views as activity_staff
from portal.activity import views as own_activity
from portal.admin import staff_views as admin_staff
from portal.admin import views as open_to_all
from portal.agreements import plan_views as fee_plans
from portal.agreements import staff_views as agreements_staff
from portal.agreements import template_views as agreement_templates
from portal.agreements import views as agreements_views
from portal.appeals import staff_views as appeals_staff
from portal.appeals import views as appeals_views
from portal.auth import account_views, address_views, factor_views, link_views, people_views, second_factor_views
from portal.auth import views as sign_in
from portal.conflicts import staff_views as conflicts_staff
from portal.conversation import link_views as mail_links
from portal.conversation import staff_views as conversation_staff
from portal.conversation import views as conversation_views
from portal.corrections import views as corrections_views
from portal.criteria import staff_views as criteria_staff
from portal.deals import beside_views as beside_deals
from portal.deals import board_views as deal_board
from portal.deals import form_views as deal_entry
from portal.deals import handover_views as deal_handovers
from portal.deals import import_views as deal_imports
from portal.deals import product_views as deal_products
from portal.deals import share_views as deal_shares
from portal.deals import staff_views as deals_staff
from portal.deals.history import staff_views as referral_history
from portal.emergency import staff_views as emergency_staff
from portal.engagement import staff_views as engagement_staff
from portal.engagement import views as engagement_views
from portal.exports import staff_views as exports_staff
from portal.exports import views as exports_views
from portal.fees import staff_views as fees_staff
from portal.fees import views as earnings
from portal.fields import staff_views as fields_staff
from portal.home import staff_views as staff_home
from portal.home import views as home
from portal.notifications import leaving_views as mails_off
from portal.notifications import views as mails_views
from portal.partners import people_views as partner_people
from portal.partners import staff_views as partners_staff
from portal.partners import views as company
from portal.payouts import staff_views as payouts_staff
from portal.payouts import views as statements
from portal.prechecks import staff_views as prechecks_staff
from portal.prechecks import views as prechecks_views
from portal.privacy import staff_views as privacy_staff
from portal.protections import staff_views as protections_staff
from portal.protections import views as protections_views
from portal.referrals import entry_views as referral_entry
from portal.referrals import evidence_views as referral_evidence
from portal.referrals import form_views as referral_form
from portal.referrals import import_views as referral_lists
from portal.referrals import renewal_views as referral_renewal
from portal.referrals import staff_views as referrals_staff
from portal.referrals import views as referrals_views
from portal.referrals.batches import staff_views as batches_staff
from portal.referrals.replay import staff_views as criteria_replay
from portal.resources import staff_views as resources_staff
from portal.resources import views as resources_views
from portal.routing import absence_views
from portal.routing import staff_views as routing_staff
from portal.saved_views import views as saved_views
from portal.sso import settings_views as sign_in_settings
from portal.sso import staff_views as sign_in_of_partners
from portal.sso import views as single_sign_on
from portal.tasks import calendar_views as calendars
from portal.tasks import staff_views as tasks_staff
from portal.unsent import views as unsent
from portal.viewing import staff_views as viewing_staff
from portal.viewing import views as viewing

BLUEPRINTS: tuple[Blueprint, ...] = (
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
    deal_entry.bp,
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
    mails_off.bp,
    exports_views.bp,
    exports_staff.bp,
    saved_views.bp,
    unsent.bp,
    viewing.bp,
    viewing_staff.bp,
    single_sign_on.bp,
    sign_in_settings.company,
    sign_in_settings.staff,
    sign_in_of_partners.bp,
)
