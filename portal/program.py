"""The company that runs the portal. Read with every request, so it stands in the kernel."""

from typing import Any

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base, db


class Program(Base):
    """What holds for the whole program. One row."""

    __tablename__ = "programs"
    __table_args__ = (sa.CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(sa.String(80))
    """What the portal is called on every page: “Lumen partners”."""
    company_name: Mapped[str] = mapped_column(sa.String(120))
    legal_name: Mapped[str] = mapped_column(sa.String(160))
    contact_email: Mapped[str] = mapped_column(sa.String(254))
    currency: Mapped[str] = mapped_column(sa.String(3))
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    governing_law: Mapped[str] = mapped_column(sa.String(80))
    payment_day: Mapped[int] = mapped_column(default=15)
    """Day of the month on which payable fees are paid."""
    second_factor_for: Mapped[str] = mapped_column(
        sa.String(20), default="required_roles", server_default="required_roles"
    )
    retention: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Months that each class of personal data is kept, where they are not the usual ones."""
    answer_days: Mapped[int] = mapped_column(default=30, server_default="30")
    """A referral whose question stays open for so long expires."""
    appeal_days: Mapped[int] = mapped_column(default=14, server_default="14")
    """For so long after a decision the partner may appeal."""
    demo: Mapped[bool] = mapped_column(default=False)


def the_program() -> Program | None:
    """The program of this request; None before `portal setup`."""
    if "program" not in g:
        g.program = db.session.scalar(sa.select(Program))
    return g.program  # type: ignore[no-any-return]
