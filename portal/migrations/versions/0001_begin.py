"""begin"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "business_calendars",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_calendars")),
    )
    op.create_table(
        "event_head",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_event_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_head")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_keys_at"), ["at"], unique=False)

    op.create_table(
        "partners",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("legal_name", sa.String(length=160), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "applied",
                "in_review",
                "approved",
                "onboarding",
                "active",
                "dormant",
                "paused",
                "terminated",
                "closed",
                "declined",
                name="partnerstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tax_form_on", sa.Date(), nullable=True),
        sa.Column("tax_form_kind", sa.String(length=20), nullable=True),
        sa.Column("chain_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("ref", name=op.f("uq_partners_ref")),
    )
    op.create_table(
        "programs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("company_name", sa.String(length=120), nullable=False),
        sa.Column("legal_name", sa.String(length=160), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("governing_law", sa.String(length=80), nullable=False),
        sa.Column("payment_day", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_programs_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programs")),
    )
    op.create_table(
        "promises",
        sa.Column(
            "kind",
            sa.Enum(
                "first_answer",
                "decision",
                "first_contact",
                "periodic_update",
                "statement",
                "payment",
                name="clockkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_promises")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_throttles")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind", sa.Enum("fees", "cash", "payable", name="accountkind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_accounts_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_accounts_id_currency")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(
            "uq_accounts_kind_currency",
            ["kind", "currency"],
            unique=True,
            sqlite_where=sa.text("partner_id IS NULL"),
            postgresql_where=sa.text("partner_id IS NULL"),
        )
        batch_op.create_index(
            "uq_accounts_partner_id_kind_currency",
            ["partner_id", "kind", "currency"],
            unique=True,
            sqlite_where=sa.text("partner_id IS NOT NULL"),
            postgresql_where=sa.text("partner_id IS NOT NULL"),
        )

    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("agreement", "signed_agreement", "statement", name="documentkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("pending", "made", "dead", name="documentstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(state = 'made') = (sha256 IS NOT NULL)", name=op.f("ck_documents_made_has_file")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_documents_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("kind", "ref", name=op.f("uq_documents_kind_ref")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_documents_state_next_at", ["state", "next_at"], unique=False)

    op.create_table(
        "fee_years",
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("earned_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_fee_years_partner_id_partners")),
        sa.PrimaryKeyConstraint("partner_id", "year", "currency", name=op.f("pk_fee_years")),
    )
    op.create_table(
        "sla_clocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "first_answer",
                "decision",
                "first_contact",
                "periodic_update",
                "statement",
                "payment",
                name="clockkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("running", "paused", "met", "breached", name="clockstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("promised_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("took_minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_sla_clocks_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clocks")),
        sa.UniqueConstraint("ref", "kind", "started_at", name=op.f("uq_sla_clocks_ref_kind_started_at")),
    )
    with op.batch_alter_table("sla_clocks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sla_clocks_kind_ended_at_took", ["kind", "ended_at", "took_minutes", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sla_clocks_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_sla_clocks_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("theme", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_users_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_users_partner_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_users_ref")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "account_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column(
            "purpose", sa.Enum("invitation", "reset", name="linkpurpose", native_enum=False, length=32), nullable=False
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_account_links_created_by_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_links_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("nonce", name=op.f("uq_account_links_nonce")),
    )
    with op.batch_alter_table("account_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "agreement_templates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_agreement_templates_created_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_templates")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_templates_number")),
    )
    op.create_table(
        "criteria_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_criteria_versions_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_criteria_versions_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_criteria_versions_number")),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "audience", sa.Enum("staff", "partner", name="audience", native_enum=False, length=32), nullable=False
        ),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_events_by_id_users")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_events_partner_id_partners")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_by_id_seq", ["by_id", "seq"], unique=False)
        batch_op.create_index("ix_events_partner_id_seq", ["partner_id", "seq"], unique=False)
        batch_op.create_index("ix_events_ref_seq", ["ref", "seq"], unique=False)

    op.create_table(
        "fee_plans",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("published_by_id <> created_by_id", name=op.f("ck_fee_plans_four_eyes")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_fee_plans_created_by_id_users")),
        sa.ForeignKeyConstraint(["published_by_id"], ["users.id"], name=op.f("fk_fee_plans_published_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_plans")),
        sa.UniqueConstraint("ref", name=op.f("uq_fee_plans_ref")),
        sa.UniqueConstraint("slug", "number", name=op.f("uq_fee_plans_slug_number")),
    )
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_login_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_sessions_token_hash")),
    )
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "payout_details",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("account_sealed", sa.String(length=400), nullable=False),
        sa.Column("account_masked", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "confirmed", "replaced", "refused", name="payoutdetailsstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_by_id <> proposed_by_id", name=op.f("ck_payout_details_four_eyes")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["users.id"], name=op.f("fk_payout_details_confirmed_by_id_users")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_payout_details_partner_id_partners")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_payout_details_proposed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_details")),
        sa.UniqueConstraint("ref", name=op.f("uq_payout_details_ref")),
    )
    with op.batch_alter_table("payout_details", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_details_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(
            "uq_payout_details_live",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.create_index(
            "uq_payout_details_proposed",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "payout_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "released", "paid", "cancelled", name="runstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("built_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_payout_runs_cancelled_at_a_time")
        ),
        sa.CheckConstraint("(state = 'paid') = (paid_by_id IS NOT NULL)", name=op.f("ck_payout_runs_paid_by_someone")),
        sa.CheckConstraint(
            "state NOT IN ('released', 'paid') OR released_by_id IS NOT NULL",
            name=op.f("ck_payout_runs_released_by_someone"),
        ),
        sa.CheckConstraint("paid_by_id <> built_by_id", name=op.f("ck_payout_runs_four_eyes_payment")),
        sa.CheckConstraint("released_by_id <> built_by_id", name=op.f("ck_payout_runs_four_eyes_release")),
        sa.ForeignKeyConstraint(["built_by_id"], ["users.id"], name=op.f("fk_payout_runs_built_by_id_users")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["users.id"], name=op.f("fk_payout_runs_paid_by_id_users")),
        sa.ForeignKeyConstraint(["released_by_id"], ["users.id"], name=op.f("fk_payout_runs_released_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_runs")),
        sa.UniqueConstraint("ref", name=op.f("uq_payout_runs_ref")),
    )
    with op.batch_alter_table("payout_runs", schema=None) as batch_op:
        batch_op.create_index("ix_payout_runs_built_at_id", ["built_at", "id"], unique=False)

    op.create_table(
        "resources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column(
            "kind", sa.Enum("guide", "profile", name="resourcekind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["updated_by_id"], ["users.id"], name=op.f("fk_resources_updated_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint("slug", name=op.f("uq_resources_slug")),
    )
    op.create_table(
        "role_grants",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
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
        sa.Column("granted_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role IN ('partner_member', 'partner_admin', 'partner_finance', 'partner_signatory')) = (partner_id IS NOT NULL)",
            name=op.f("ck_role_grants_role_of_own_side"),
        ),
        sa.CheckConstraint("granted_by_id <> user_id", name=op.f("ck_role_grants_not_to_oneself")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["users.id"], name=op.f("fk_role_grants_granted_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "user_id"],
            ["users.partner_id", "users.id"],
            name=op.f("fk_role_grants_partner_id_user_id_users"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint("user_id", "role", name=op.f("uq_role_grants_user_id_role")),
    )
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.create_index("ix_role_grants_role_partner_id", ["role", "partner_id"], unique=False)

    op.create_table(
        "statements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state", sa.Enum("issued", "accepted", name="statementstate", native_enum=False, length=32), nullable=False
        ),
        sa.Column("total_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("line_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_statements_issued_by_id_users")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_statements_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_statements_partner_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_statements_ref")),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index("ix_statements_partner_id_issued_at", ["partner_id", "issued_at"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("debit_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credit_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_transfers_amount_positive")),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name=op.f("ck_transfers_two_accounts")),
        sa.ForeignKeyConstraint(
            ["credit_account_id", "currency"],
            ["accounts.id", "accounts.currency"],
            name=op.f("fk_transfers_credit_account_id_currency_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["debit_account_id", "currency"],
            ["accounts.id", "accounts.currency"],
            name=op.f("fk_transfers_debit_account_id_currency_accounts"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_transfers_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("key", name=op.f("uq_transfers_key")),
        sa.UniqueConstraint("partner_id", "partner_seq", name=op.f("uq_transfers_partner_id_partner_seq")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index("ix_transfers_ref", ["ref"], unique=False)

    op.create_table(
        "agreements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "viewed",
                "signed",
                "countersigned",
                "superseded",
                "terminated",
                "expired",
                "declined",
                "void",
                "expired_unsigned",
                name="agreementstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("template_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_by", sa.Date(), nullable=True),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_agreements_created_by_id_users")),
        sa.ForeignKeyConstraint(["fee_plan_id"], ["fee_plans.id"], name=op.f("fk_agreements_fee_plan_id_fee_plans")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_agreements_partner_id_partners")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["agreement_templates.id"], name=op.f("fk_agreements_template_id_agreement_templates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_agreements_partner_id_id")),
        sa.UniqueConstraint("partner_id", "number", name=op.f("uq_agreements_partner_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_agreements_ref")),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index("ix_agreements_state_sent_at", ["state", "sent_at"], unique=False)
        batch_op.create_index(
            "uq_agreements_in_force",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("state = 'countersigned'"),
            postgresql_where=sa.text("state = 'countersigned'"),
        )

    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.Enum("mail", name="channel", native_enum=False, length=32), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("action_label", sa.String(length=80), nullable=False),
        sa.Column("action_path", sa.String(length=500), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("event_kind", sa.String(length=60), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "sent", "dead", name="deliverystate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_deliveries_sent_has_time")),
        sa.ForeignKeyConstraint(["link_id"], ["account_links.id"], name=op.f("fk_deliveries_link_id_account_links")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_deliveries_partner_id_partners")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_deliveries_ref_created_at", ["ref", "created_at"], unique=False)
        batch_op.create_index("ix_deliveries_state_next_at", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deliveries_user_id"), ["user_id"], unique=False)

    op.create_table(
        "readings",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resources.id"], name=op.f("fk_readings_resource_id_resources")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_readings_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "resource_id", name=op.f("pk_readings")),
    )
    op.create_table(
        "resource_editions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_resource_editions_published_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_resource_editions_resource_id_resources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_editions")),
        sa.UniqueConstraint("resource_id", "number", name=op.f("uq_resource_editions_resource_id_number")),
    )
    op.create_table(
        "referrals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "needs_info",
                "under_review",
                "conflict",
                "qualified",
                "declined",
                "withdrawn",
                "expired",
                name="status",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("website", sa.String(length=253), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("industry", sa.String(length=80), nullable=False),
        sa.Column("employees", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_title", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column(
            "timing",
            sa.Enum("now", "this_quarter", "this_year", "later", name="timing", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("budget", sa.String(length=120), nullable=False),
        sa.Column("decider", sa.String(length=120), nullable=False),
        sa.Column("public_tender", sa.Boolean(), nullable=False),
        sa.Column(
            "introduced_how",
            sa.Enum(
                "intro_mail",
                "intro_call",
                "met_in_person",
                "mentioned_us",
                "other",
                name="introducedhow",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criteria_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("asked_before", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "outside_territory",
                "public_tender",
                "no_consent",
                "not_the_decider",
                "no_fit",
                "no_need",
                "already_claimed",
                "not_reachable",
                "other",
                name="declinereason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("overruled_because", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_referrals_decided_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "agreement_id"],
            ["agreements.partner_id", "agreements.id"],
            name=op.f("fk_referrals_partner_id_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "by_id"], ["users.partner_id", "users.id"], name=op.f("fk_referrals_partner_id_by_id_users")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_referrals_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_referrals_partner_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_referrals_ref")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index("ix_referrals_domain_partner_id", ["domain", "partner_id"], unique=False)
        batch_op.create_index("ix_referrals_due_at_id", ["due_at", "id"], unique=False)
        batch_op.create_index(
            "ix_referrals_partner_id_by_id_received_at_id", ["partner_id", "by_id", "received_at", "id"], unique=False
        )
        batch_op.create_index("ix_referrals_partner_id_due_at_id", ["partner_id", "due_at", "id"], unique=False)
        batch_op.create_index(
            "ix_referrals_partner_id_received_at_id", ["partner_id", "received_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_referrals_partner_id_status_received_at_id", ["partner_id", "status", "received_at", "id"], unique=False
        )
        batch_op.create_index("ix_referrals_received_at_id", ["received_at", "id"], unique=False)
        batch_op.create_index("ix_referrals_status_due_at_id", ["status", "due_at", "id"], unique=False)
        batch_op.create_index("ix_referrals_status_received_at_id", ["status", "received_at", "id"], unique=False)
        batch_op.create_index(
            "uq_referrals_open_domain",
            ["partner_id", "domain"],
            unique=True,
            sqlite_where=sa.text("status IN ('conflict', 'needs_info', 'submitted', 'under_review')"),
            postgresql_where=sa.text("status IN ('conflict', 'needs_info', 'submitted', 'under_review')"),
        )

    op.create_table(
        "signatures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("typed_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("consent_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("authority_text", sa.Text(), nullable=False),
        sa.Column("intent_text", sa.Text(), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("factor", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "agreement_id"],
            ["agreements.partner_id", "agreements.id"],
            name=op.f("fk_signatures_partner_id_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_signatures_partner_id_partners")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_signatures_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("agreement_id", "side", name=op.f("uq_signatures_agreement_id_side")),
    )
    op.create_table(
        "deals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "referral",
                "inbound",
                "outbound",
                "paid",
                "event",
                "partner_link",
                "reseller",
                name="channel",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "pipeline", sa.Enum("core", "nurture", name="pipeline", native_enum=False, length=32), nullable=False
        ),
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
                name="stage",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_rule", sa.String(length=120), nullable=False),
        sa.Column("next_step", sa.String(length=200), nullable=False),
        sa.Column("next_step_on", sa.Date(), nullable=True),
        sa.Column("expected_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meeting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("won_on", sa.Date(), nullable=True),
        sa.Column(
            "lost_reason",
            sa.Enum(
                "no_budget",
                "no_decision",
                "competitor",
                "price",
                "missing_feature",
                "no_need",
                "not_reachable",
                "other",
                name="lostreason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("close_note", sa.Text(), nullable=False),
        sa.Column("parked_until", sa.Date(), nullable=True),
        sa.Column("reopened", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(channel = 'referral') = (referral_id IS NOT NULL)", name=op.f("ck_deals_referral_of_channel")
        ),
        sa.CheckConstraint("stage <> 'lost' OR lost_reason IS NOT NULL", name=op.f("ck_deals_lost_has_reason")),
        sa.CheckConstraint("stage <> 'parked' OR parked_until IS NOT NULL", name=op.f("ck_deals_parked_has_return")),
        sa.CheckConstraint(
            "stage <> 'won' OR (value_minor IS NOT NULL AND won_on IS NOT NULL)", name=op.f("ck_deals_won_has_value")
        ),
        sa.CheckConstraint(
            "(referral_id IS NULL) OR (partner_id IS NOT NULL)", name=op.f("ck_deals_referral_has_partner")
        ),
        sa.CheckConstraint("value_minor IS NULL OR value_minor > 0", name=op.f("ck_deals_value_positive")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_deals_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_deals_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_deals_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_deals_partner_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_deals_ref")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_deals_referral_id")),
    )
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.create_index("ix_deals_channel_stage_since_id", ["channel", "stage_since", "id"], unique=False)
        batch_op.create_index("ix_deals_owner_id_next_step_on_id", ["owner_id", "next_step_on", "id"], unique=False)
        batch_op.create_index("ix_deals_owner_id_since_id", ["owner_id", "stage_since", "id"], unique=False)
        batch_op.create_index(
            "ix_deals_owner_id_stage_since_id", ["owner_id", "stage", "stage_since", "id"], unique=False
        )
        batch_op.create_index("ix_deals_partner_id_won_on", ["partner_id", "won_on"], unique=False)
        batch_op.create_index("ix_deals_stage_since_id", ["stage_since", "id"], unique=False)
        batch_op.create_index("ix_deals_stage_updated_at_id", ["stage", "stage_since", "id"], unique=False)

    op.create_table(
        "protections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "soft_hold",
                "active",
                "extension_requested",
                "paused",
                "released",
                "expired",
                "revoked",
                "tail",
                name="protectionstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tail_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "referral_id"],
            ["referrals.partner_id", "referrals.id"],
            name=op.f("fk_protections_partner_id_referral_id_referrals"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_protections_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protections")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_protections_referral_id")),
    )
    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.create_index("ix_protections_domain_state", ["domain", "state"], unique=False)
        batch_op.create_index("ix_protections_state_ends_at", ["state", "ends_at"], unique=False)

    op.create_table(
        "fee_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "estimated",
                "accrued",
                "on_hold",
                "approved",
                "payable",
                "scheduled",
                "paid",
                "void",
                "failed",
                "carried_forward",
                name="linestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("approved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pay_on", sa.Date(), nullable=True),
        sa.Column("paid_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'paid') = (paid_by_id IS NOT NULL)", name=op.f("ck_fee_lines_paid_by_someone")),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'payable', 'scheduled', 'paid', 'failed') OR approved_by_id IS NOT NULL",
            name=op.f("ck_fee_lines_approved_by_someone"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('payable', 'scheduled', 'paid', 'failed') OR pay_on IS NOT NULL",
            name=op.f("ck_fee_lines_payable_has_day"),
        ),
        sa.CheckConstraint("(paid_at IS NULL) = (paid_by_id IS NULL)", name=op.f("ck_fee_lines_paid_at_a_time")),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_fee_lines_amount_not_zero")),
        sa.CheckConstraint("approved_by_id <> paid_by_id", name=op.f("ck_fee_lines_four_eyes")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_fee_lines_approved_by_id_users")),
        sa.ForeignKeyConstraint(["corrects_id"], ["fee_lines.id"], name=op.f("fk_fee_lines_corrects_id_fee_lines")),
        sa.ForeignKeyConstraint(["fee_plan_id"], ["fee_plans.id"], name=op.f("fk_fee_lines_fee_plan_id_fee_plans")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["users.id"], name=op.f("fk_fee_lines_paid_by_id_users")),
        sa.ForeignKeyConstraint(
            ["partner_id", "agreement_id"],
            ["agreements.partner_id", "agreements.id"],
            name=op.f("fk_fee_lines_partner_id_agreement_id_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deals.partner_id", "deals.id"],
            name=op.f("fk_fee_lines_partner_id_deal_id_deals"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "statement_id"],
            ["statements.partner_id", "statements.id"],
            name=op.f("fk_fee_lines_partner_id_statement_id_statements"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_fee_lines_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_lines")),
        sa.UniqueConstraint("cause", name=op.f("uq_fee_lines_cause")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_fee_lines_partner_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_fee_lines_ref")),
    )
    with op.batch_alter_table("fee_lines", schema=None) as batch_op:
        batch_op.create_index("ix_fee_lines_booked_at_id", ["booked_at", "id"], unique=False)
        batch_op.create_index("ix_fee_lines_deal_id", ["deal_id"], unique=False)
        batch_op.create_index("ix_fee_lines_partner_id_booked_at_id", ["partner_id", "booked_at", "id"], unique=False)
        batch_op.create_index("ix_fee_lines_partner_id_state", ["partner_id", "state"], unique=False)
        batch_op.create_index("ix_fee_lines_state_booked_at_id", ["state", "booked_at", "id"], unique=False)

    op.create_table(
        "payout_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payout_details_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "fee_line_id"],
            ["fee_lines.partner_id", "fee_lines.id"],
            name=op.f("fk_payout_lines_partner_id_fee_line_id_fee_lines"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_payout_lines_partner_id_partners")),
        sa.ForeignKeyConstraint(
            ["payout_details_id"], ["payout_details.id"], name=op.f("fk_payout_lines_payout_details_id_payout_details")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["payout_runs.id"], name=op.f("fk_payout_lines_run_id_payout_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_lines")),
    )
    with op.batch_alter_table("payout_lines", schema=None) as batch_op:
        batch_op.create_index("ix_payout_lines_run_id", ["run_id"], unique=False)
        batch_op.create_index(
            "uq_payout_lines_live_fee_line_id",
            ["fee_line_id"],
            unique=True,
            sqlite_where=sa.text("is_live"),
            postgresql_where=sa.text("is_live"),
        )


def downgrade() -> None:
    with op.batch_alter_table("payout_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payout_lines_live_fee_line_id", sqlite_where=sa.text("is_live"), postgresql_where=sa.text("is_live")
        )
        batch_op.drop_index("ix_payout_lines_run_id")

    op.drop_table("payout_lines")
    with op.batch_alter_table("fee_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_fee_lines_state_booked_at_id")
        batch_op.drop_index("ix_fee_lines_partner_id_state")
        batch_op.drop_index("ix_fee_lines_partner_id_booked_at_id")
        batch_op.drop_index("ix_fee_lines_deal_id")
        batch_op.drop_index("ix_fee_lines_booked_at_id")

    op.drop_table("fee_lines")
    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.drop_index("ix_protections_state_ends_at")
        batch_op.drop_index("ix_protections_domain_state")

    op.drop_table("protections")
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_index("ix_deals_stage_updated_at_id")
        batch_op.drop_index("ix_deals_stage_since_id")
        batch_op.drop_index("ix_deals_partner_id_won_on")
        batch_op.drop_index("ix_deals_owner_id_stage_since_id")
        batch_op.drop_index("ix_deals_owner_id_since_id")
        batch_op.drop_index("ix_deals_owner_id_next_step_on_id")
        batch_op.drop_index("ix_deals_channel_stage_since_id")

    op.drop_table("deals")
    op.drop_table("signatures")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_referrals_open_domain",
            sqlite_where=sa.text("status IN ('conflict', 'needs_info', 'submitted', 'under_review')"),
            postgresql_where=sa.text("status IN ('conflict', 'needs_info', 'submitted', 'under_review')"),
        )
        batch_op.drop_index("ix_referrals_status_received_at_id")
        batch_op.drop_index("ix_referrals_status_due_at_id")
        batch_op.drop_index("ix_referrals_received_at_id")
        batch_op.drop_index("ix_referrals_partner_id_status_received_at_id")
        batch_op.drop_index("ix_referrals_partner_id_received_at_id")
        batch_op.drop_index("ix_referrals_partner_id_due_at_id")
        batch_op.drop_index("ix_referrals_partner_id_by_id_received_at_id")
        batch_op.drop_index("ix_referrals_due_at_id")
        batch_op.drop_index("ix_referrals_domain_partner_id")

    op.drop_table("referrals")
    op.drop_table("resource_editions")
    op.drop_table("readings")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_user_id"))
        batch_op.drop_index("ix_deliveries_state_next_at")
        batch_op.drop_index("ix_deliveries_ref_created_at")
        batch_op.drop_index(batch_op.f("ix_deliveries_partner_id"))

    op.drop_table("deliveries")
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_agreements_in_force",
            sqlite_where=sa.text("state = 'countersigned'"),
            postgresql_where=sa.text("state = 'countersigned'"),
        )
        batch_op.drop_index("ix_agreements_state_sent_at")

    op.drop_table("agreements")
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.drop_index("ix_transfers_ref")

    op.drop_table("transfers")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index("ix_statements_partner_id_issued_at")

    op.drop_table("statements")
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.drop_index("ix_role_grants_role_partner_id")

    op.drop_table("role_grants")
    op.drop_table("resources")
    with op.batch_alter_table("payout_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_payout_runs_built_at_id")

    op.drop_table("payout_runs")
    with op.batch_alter_table("payout_details", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payout_details_proposed",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(
            "uq_payout_details_live",
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.drop_index(batch_op.f("ix_payout_details_partner_id"))

    op.drop_table("payout_details")
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_sessions_user_id"))

    op.drop_table("login_sessions")
    op.drop_table("fee_plans")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_ref_seq")
        batch_op.drop_index("ix_events_partner_id_seq")
        batch_op.drop_index("ix_events_by_id_seq")

    op.drop_table("events")
    op.drop_table("criteria_versions")
    op.drop_table("agreement_templates")
    with op.batch_alter_table("account_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_links_user_id"))

    op.drop_table("account_links")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_partner_id"))

    op.drop_table("users")
    with op.batch_alter_table("sla_clocks", schema=None) as batch_op:
        batch_op.drop_index("ix_sla_clocks_state_due_at")
        batch_op.drop_index(batch_op.f("ix_sla_clocks_partner_id"))
        batch_op.drop_index("ix_sla_clocks_kind_ended_at_took")

    op.drop_table("sla_clocks")
    op.drop_table("fee_years")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_state_next_at")
        batch_op.drop_index(batch_op.f("ix_documents_partner_id"))

    op.drop_table("documents")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_accounts_partner_id_kind_currency",
            sqlite_where=sa.text("partner_id IS NOT NULL"),
            postgresql_where=sa.text("partner_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_accounts_kind_currency",
            sqlite_where=sa.text("partner_id IS NULL"),
            postgresql_where=sa.text("partner_id IS NULL"),
        )

    op.drop_table("accounts")
    op.drop_table("throttles")
    op.drop_table("promises")
    op.drop_table("programs")
    op.drop_table("partners")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_at"))

    op.drop_table("idempotency_keys")
    op.drop_table("event_head")
    op.drop_table("business_calendars")
