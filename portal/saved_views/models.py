from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base
from portal.saved_views.rules import LONGEST_NAME, ListName


class SavedView(Base):
    """What a person narrowed a list to, by a name: for themselves, or for everybody of their side who has the list.

    That names are one's own once, and how many there are, is seen to under a lock of the owner: a name may have to be
    taken out of several when a person is erased, and then they are alike."""

    __tablename__ = "saved_views"
    __table_args__ = (
        sa.ForeignKeyConstraint(["partner_id", "owner_id"], ["users.partner_id", "users.id"]),
        sa.Index("ix_saved_views_owner_id_of_list", "owner_id", "of_list"),
        sa.Index("ix_saved_views_partner_id_of_list_is_shared", "partner_id", "of_list", "is_shared"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    """None for a view of our own people."""
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    of_list: Mapped[ListName]
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    choice: Mapped[list[Any]]
    """What an address says: each [name, value]."""
    is_shared: Mapped[bool]
    at: Mapped[datetime]
