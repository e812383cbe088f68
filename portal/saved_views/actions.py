from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.errors import Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref
from portal.saved_views import queries, rules
from portal.saved_views.events import SharedViewChanged, SharedViewEnded, SharedViewEvent, ViewShared
from portal.saved_views.models import SavedView
from portal.saved_views.rules import LISTS, ListName
from portal.scope import all_partners

_OWN_ACCOUNT = "whose views they are"


def save(by: User, *, of: ListName, query: str, name: str, is_shared: bool, now: datetime) -> SavedView:
    """Keep what the list is narrowed to. Raises Refused for nothing, a name that is taken, and above the limits."""
    choice = rules.choice_of(query)
    _take_turn(by.id)
    own = queries.of_owner(by.id, of, by.partner_id)
    kept = rules.check_name(name, (each.name for each in own))
    rules.check_room(len(own))
    if is_shared:
        _check_sharing(by, of)
    view = SavedView(
        ref=new_ref("SV", SavedView.ref),
        partner_id=by.partner_id,
        owner_id=by.id,
        of_list=of,
        name=kept,
        choice=choice,
        is_shared=is_shared,
        at=now,
    )
    db.session.add(view)
    db.session.flush()
    if is_shared:
        _tell(ViewShared, by, view, now)
    return view


def rename(by: User, view: SavedView, name: str, *, now: datetime) -> None:
    """Raises Refused for a name that its owner has given already."""
    _take_turn(view.owner_id)
    others = queries.of_owner(view.owner_id, view.of_list, view.partner_id)
    kept = rules.check_name(name, (each.name for each in others if each.id != view.id))
    if kept == view.name:
        return
    view.name = kept
    db.session.flush()
    if view.is_shared:
        _tell(SharedViewChanged, by, view, now)


def narrow(by: User, view: SavedView, query: str, *, now: datetime) -> None:
    """What is set in the list now takes the place of what the view kept. Raises Refused for nothing, and too much."""
    choice = rules.choice_of(query)
    if choice == view.choice:
        return
    view.choice = choice
    db.session.flush()
    if view.is_shared:
        _tell(SharedViewChanged, by, view, now)


def share(by: User, view: SavedView, *, now: datetime) -> None:
    """With everybody of the person's side who has the list. Raises Refused above the limit."""
    if view.is_shared:
        return
    _check_sharing(by, view.of_list)
    view.is_shared = True
    db.session.flush()
    _tell(ViewShared, by, view, now)


def take_back(by: User, view: SavedView, *, now: datetime) -> None:
    """It is its owner's alone again."""
    if not view.is_shared:
        return
    view.is_shared = False
    db.session.flush()
    _tell(SharedViewEnded, by, view, now)


def delete(by: User, view: SavedView, *, now: datetime) -> None:
    """A list that opened with it opens with everything again."""
    if view.is_shared:
        _tell(SharedViewEnded, by, view, now)
    db.session.delete(view)
    db.session.flush()


def open_first(by: User, view: SavedView, *, wanted: bool) -> None:
    """A bare visit of its list opens it for this person, or does so no more."""
    before = _take_turn(by.id)
    others = {of: ref for of, ref in before.items() if ref != view.ref}
    after = others | ({view.of_list: view.ref} if wanted else {})
    if after != before:
        kept = sa.update(User).where(User.id == by.id).values(first_views=after or None)
        db.session.execute(all_partners(kept, _OWN_ACCOUNT))


def _take_turn(owner_id: int) -> dict[str, Any]:
    """Two at once would both find room, or both the name free. Gives what opens their lists."""
    first = sa.select(User.first_views).where(User.id == owner_id).with_for_update()
    return dict(db.session.scalar(all_partners(first, _OWN_ACCOUNT)) or {})


def _check_sharing(by: User, of: ListName) -> None:
    if not by.may(Permission.SHARE_VIEWS):
        raise Refused("You may keep views for yourself, and not share them.", "is_shared")
    rules.check_shared_room(queries.shared(by, of))


def _tell(kind: type[SharedViewEvent], by: User, view: SavedView, now: datetime) -> None:
    publish(kind(by=by.id, at=now, ref=view.ref, partner_id=by.partner_id, list=LISTS[view.of_list].called))
