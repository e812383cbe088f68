"""accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("key", "company_id", name=op.f("pk_company_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
    )
    with op.batch_alter_table("link_requests", schema=None) as batch_op:
        batch_op.create_index("ix_link_requests_state_next_at", ["state", "next_at"], unique=False)

    op.create_table(
        "lookalike_findings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("other_ref", sa.String(length=12), nullable=False),
        sa.Column("score", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 100", name=op.f("ck_lookalike_findings_score")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookalike_findings")),
        sa.UniqueConstraint("ref", "other_ref", name=op.f("uq_lookalike_findings_ref_other_ref")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("name", name=op.f("uq_products_name")),
        sa.UniqueConstraint("ref", name=op.f("uq_products_ref")),
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("leftovers", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "done", "dead", "gone", name="jobstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    with op.batch_alter_table("retention_runs", schema=None) as batch_op:
        batch_op.create_index("ix_retention_runs_state_next_at", ["state", "next_at"], unique=False)

    op.create_table(
        "spent_challenges",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_challenges")),
    )
    with op.batch_alter_table("spent_challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_challenges_at"), ["at"], unique=False)

    op.create_table(
        "company_names",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind", sa.Enum("referral", "deal", "hold", name="kind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("label", sa.String(length=130), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("phone", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_company_names_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_names")),
        sa.UniqueConstraint("ref", name=op.f("uq_company_names_ref")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_table(
        "company_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("asked", sa.String(length=253), nullable=False),
        sa.Column("digest", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("free", "taken", "customer", "ask_us", "yours", name="answer", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "by_id"],
            ["users.partner_id", "users.id"],
            name=op.f("fk_company_checks_partner_id_by_id_users"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_company_checks_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_checks")),
        sa.UniqueConstraint("ref", name=op.f("uq_company_checks_ref")),
    )
    with op.batch_alter_table("company_checks", schema=None) as batch_op:
        batch_op.create_index("ix_company_checks_at_id", ["at", "id"], unique=False)
        batch_op.create_index("ix_company_checks_partner_id_at_id", ["partner_id", "at", "id"], unique=False)

    op.create_table(
        "deal_imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ready", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("refused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_deal_imports_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_imports")),
        sa.UniqueConstraint("ref", name=op.f("uq_deal_imports_ref")),
    )
    with op.batch_alter_table("deal_imports", schema=None) as batch_op:
        batch_op.create_index("ix_deal_imports_by_id_at", ["by_id", "at"], unique=False)

    op.create_table(
        "deal_totals",
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "new",
                "contacted",
                "meeting",
                "proposal",
                "won",
                "lost",
                "parked",
                "cancelled",
                "merged",
                name="stage",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expected_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weighted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_deal_totals_owner_id_users")),
        sa.PrimaryKeyConstraint("owner_id", "stage", "currency", name=op.f("pk_deal_totals")),
    )
    op.create_table(
        "emergency_grants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "partner_member",
                "partner_admin",
                "partner_finance",
                "partner_signatory",
                "qualifier",
                "sales_owner",
                "partner_manager",
                "finance_maker",
                "finance_approver",
                "content_editor",
                "program_admin",
                "auditor",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("hours", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_emergency_grants_reason_given")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_emergency_grants_confirmed_by_someone")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_emergency_grants_ends_once_confirmed")
        ),
        sa.CheckConstraint("confirmed_by_id <> asked_by_id", name=op.f("ck_emergency_grants_two_people")),
        sa.CheckConstraint("confirmed_by_id <> user_id", name=op.f("ck_emergency_grants_not_to_oneself")),
        sa.CheckConstraint(
            "ended_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_emergency_grants_ended_once_confirmed")
        ),
        sa.CheckConstraint("hours BETWEEN 1 AND 24", name=op.f("ck_emergency_grants_hours_at_most")),
        sa.CheckConstraint(
            "refused_at IS NULL OR confirmed_at IS NULL", name=op.f("ck_emergency_grants_refused_or_confirmed")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_emergency_grants_asked_by_id_users")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["users.id"], name=op.f("fk_emergency_grants_confirmed_by_id_users")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name=op.f("fk_emergency_grants_ended_by_id_users")),
        sa.ForeignKeyConstraint(["refused_by_id"], ["users.id"], name=op.f("fk_emergency_grants_refused_by_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_emergency_grants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_grants")),
        sa.UniqueConstraint("ref", name=op.f("uq_emergency_grants_ref")),
    )
    with op.batch_alter_table("emergency_grants", schema=None) as batch_op:
        batch_op.create_index("ix_emergency_grants_asked_at_id", ["asked_at", "id"], unique=False)
        batch_op.create_index("ix_emergency_grants_ended_at_ends_at", ["ended_at", "ends_at"], unique=False)

    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.Enum("prospect", "user", name="subject", native_enum=False, length=32), nullable=False),
        sa.Column("subject_ref", sa.String(length=12), nullable=False),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("asked", "consent", "mistake", name="reason", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("leftovers", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "done", "dead", "gone", name="jobstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.CheckConstraint("state <> 'done' OR erased_at IS NOT NULL", name=op.f("ck_erasures_done_is_erased")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_erasures_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("ref", name=op.f("uq_erasures_ref")),
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index("ix_erasures_state_next_at", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasures_subject_ref"), ["subject_ref"], unique=False)

    op.create_table(
        "known_devices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_known_devices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_known_devices_user_id_digest")),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.String(length=1364), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("is_synced", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_passkeys_ref")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkeys_user_id"), ["user_id"], unique=False)

    op.create_table(
        "person_exports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.Enum("prospect", "user", name="subject", native_enum=False, length=32), nullable=False),
        sa.Column("subject_ref", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "done", "dead", "gone", name="jobstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(state = 'done') = (sha256 IS NOT NULL)", name=op.f("ck_person_exports_done_has_file")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_person_exports_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_exports")),
        sa.UniqueConstraint("ref", name=op.f("uq_person_exports_ref")),
    )
    with op.batch_alter_table("person_exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_exports_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_person_exports_state_next_at", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_exports_subject_ref"), ["subject_ref"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_codes_digest")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "soft_holds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("held", "used", "released", "expired", name="holdstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("referral_ref", sa.String(length=12), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'used') = (referral_ref IS NOT NULL)", name=op.f("ck_soft_holds_used_by_referral")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_soft_holds_ends_later")),
        sa.ForeignKeyConstraint(
            ["partner_id", "by_id"], ["users.partner_id", "users.id"], name=op.f("fk_soft_holds_partner_id_by_id_users")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_soft_holds_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_soft_holds")),
        sa.UniqueConstraint("ref", name=op.f("uq_soft_holds_ref")),
    )
    with op.batch_alter_table("soft_holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_soft_holds_partner_id_state_ends_at", ["partner_id", "state", "ends_at"], unique=False
        )
        batch_op.create_index("ix_soft_holds_state_ends_at", ["state", "ends_at"], unique=False)

    op.create_table(
        "sso_connections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=300), nullable=False),
        sa.Column("client_secret_sealed", sa.String(length=1000), nullable=False),
        sa.Column("group_claim", sa.String(length=200), nullable=False),
        sa.Column("groups_by_role", sa.JSON(), nullable=False),
        sa.Column("default_roles", sa.JSON(), nullable=False),
        sa.Column("creates_accounts", sa.Boolean(), nullable=False),
        sa.Column("local_login_off", sa.Boolean(), nullable=False),
        sa.Column("counts_as_second_factor", sa.Boolean(), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(owner = 'staff') = (partner_id IS NULL)", name=op.f("ck_sso_connections_of_one_side")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_sso_connections_changed_by_id_users")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_sso_connections_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sso_connections")),
        sa.UniqueConstraint("owner", name=op.f("uq_sso_connections_owner")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_sso_connections_partner_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_sso_connections_ref")),
    )
    with op.batch_alter_table("sso_connections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sso_connections_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "totp_secrets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_totp_secrets_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totp_secrets")),
        sa.UniqueConstraint("ref", name=op.f("uq_totp_secrets_ref")),
    )
    with op.batch_alter_table("totp_secrets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_totp_secrets_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "ix_totp_secrets_user_id_confirmed",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("confirmed_at IS NOT NULL"),
            postgresql_where=sa.text("confirmed_at IS NOT NULL"),
        )

    op.create_table(
        "viewings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_viewings_reason_given")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_viewings_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "user_id"],
            ["users.partner_id", "users.id"],
            name=op.f("fk_viewings_partner_id_user_id_users"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_viewings_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewings")),
    )
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_viewings_partner_id_user_id_started_at", ["partner_id", "user_id", "started_at"], unique=False
        )

    op.create_table(
        "address_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("old_address", sa.String(length=254), nullable=False),
        sa.Column("new_address", sa.String(length=254), nullable=False),
        sa.Column("old_link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("new_link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "done_at IS NULL OR (old_confirmed_at IS NOT NULL AND new_confirmed_at IS NOT NULL)",
            name=op.f("ck_address_changes_both_ends"),
        ),
        sa.CheckConstraint("done_at IS NULL OR stopped_at IS NULL", name=op.f("ck_address_changes_done_or_stopped")),
        sa.ForeignKeyConstraint(
            ["new_link_id"], ["account_links.id"], name=op.f("fk_address_changes_new_link_id_account_links")
        ),
        sa.ForeignKeyConstraint(
            ["old_link_id"], ["account_links.id"], name=op.f("fk_address_changes_old_link_id_account_links")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_address_changes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
        sa.UniqueConstraint("new_link_id", name=op.f("uq_address_changes_new_link_id")),
        sa.UniqueConstraint("old_link_id", name=op.f("uq_address_changes_old_link_id")),
    )
    with op.batch_alter_table("address_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_changes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sso_domains",
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["sso_connections.id"], name=op.f("fk_sso_domains_connection_id_sso_connections")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "connection_id"],
            ["sso_connections.partner_id", "sso_connections.id"],
            name=op.f("fk_sso_domains_partner_id_connection_id_sso_connections"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sso_domains")),
    )
    with op.batch_alter_table("sso_domains", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sso_domains_connection_id"), ["connection_id"], unique=False)

    op.create_table(
        "sso_identities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["sso_connections.id"], name=op.f("fk_sso_identities_connection_id_sso_connections")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "connection_id"],
            ["sso_connections.partner_id", "sso_connections.id"],
            name=op.f("fk_sso_identities_partner_id_connection_id_sso_connections"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "user_id"],
            ["users.partner_id", "users.id"],
            name=op.f("fk_sso_identities_partner_id_user_id_users"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sso_identities_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sso_identities")),
        sa.UniqueConstraint(
            "connection_id", "issuer", "subject", name=op.f("uq_sso_identities_connection_id_issuer_subject")
        ),
        sa.UniqueConstraint(
            "connection_id", "issuer", "user_id", name=op.f("uq_sso_identities_connection_id_issuer_user_id")
        ),
    )
    with op.batch_alter_table("sso_identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sso_identities_user_id"), ["user_id"], unique=False)

    op.create_table(
        "customer_payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_customer_payments_amount_not_zero")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_customer_payments_by_id_users")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["customer_payments.id"], name=op.f("fk_customer_payments_corrects_id_customer_payments")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_customer_payments_deal_id_deals")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_customer_payments_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_payments")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_customer_payments_corrects_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_customer_payments_ref")),
    )
    with op.batch_alter_table("customer_payments", schema=None) as batch_op:
        batch_op.create_index("ix_customer_payments_deal_id_id", ["deal_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_payments_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "deal_products",
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_deal_products_amount_positive")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_products_deal_id_deals")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_deal_products_product_id_products")),
        sa.PrimaryKeyConstraint("deal_id", "product_id", name=op.f("pk_deal_products")),
    )
    with op.batch_alter_table("deal_products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_products_product_id"), ["product_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.Enum("hand", "nurture", name="taskkind", native_enum=False, length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_tasks_done_by_someone")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_tasks_created_by_id_users")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_tasks_deal_id_deals")),
        sa.ForeignKeyConstraint(["done_by_id"], ["users.id"], name=op.f("fk_tasks_done_by_id_users")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_tasks_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("ref", name=op.f("uq_tasks_ref")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_deal_id_due_on", ["deal_id", "due_on"], unique=False)
        batch_op.create_index(
            "ix_tasks_owner_id_done_at_due_on_id", ["owner_id", "done_at", "due_on", "id"], unique=False
        )
        batch_op.create_index("ix_tasks_remind_on_id", ["remind_on", "id"], unique=False)

    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "parked_from",
                sa.Enum(
                    "new",
                    "contacted",
                    "meeting",
                    "proposal",
                    "won",
                    "lost",
                    "parked",
                    "cancelled",
                    "merged",
                    name="stage",
                    native_enum=False,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "parked_because",
                sa.Enum(
                    "not_yet",
                    "no_budget_yet",
                    "other_project",
                    "contract_runs",
                    "nobody_in_charge",
                    name="nurturereason",
                    native_enum=False,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("expected_close_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("probability", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("stalls_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("alert_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("external_ref", sa.String(length=80), nullable=True))
        batch_op.add_column(
            sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("before", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index("ix_deals_alert_on_id", ["alert_on", "id"], unique=False)
        batch_op.create_index("ix_deals_domain", ["domain"], unique=False)
        batch_op.create_index("ix_deals_lost_reason_stage_since_id", ["lost_reason", "stage_since", "id"], unique=False)
        batch_op.create_index("ix_deals_merged_into_id", ["merged_into_id"], unique=False)
        batch_op.create_index(
            "ix_deals_owner_id_stage_next_step_on_id", ["owner_id", "stage", "next_step_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_deals_owner_id_stage_parked_until_id", ["owner_id", "stage", "parked_until", "id"], unique=False
        )
        batch_op.create_index("ix_deals_owner_id_stalls_on_id", ["owner_id", "stalls_on", "id"], unique=False)
        batch_op.create_index("ix_deals_partner_id_stage_since_id", ["partner_id", "stage_since", "id"], unique=False)
        batch_op.create_index("ix_deals_pipeline_stage_since_id", ["pipeline", "stage_since", "id"], unique=False)
        batch_op.create_index("ix_deals_stage_next_step_on_id", ["stage", "next_step_on", "id"], unique=False)
        batch_op.create_index("ix_deals_stage_parked_until_id", ["stage", "parked_until", "id"], unique=False)
        batch_op.create_index("ix_deals_stalls_on_id", ["stalls_on", "id"], unique=False)
        batch_op.create_index("uq_deals_external_ref", ["external_ref"], unique=True)

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_at_seq", ["at", "seq"], unique=False)
        batch_op.create_index("ix_events_by_id_kind_seq", ["by_id", "kind", "seq"], unique=False)
        batch_op.create_index("ix_events_kind_seq", ["kind", "seq"], unique=False)

    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "factor",
                sa.Enum(
                    "password",
                    "passkey",
                    "totp",
                    "recovery_code",
                    "sso",
                    "sso_strong",
                    name="factor",
                    native_enum=False,
                    length=32,
                ),
                server_default="password",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("awaits_factor", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column("view_as_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("view_as_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_login_sessions_view_as_id_users"), "users", ["view_as_id"], ["id"])

    with op.batch_alter_table("programs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("second_factor_for", sa.String(length=20), server_default="required_roles", nullable=False)
        )
        batch_op.add_column(sa.Column("retention", sa.JSON(), server_default="{}", nullable=False))

    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.Enum("introduction", name="purpose", native_enum=False, length=32),
                server_default="introduction",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "basis",
                sa.Enum("consent", name="basis", native_enum=False, length=32),
                server_default="consent",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "notice_number",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="1",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_referrals_contact_email_contact_name", ["contact_email", "contact_name"], unique=False
        )

    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("emergency_ref", sa.String(length=12), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_role_grants_emergency_ref_emergency_grants"), "emergency_grants", ["emergency_ref"], ["ref"]
        )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("factor_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("invitation_revoked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("invited_as", sa.String(length=254), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("invited_as")
        batch_op.drop_column("invitation_revoked_at")
        batch_op.drop_column("accepted_at")
        batch_op.drop_column("erased_at")
        batch_op.drop_column("factor_since")

    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_role_grants_emergency_ref_emergency_grants"), type_="foreignkey")
        batch_op.drop_column("emergency_ref")
        batch_op.drop_column("ends_at")

    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index("ix_referrals_contact_email_contact_name")
        batch_op.drop_column("erased_at")
        batch_op.drop_column("notice_number")
        batch_op.drop_column("basis")
        batch_op.drop_column("purpose")
        batch_op.drop_column("entered_by_id")

    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.drop_column("paused_at")

    with op.batch_alter_table("programs", schema=None) as batch_op:
        batch_op.drop_column("retention")
        batch_op.drop_column("second_factor_for")

    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_login_sessions_view_as_id_users"), type_="foreignkey")
        batch_op.drop_column("view_as_until")
        batch_op.drop_column("view_as_id")
        batch_op.drop_column("awaits_factor")
        batch_op.drop_column("proved_at")
        batch_op.drop_column("factor")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_kind_seq")
        batch_op.drop_index("ix_events_by_id_kind_seq")
        batch_op.drop_index("ix_events_at_seq")

    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_index("uq_deals_external_ref")
        batch_op.drop_index("ix_deals_stalls_on_id")
        batch_op.drop_index("ix_deals_stage_parked_until_id")
        batch_op.drop_index("ix_deals_stage_next_step_on_id")
        batch_op.drop_index("ix_deals_pipeline_stage_since_id")
        batch_op.drop_index("ix_deals_partner_id_stage_since_id")
        batch_op.drop_index("ix_deals_owner_id_stage_parked_until_id")
        batch_op.drop_index("ix_deals_owner_id_stalls_on_id")
        batch_op.drop_index("ix_deals_owner_id_stage_next_step_on_id")
        batch_op.drop_index("ix_deals_merged_into_id")
        batch_op.drop_index("ix_deals_lost_reason_stage_since_id")
        batch_op.drop_index("ix_deals_domain")
        batch_op.drop_index("ix_deals_alert_on_id")
        batch_op.drop_column("before")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("external_ref")
        batch_op.drop_column("alert_on")
        batch_op.drop_column("stalls_on")
        batch_op.drop_column("probability")
        batch_op.drop_column("expected_close_on")
        batch_op.drop_column("parked_because")
        batch_op.drop_column("parked_from")

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_tasks_remind_on_id")
        batch_op.drop_index("ix_tasks_owner_id_done_at_due_on_id")
        batch_op.drop_index("ix_tasks_deal_id_due_on")

    op.drop_table("tasks")
    with op.batch_alter_table("deal_products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_products_product_id"))

    op.drop_table("deal_products")
    with op.batch_alter_table("customer_payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_payments_partner_id"))
        batch_op.drop_index("ix_customer_payments_deal_id_id")

    op.drop_table("customer_payments")
    with op.batch_alter_table("sso_identities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sso_identities_user_id"))

    op.drop_table("sso_identities")
    with op.batch_alter_table("sso_domains", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sso_domains_connection_id"))

    op.drop_table("sso_domains")
    with op.batch_alter_table("address_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_address_changes_user_id"))

    op.drop_table("address_changes")
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.drop_index("ix_viewings_partner_id_user_id_started_at")

    op.drop_table("viewings")
    with op.batch_alter_table("totp_secrets", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_totp_secrets_user_id_confirmed",
            sqlite_where=sa.text("confirmed_at IS NOT NULL"),
            postgresql_where=sa.text("confirmed_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_totp_secrets_user_id"))

    op.drop_table("totp_secrets")
    with op.batch_alter_table("sso_connections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sso_connections_partner_id"))

    op.drop_table("sso_connections")
    with op.batch_alter_table("soft_holds", schema=None) as batch_op:
        batch_op.drop_index("ix_soft_holds_state_ends_at")
        batch_op.drop_index("ix_soft_holds_partner_id_state_ends_at")

    op.drop_table("soft_holds")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    with op.batch_alter_table("person_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_exports_subject_ref"))
        batch_op.drop_index("ix_person_exports_state_next_at")
        batch_op.drop_index(batch_op.f("ix_person_exports_by_id"))

    op.drop_table("person_exports")
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkeys_user_id"))

    op.drop_table("passkeys")
    op.drop_table("known_devices")
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasures_subject_ref"))
        batch_op.drop_index("ix_erasures_state_next_at")

    op.drop_table("erasures")
    with op.batch_alter_table("emergency_grants", schema=None) as batch_op:
        batch_op.drop_index("ix_emergency_grants_ended_at_ends_at")
        batch_op.drop_index("ix_emergency_grants_asked_at_id")

    op.drop_table("emergency_grants")
    op.drop_table("deal_totals")
    with op.batch_alter_table("deal_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_deal_imports_by_id_at")

    op.drop_table("deal_imports")
    with op.batch_alter_table("company_checks", schema=None) as batch_op:
        batch_op.drop_index("ix_company_checks_partner_id_at_id")
        batch_op.drop_index("ix_company_checks_at_id")

    op.drop_table("company_checks")
    op.drop_table("calendar_feeds")
    op.drop_table("company_names")
    with op.batch_alter_table("spent_challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_challenges_at"))

    op.drop_table("spent_challenges")
    with op.batch_alter_table("retention_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_retention_runs_state_next_at")

    op.drop_table("retention_runs")
    op.drop_table("products")
    op.drop_table("lookalike_findings")
    with op.batch_alter_table("link_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_link_requests_state_next_at")

    op.drop_table("link_requests")
    op.drop_table("company_keys")
