import sqlalchemy as sa

from portal.auth.models import User
from portal.extensions import db
from portal.scope import all_partners


def account(ref: str) -> User:
    wanted = sa.select(User).where(User.ref == ref, User.erased_at.is_(None))
    return db.one_or_404(all_partners(wanted, "whoever looks after personal data"))  # type: ignore[no-any-return]
