"""What is sold: a short list, and which of it a deal is about."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from portal.auth.models import User
from portal.deals import actions, sold
from portal.deals.events import DealProductsSet, ProductAdded, ProductEnded, ProductOffered
from portal.deals.models import Deal, DealProduct, Product
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref


def add(by: User, *, name: str, now: datetime) -> Product:
    """One more product. Raises Refused where there is one of this name."""
    if any(each.name.casefold() == name.casefold() for each in sold.products()):
        raise Refused("There is a product of this name already.", "name")
    product = Product(ref=new_ref("G", Product.ref), name=name)
    db.session.add(product)
    db.session.flush()
    publish(ProductAdded(by=by.id, at=now, ref=product.ref))
    return product


def end(by: User, product: Product, *, now: datetime) -> None:
    """Not offered for new deals; those that are about it stay so."""
    if product.ended_at is None:
        product.ended_at = now
        db.session.flush()
        publish(ProductEnded(by=by.id, at=now, ref=product.ref))


def offer(by: User, product: Product, *, now: datetime) -> None:
    if product.ended_at is not None:
        product.ended_at = None
        db.session.flush()
        publish(ProductOffered(by=by.id, at=now, ref=product.ref))


def set_for(by: User, deal: Deal, amounts: Mapping[int, int], *, seen_version: int, now: datetime) -> None:
    """What of the deal's value is for which product, by product id, instead of what was said before.

    Raises Refused where it comes to more than the deal is signed for, Overtaken on an older version."""
    actions.check_turn(by, deal, seen_version)
    wanted = {product_id: minor for product_id, minor in amounts.items() if minor}
    if deal.value_minor is not None and sum(wanted.values()) > deal.value_minor:
        raise Refused("The products come to more than the deal was signed for.", "amounts")
    db.session.execute(sa.delete(DealProduct).where(DealProduct.deal_id == deal.id))
    db.session.add_all(
        DealProduct(deal_id=deal.id, product_id=key, amount_minor=value) for key, value in wanted.items()
    )
    db.session.flush()
    publish(DealProductsSet(**actions.facts(by, deal, now)))
