"""What is offered above the list of deals, and what of it was chosen."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.auth.models import User
from portal.choices import Order
from portal.deals import shares
from portal.deals.lists import CLOSED, MOVED, STALLED, STEP, Wanted, searched
from portal.deals.rules import CHANNEL_LABEL, LABEL, LOST_LABEL, PIPELINE_LABEL, Channel, LostReason, Pipeline, Stage
from portal.filters import Amounts, Args, Chosen, Days, Field, Flag, Named, Pick, choose
from portal.formats import reader_zone
from portal.program import the_program
from portal.referrals.queries import partners_called

DEALS = "/staff/deals/"
_SORTED = {
    MOVED.keys: "the latest moved first.",
    STALLED.keys: "those that stand still the longest first.",
    STEP.keys: "the next step that is due the longest first.",
    CLOSED.keys: "the latest closed first.",
}


def choice(user: User, args: Args, owners: Sequence[Any]) -> Chosen:
    zone, program = reader_zone(), the_program()
    fields: list[Field] = [
        Pick("stage", "Stage", _offered(LABEL), several=True),
        Pick("owner", "Owner", [(each.ref, each.name) for each in owners]),
        Named("partner", "Partner", lambda typed: partners_called(user, typed), "Name or reference"),
        Pick("channel", "Channel", _offered(CHANNEL_LABEL)),
        Pick("pipeline", "Pipeline", _offered(PIPELINE_LABEL)),
        Pick("reason", "Lost because", _offered(LOST_LABEL)),
        Amounts("value", "Value", program.currency if program else "EUR"),
        Days("since", "At this stage since", zone),
        Days("closed", "Closed", zone),
        Flag("overdue", "The next step is overdue"),
        Flag("stalled", "Standing still"),
    ]
    return choose(DEALS, fields, args)


def wanted(user: User, chosen: Chosen, owners: Sequence[Any], today: date) -> tuple[Wanted, str]:
    """What the list is narrowed to, and a sentence where nothing was searched for."""
    few, note = searched(chosen.typed) if chosen.typed else (None, "")
    program, partner_ids = the_program(), chosen["partner"]
    return (
        Wanted(
            stages=[Stage(each) for each in chosen["stage"]],
            owner_ids=[each.id for each in owners if each.ref in chosen["owner"]],
            channels=[Channel(each) for each in chosen["channel"]],
            partner_ids=partner_ids,
            and_shared=bool(partner_ids) and (few is not None or shares.joined_another(partner_ids)),
            pipelines=[Pipeline(each) for each in chosen["pipeline"]],
            lost_reasons=[LostReason(each) for each in chosen["reason"]],
            since=chosen["since"],
            closed=chosen["closed"],
            worth=chosen["value"],
            currency=program.currency if program else "EUR",
            stalled_by=today if chosen["stalled"] else None,
            overdue_by=today if chosen["overdue"] else None,
            few=few,
        ),
        note,
    )


def order_words(order: Order) -> str:
    return _SORTED[order.keys]


def _offered(words: Any) -> list[tuple[str, str]]:
    return [(str(each), text) for each, text in words.items()]
