"""Views that a person has of a list: their own, and those that their side shares. Another company's are never among
them."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.choices import fixed
from portal.deals import queries as deals
from portal.extensions import Kept, db
from portal.filters import Chosen
from portal.saved_views import rules
from portal.saved_views.models import SavedView
from portal.saved_views.rules import LIST_AT, LISTS, ListName, Saved, Views
from portal.scope import all_partners, owned_by

COLUMNS = (SavedView.ref, SavedView.name, SavedView.choice, SavedView.owner_id, SavedView.is_shared)
_READER = ("reader_id", "partner_id")
_OUR_OWN = "views of our own people, and who keeps one"


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """One's own, and those that are shared on one's side, of lists that one has. Whoever looks on as somebody else sees
    none of theirs."""
    v = SavedView
    own = v.owner_id == user.id if user.viewer is None else sa.false()
    lists = [name for name in LISTS if may_see(user, name)]
    wanted = sa.select(*(columns or (v,))).where(of_side(user), own | v.is_shared, v.of_list.in_(lists))
    return all_partners(wanted, _OUR_OWN) if user.partner_id is None else owned_by(wanted, user.partner_id)


def of_side(user: User) -> sa.ColumnElement[bool]:
    """Of one's own company, or of our own people."""
    return SavedView.partner_id.is_(None) if user.partner_id is None else SavedView.partner_id == user.partner_id


def may_see(user: User, of: ListName) -> bool:
    """Whether the person has the list at all."""
    return user.may(LISTS[of].permission, LISTS[of].reach)


def may_change(user: User, view: Any) -> bool:
    """Its owner; and of shared ones a company's lead, or our program admins."""
    return view.owner_id == user.id or (view.is_shared and user.may(Permission.SHARE_VIEWS, Reach.COMPANY))


def one(user: User, ref: str) -> SavedView:
    """404 where the person has none of this name."""
    found: SavedView = db.one_or_404(visible_to(user).where(SavedView.ref == ref))
    return found


def to_change(user: User, ref: str) -> SavedView:
    """Locked; 404 where it is none of the person's to change."""
    wanted = visible_to(user).where(SavedView.ref == ref)
    if not user.may(Permission.SHARE_VIEWS, Reach.COMPANY):
        wanted = wanted.where(SavedView.owner_id == user.id)
    found: SavedView = db.one_or_404(wanted.with_for_update())
    return found


def of_owner(view_owner_id: int, of: ListName, partner_id: int | None) -> Sequence[SavedView]:
    """All that a person keeps of a list, whoever asks: no two of them have the same name."""
    v = SavedView
    kept = sa.select(v).where(v.owner_id == view_owner_id, v.of_list == of)
    if partner_id is None:
        return db.session.scalars(all_partners(kept, _OUR_OWN)).all()
    return db.session.scalars(owned_by(kept.where(v.partner_id == partner_id), partner_id)).all()


def shared(user: User, of: ListName) -> int:
    """How many of a list are shared on the person's side."""
    counted = visible_to(user, sa.func.count()).where(SavedView.is_shared, SavedView.of_list == of)
    return db.session.scalar(counted) or 0


@cache
def of_a_list(*, is_staff: bool, is_viewed: bool = False) -> sa.Select[Any]:
    """The same of one list that the reader has, built once: it runs beside every page of it."""
    v, reader_id, partner_id = SavedView, *(sa.bindparam(each, type_=sa.BigInteger()) for each in _READER)
    side = v.partner_id.is_(None) if is_staff else v.partner_id == partner_id
    own = sa.false() if is_viewed else v.owner_id == reader_id
    wanted = sa.select(*COLUMNS).where(side, own | v.is_shared, v.of_list == sa.bindparam("list", type_=v.of_list.type))
    return wanted.limit(fixed(2 * rules.MOST))


def with_owners(user: User, path: str) -> tuple[list[Any], list[Any]]:
    """For a list of our own people, in one question: who owns deals or could (id, ref, name), and the views of it."""
    found = _with_owners().read({"reader_id": user.id, "list": LIST_AT[path]}).all()
    owners = sorted((row for row in found if row.choice is None), key=lambda row: row.name)
    return owners, [row for row in found if row.choice is not None]


@cache
def _with_owners() -> Kept:
    v, owner = of_a_list(is_staff=True).subquery(), deals.all_owners().subquery()
    nothing = (sa.cast(sa.null(), each.type).label(each.key) for each in (v.c.choice, v.c.owner_id, v.c.is_shared))
    views = sa.select(sa.literal(0).label("id"), v.c.ref, v.c.name, v.c.choice, v.c.owner_id, v.c.is_shared)
    both = sa.union_all(sa.select(owner.c.id, owner.c.ref, owner.c.name, *nothing), views)
    return Kept(all_partners(both, "names of our own people, and their views"))


def owner(view: SavedView) -> User:
    """With the roles that say what its list offers them."""
    whose = sa.select(User).where(User.id == view.owner_id).options(selectinload(User.grants))
    return db.session.scalars(all_partners(whose, _OUR_OWN)).one()


def owner_name(view: SavedView) -> str:
    return db.session.scalars(all_partners(sa.select(User.name).where(User.id == view.owner_id), _OUR_OWN)).one()


def opens_first(user: User, view: SavedView) -> bool:
    return (user.first_views or {}).get(view.of_list) == view.ref


def opening(user: User, path: str) -> str | None:
    """Where a bare visit of the list goes on to, if the person chose a view for that which is still there."""
    of = LIST_AT[path]
    ref = (user.first_views or {}).get(of)
    if ref is None:
        return None
    choice = db.session.scalar(visible_to(user, SavedView.choice).where(SavedView.ref == ref, SavedView.of_list == of))
    return rules.address(of, choice) if choice else None


def views(user: User, chosen: Chosen, found: Iterable[Any]) -> Views:
    """What stands above the list, from the rows of `listed`: one's own by name, then those of others."""
    of = LIST_AT[chosen.path]
    asked = [rules.in_one_order(each) for each in (chosen.asked, parse_qsl(chosen.query))]
    saved = [
        _saved(user, of, row, asked)
        for row in found
        if row.owner_id == user.id or rules.is_offered(row.choice, chosen.params)
    ]
    return Views(
        of=of,
        everything=chosen.everything,
        saved=sorted(saved, key=lambda each: (not each.is_own, each.name.casefold())),
        is_narrowed=chosen.is_set,
        may_share=user.may(Permission.SHARE_VIEWS),
        asked=chosen,
    )


def _saved(user: User, of: ListName, row: Any, asked: Sequence[Any]) -> Saved:
    return Saved(
        ref=row.ref,
        name=row.name,
        url=rules.address(of, row.choice),
        is_own=row.owner_id == user.id,
        is_shared=row.is_shared,
        opens_first=(user.first_views or {}).get(of) == row.ref,
        may_change=may_change(user, row),
        is_open=rules.in_one_order(row.choice) in asked,
    )
