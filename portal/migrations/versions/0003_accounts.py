"""accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
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

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_at_seq", ["at", "seq"], unique=False)
        batch_op.create_index("ix_events_by_id_kind_seq", ["by_id", "kind", "seq"], unique=False)
        batch_op.create_index("ix_events_kind_seq", ["kind", "seq"], unique=False)

    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "factor",
                sa.Enum(
                    "password", "passkey", "totp", "recovery_code", "sso", name="factor", native_enum=False, length=32
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

    with op.batch_alter_table("address_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_address_changes_user_id"))

    op.drop_table("address_changes")
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.drop_index("ix_viewings_partner_id_user_id_started_at")

    op.drop_table("viewings")
    with op.batch_alter_table("person_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_exports_subject_ref"))
        batch_op.drop_index("ix_person_exports_state_next_at")
        batch_op.drop_index(batch_op.f("ix_person_exports_by_id"))

    op.drop_table("person_exports")
    op.drop_table("known_devices")
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasures_subject_ref"))
        batch_op.drop_index("ix_erasures_state_next_at")

    op.drop_table("erasures")
    with op.batch_alter_table("emergency_grants", schema=None) as batch_op:
        batch_op.drop_index("ix_emergency_grants_ended_at_ends_at")
        batch_op.drop_index("ix_emergency_grants_asked_at_id")

    op.drop_table("emergency_grants")
    with op.batch_alter_table("retention_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_retention_runs_state_next_at")

    op.drop_table("retention_runs")
    with op.batch_alter_table("link_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_link_requests_state_next_at")

    op.drop_table("link_requests")
