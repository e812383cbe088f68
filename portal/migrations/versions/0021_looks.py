"""A partner's rows are looked through in an index that has what is asked of them"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

PLACE = "partner_id, received_at, id"
CHOSEN = "status, country, by_id, due_at, decided_at"
WORDS = "company, domain, contact_name, contact_email, ref"


def upgrade() -> None:
    """A row is wide, and each lies elsewhere. PostgreSQL has its words apart already: see `words.py`."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    has = f"({PLACE}, {CHOSEN}, {WORDS})" if is_sqlite else f"({PLACE}) INCLUDE ({CHOSEN})"
    op.execute(f"CREATE INDEX search_referrals_of_partner ON referrals {has}")


def downgrade() -> None:
    op.execute("DROP INDEX search_referrals_of_partner")
