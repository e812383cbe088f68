"""Beside a deal: what its customer paid, which products it is about, and which other deal is the same one."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import duplicates, merging, payments, products, queries, shown, sold
from portal.deals.forms import MergeForm, PaymentForm
from portal.deals.models import Deal
from portal.deals.rules import Stage
from portal.errors import Refused
from portal.formats import local_now
from portal.forms import AmountField, Form, SeenForm, at_most
from portal.idempotency import commit_to, once

bp = Blueprint("staff_deal_beside", __name__, url_prefix="/staff/deals")


@bp.get("/<ref>/payments")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def show_payments(ref: str) -> ResponseReturnValue:
    return _payments(ref, PaymentForm(formdata=None, paid_on=local_now().date()))


@bp.post("/<ref>/payments")
@requires(Permission.RECORD_PAYMENTS, Reach.ASSIGNED)
@once
def record_payment(ref: str) -> ResponseReturnValue:
    deal, form = queries.to_record(current_user, ref), PaymentForm()
    form.amount.currency = deal.currency
    if form.validate_on_submit():
        given: dict[str, Any] = {"paid_on": form.paid_on.data, "reference": form.reference.data or ""}
        amount = {"amount_minor": form.amount.minor or 0, "is_refund": form.is_refund.data}
        try:
            payments.record(current_user, deal, now=clock.now(), **given, **amount)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to(f"/staff/deals/{ref}/payments", "Recorded.")
    return _payments(ref, form), form.status


@bp.post("/payments/<ref>/correction")
@requires(Permission.RECORD_PAYMENTS, Reach.ASSIGNED)
@once
def take_payment_back(ref: str) -> ResponseReturnValue:
    wrong = sold.payment(ref)
    deal = queries.to_record(current_user, queries.ref_of(wrong.deal_id))
    payments.take_back(current_user, deal, wrong, now=clock.now())
    return commit_to(f"/staff/deals/{deal.ref}/payments", "Taken back. Record it as it was, if it was.")


@bp.get("/<ref>/products")
@requires(Permission.VIEW_DEALS, Reach.ANY)
def show_products(ref: str) -> ResponseReturnValue:
    row = queries.deal(current_user, ref) or abort(404)
    return _products(row.Deal, None)


@bp.post("/<ref>/products")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def set_products(ref: str) -> ResponseReturnValue:
    deal = queries.to_change(current_user, ref)
    offered = sold.products_for(deal.id)
    form = _product_form(deal, offered)()
    if form.validate_on_submit():
        amounts = {each.id: form[each.ref].minor or 0 for each in offered}
        try:
            products.set_for(current_user, deal, amounts, seen_version=form.version.data, now=clock.now())
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
            deal = queries.to_change(current_user, ref)
        else:
            return commit_to(f"/staff/deals/{ref}", "The products are noted.")
    return _products(deal, form), form.status


@bp.route("/<ref>/merge", methods=["GET", "POST"])
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def merge(ref: str) -> ResponseReturnValue:
    form = MergeForm()
    if request.method == "POST" and form.validate_on_submit():
        deal, other = queries.pair_to_change(current_user, ref, (form.other.data or "").upper())
        if deal is None:
            abort(404)
        try:
            if other is None:
                raise Refused("None of your deals has this reference.", "other")
            merging.merge(current_user, other, deal, seen_version=form.version.data, now=clock.now())
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            said = f"{other.ref} is merged into this deal, and leads here. Within a day it can be taken apart, below."
            return commit_to(f"/staff/deals/{ref}", said)
    deal = queries.to_change(current_user, ref)
    if request.method == "GET":
        form.version.data, form.other.data = deal.version, request.args.get("other", "")
    alike = duplicates.likely(current_user, deal)
    return render_template("deals/merge.html", deal=deal, form=form, alike=alike), form.status


@bp.post("/<ref>/merge/undo")
@requires(Permission.MOVE_DEALS, Reach.ASSIGNED)
@once
def take_apart(ref: str) -> ResponseReturnValue:
    deal = queries.to_change(current_user, ref)
    merging.take_apart(current_user, deal, now=clock.now())
    return commit_to(f"/staff/deals/{ref}", f"{deal.company} is a deal of its own again.")


def _payments(ref: str, form: PaymentForm) -> str:
    row = queries.deal(current_user, ref) or abort(404)
    deal, may = row.Deal, queries.may_record(current_user, row.Deal)
    may_record = may and (deal.stage is Stage.WON or (deal.stage is Stage.CANCELLED and bool(row.paid_minor)))
    return render_template(
        "deals/payments.html",
        deal=deal,
        rows=[shown.payment_of(each) for each in sold.payments_of(deal.id)],
        paid=shown.paid(row),
        form=form if may_record else None,
        may=may,
    )


def _products(deal: Deal, form: Any) -> str:
    offered, may = sold.products_for(deal.id), queries.may_move(current_user, deal)
    if form is None:
        typed = {each.ref: shown.typed(each.amount_minor, deal.currency) for each in offered}
        form = _product_form(deal, offered)(formdata=None, version=deal.version, **typed)
    return render_template(
        "deals/products.html",
        deal=deal,
        form=form,
        fields=[form[each.ref] for each in offered],
        lines=shown.product_lines(offered, deal.currency),
        may=may,
        may_settle=current_user.may(Permission.EDIT_SETTINGS),
    )


def _product_form(deal: Deal, offered: Any) -> type[Form]:
    """An amount for each product that can be sold."""
    typed = {"inputmode": "decimal", "autocomplete": "off"}
    fields = {
        each.ref: AmountField(each.name, [at_most(40)], currency=deal.currency, render_kw=typed) for each in offered
    }
    return type("ProductsForm", (SeenForm,), fields)
