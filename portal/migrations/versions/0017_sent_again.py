"""A referral made from a declined one names it, and the other way round; until now only the record of events did"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SAID_BY = {"ReferralMadeFrom": "made_from", "ReferralSentAgain": "sent_as"}


def upgrade() -> None:
    for column in _SAID_BY.values():
        op.add_column("referrals", sa.Column(column, sa.String(length=12), nullable=True))
    events = sa.table("events", sa.column("kind"), sa.column("ref"), sa.column("body", sa.JSON))
    referrals = sa.table("referrals", sa.column("ref"), *map(sa.column, _SAID_BY.values()))
    connection = op.get_bind()
    told = sa.select(events.c.kind, events.c.ref, events.c.body).where(events.c.kind.in_(list(_SAID_BY)))
    for row in connection.execute(told).all():
        body = json.loads(row.body) if isinstance(row.body, str) else row.body
        named = sa.update(referrals).where(referrals.c.ref == row.ref)
        connection.execute(named.values({_SAID_BY[row.kind]: body["other_ref"]}))


def downgrade() -> None:
    for column in _SAID_BY.values():
        op.drop_column("referrals", column)
