from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.activity.models import EventRow
from portal.corrections.models import ReferralCorrection
from portal.proof import check, rows
from portal.referrals.models import Referral


@check("Each correction of a referral has its event, and the referral reads as the last one says")
def corrections(connection: sa.Connection) -> Iterator[str]:
    c = ReferralCorrection
    told = sa.exists().where(
        EventRow.ref == Referral.ref,
        EventRow.kind == "ReferralCorrected",
        EventRow.by_id == c.by_id,
        EventRow.at == c.at,
    )
    each = aliased(c)
    last = sa.select(sa.func.max(each.id)).where(each.referral_id == Referral.id).scalar_subquery()
    reads = Referral.reading["outcome"].as_string()
    of_it = sa.select(Referral.ref, told.label("told"), ((c.id == last) & (reads != c.outcome_after)).label("other"))
    for row in rows(connection, of_it.join(c, c.referral_id == Referral.id)):
        if not row.told:
            yield f"Referral {row.ref} was corrected, and no event says so."
        if row.other:
            yield f"Referral {row.ref} does not read as its last correction says."
