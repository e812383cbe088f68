"""The short list of what is sold."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.auth.permissions import Permission, Reach, requires
from portal.deals import products, sold
from portal.deals.forms import ProductForm
from portal.errors import Refused
from portal.idempotency import commit_to, once

bp = Blueprint("staff_products", __name__, url_prefix="/staff/settings/products")


@bp.get("/")
@requires(Permission.VIEW_SETTINGS, Reach.ANY)
def index() -> ResponseReturnValue:
    return _page(ProductForm(formdata=None))


@bp.post("/")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def add() -> ResponseReturnValue:
    form = ProductForm()
    if form.validate_on_submit():
        try:
            product = products.add(current_user, name=form.name.data or "", now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return commit_to("/staff/settings/products/", f"{product.name} can be sold from here on.")
    return _page(form), form.status


@bp.post("/<ref>/end")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def end(ref: str) -> ResponseReturnValue:
    product = sold.product(ref)
    products.end(current_user, product, now=clock.now())
    return commit_to("/staff/settings/products/", f"{product.name} is not offered for new deals any more.")


@bp.post("/<ref>/return")
@requires(Permission.EDIT_SETTINGS, Reach.ANY)
@once
def offer(ref: str) -> ResponseReturnValue:
    product = sold.product(ref)
    products.offer(current_user, product, now=clock.now())
    return commit_to("/staff/settings/products/", f"{product.name} is offered again.")


def _page(form: ProductForm) -> str:
    may_edit = current_user.may(Permission.EDIT_SETTINGS)
    return render_template("deals/product_list.html", products=sold.products(), form=form, may_edit=may_edit)
