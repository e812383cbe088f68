"""Two deals that are one sale: the duplicate is taken out and leads to the other. Its history stays.

A deal that a partner brought is never the one that goes, nor one that was won: so no claim, fee or payment moves."""

from datetime import datetime

from portal.auth.models import User
from portal.deals import actions, queries, rules, stages
from portal.deals.events import DealMerged, DealMergeUndone
from portal.deals.models import Deal
from portal.deals.rules import Stage
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db


def merge(by: User, loser: Deal, winner: Deal, *, seen_version: int, now: datetime) -> None:
    """Take `loser` out as a duplicate of `winner`; both are held by the caller, and `seen_version` is the winner's.

    Raises Refused where they are not both the person's, or the first cannot go."""
    if winner.version != seen_version:
        raise Overtaken
    if loser.id == winner.id:
        raise Refused("Name another deal: this one cannot be merged into itself.", "other")
    if not (queries.may_move(by, loser) and queries.may_move(by, winner)):
        raise Refused("Only who owns both deals merges them.", "other")
    rules.check_merge(loser.stage, winner.stage, is_of_partner=loser.partner_id is not None)
    stages.shift(loser, Stage.MERGED, now, actions.PLAIN)
    loser.merged_into_id = winner.id
    db.session.flush()
    publish(DealMerged(**actions.facts(by, loser, now), into_deal_id=winner.id, into=winner.ref))


def take_apart(by: User, loser: Deal, *, now: datetime) -> None:
    """The two were different sales after all: within a day it is back where it was.

    Raises Refused later than that, or where it is not merged."""
    if not queries.may_move(by, loser):
        raise Refused("Only its owner changes a deal.")
    if loser.stage is not Stage.MERGED or loser.merged_into_id is None:
        raise Refused("This deal is not merged into another.")
    into = queries.ref_of(loser.merged_into_id)
    stages.put_back(loser, now)
    db.session.flush()
    publish(DealMergeUndone(**actions.facts(by, loser, now), into=into, then=loser.stage))
