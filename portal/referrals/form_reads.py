"""What the form of a referral is read by, in one statement: it is asked with each page, and while it is typed."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.queries import IN_FORCE_COLUMNS, InForce, in_force_as
from portal.agreements.rules import IN_FORCE
from portal.auth.models import User
from portal.criteria.queries import PUBLISHED, published_as
from portal.criteria.rules import Criteria
from portal.drafts.models import ReferralDraft
from portal.evidence.models import HeldFile
from portal.extensions import Kept
from portal.fields.queries import ASKED, questions_as
from portal.fields.rules import Question
from portal.partners.models import Partner
from portal.scope import READER, owned_by


class ReadBy(NamedTuple):
    criteria: Criteria
    under: InForce | None
    """The agreement in force."""
    questions: tuple[Question, ...]
    """Of this program's own."""
    began_a_draft: bool
    """Whether this very form was saved before."""
    files_wait: bool
    """Whether it came back with files, which wait for its next try."""


def read_by(user: User, form_key: str, token: str) -> ReadBy:
    """Raises Refused before criteria are published."""
    asked = {"whose": user.partner_id, "by": user.id, "form_key": form_key[:43], "token": token[:43]}
    row: Any = _READ_BY.read(asked).one()
    criteria = published_as(row.criteria, row.criteria_number)
    return ReadBy(criteria, in_force_as(row), questions_as(row.asked), bool(row.has_draft), bool(row.has_files))


_BY: sa.BindParameter[int] = sa.bindparam("by")
_whose = sa.select(sa.bindparam("whose", type_=sa.BigInteger()).label("id")).subquery("whose")
_criteria = PUBLISHED.subquery("published")
_has_draft = sa.exists().where(
    ReferralDraft.by_id == _BY,
    ReferralDraft.form_key == sa.bindparam("form_key"),
    ReferralDraft.partner_id == sa.bindparam("whose"),
)
_has_files = sa.exists().where(HeldFile.user_id == _BY, HeldFile.token == sa.bindparam("token"))
_columns: tuple[Any, ...] = (
    *(_criteria.c.text.label("criteria"), _criteria.c.number.label("criteria_number"), ASKED.label("asked")),
    *(_has_draft.label("has_draft"), _has_files.label("has_files")),
)
_read_by: Any = (
    sa.select(*IN_FORCE_COLUMNS, *_columns)
    .select_from(_whose)
    .outerjoin(_criteria, sa.true())
    .outerjoin(Agreement, (Agreement.partner_id == _whose.c.id) & (Agreement.state == IN_FORCE))
    .outerjoin(Partner, Partner.id == Agreement.partner_id)
)
_READ_BY = Kept(owned_by(_read_by, READER))
