"""What is sold, and what the customer of a deal paid for it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.deals.models import CustomerPayment, DealProduct, Product
from portal.extensions import db
from portal.scope import all_partners


def paid_by_customer(deal_id: int) -> int:
    """Minor units that the customer paid and did not get back."""
    total = sa.select(sa.func.coalesce(sa.func.sum(CustomerPayment.amount_minor), 0))
    of_it = all_partners(total.where(CustomerPayment.deal_id == deal_id), "what was paid for one deal")
    return int(db.session.scalars(of_it).one())


def is_taken_back(payment_id: int) -> bool:
    wanted = sa.select(CustomerPayment.id).where(CustomerPayment.corrects_id == payment_id)
    return db.session.scalar(all_partners(wanted, "what was paid for one deal")) is not None


def payment(ref: str) -> CustomerPayment:
    """404 where there is none of this name. Who may see it, its deal says."""
    wanted = sa.select(CustomerPayment).where(CustomerPayment.ref == ref)
    found: CustomerPayment = db.one_or_404(all_partners(wanted, "what was paid for one deal"))
    return found


def payments_of(deal_id: int) -> Sequence[Any]:
    """What its customer paid and got back, the latest first, with who recorded it and whether it was taken back."""
    row, later = CustomerPayment, aliased(CustomerPayment)
    columns = (row.ref, row.amount_minor, row.currency, row.paid_on, row.reference, row.at, row.corrects_id)
    wanted = (
        sa.select(*columns, User.name.label("by"), later.id.is_not(None).label("is_taken_back"))
        .join(User, User.id == row.by_id)
        .outerjoin(later, later.corrects_id == row.id)
        .where(row.deal_id == deal_id)
        .order_by(row.id.desc())
        .limit(200)
    )
    return db.session.execute(all_partners(wanted, "what was paid for one deal")).all()


def products() -> Sequence[Product]:
    """What is or was sold, by name."""
    return db.session.scalars(sa.select(Product).order_by(Product.name)).all()


def product(ref: str) -> Product:
    """404 where there is none of this name."""
    found: Product = db.one_or_404(sa.select(Product).where(Product.ref == ref).with_for_update())
    return found


def products_for(deal_id: int) -> Sequence[Any]:
    """What can be sold, with what of this deal is for it: id, ref, name, amount_minor."""
    wanted = (
        sa.select(Product.id, Product.ref, Product.name, DealProduct.amount_minor)
        .outerjoin(DealProduct, (DealProduct.product_id == Product.id) & (DealProduct.deal_id == deal_id))
        .where(Product.ended_at.is_(None) | DealProduct.product_id.is_not(None))
    )
    return db.session.execute(wanted.order_by(Product.name)).all()
