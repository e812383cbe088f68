"""On PostgreSQL words are kept apart from the rows that have them"""

from portal.migrations.words import keep_apart, put_back

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WORDS = {
    "referrals": ("company", "domain", "contact_name", "contact_email", "ref"),
    "deals": ("company", "domain", "ref", "external_ref"),
}


def upgrade() -> None:
    for table, columns in WORDS.items():
        keep_apart(table, columns)


def downgrade() -> None:
    for table, columns in WORDS.items():
        put_back(table, columns)
