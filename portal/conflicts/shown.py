"""Conflicts as they stand on pages: for staff with names, for partners with the rule and the times alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.conflicts.forms import SetAsideForm
from portal.conflicts.models import Conflict
from portal.conflicts.rules import LABEL, TONE, ConflictState
from portal.engagement.rules import RULE_LABEL, Rule
from portal.formats import Words, status, words
from portal.referrals.alike import PLACES
from portal.referrals.facts import Pairs
from portal.referrals.models import Referral

CAUSES = frozenset({"ConflictEntered", "ClaimContested"})
"""Events after which there is something to show to a partner."""


_DUE = {False: " and decides by {}", True: "; its decision is due since {}"}


class Panel(NamedTuple):
    """The conflict on the review page."""

    about: str
    facts: Pairs
    is_open: bool
    to_share: str
    """The open deal of the claim that stands."""
    declines: str
    form: SetAsideForm


class Told(NamedTuple):
    title: str
    sentence: str
    small: str


class Row(NamedTuple):
    ref: str
    company: str
    about: str
    against: str
    rule: str
    where: Markup
    when: str
    late: bool


def panel(row: Any, referral: Referral, form: SetAsideForm | None = None) -> Panel:
    conflict, said = row.Conflict, words()
    return Panel(
        about=LABEL[conflict.state],
        facts=[*_ruled(conflict, row.holder, said), *_ended(conflict, row.decider, said)],
        is_open=conflict.state is ConflictState.OPEN,
        to_share=row.to_share or "",
        declines=f"{referral.company} is declined by rule {conflict.rule_number}. The partner reads the rule, the times"
        " and how to appeal, never whose the other claim is.",
        form=form or SetAsideForm(formdata=None, version=referral.version),
    )


def told(found: Sequence[Conflict], referral: Referral, now: datetime) -> list[Told]:
    """What one partner reads of the conflicts of its referral."""
    said = words()
    return [
        _mine(each, referral, said, now) if each.referral_id == referral.id else _theirs(each, said) for each in found
    ]


def rows(found: Sequence[Any], now: datetime) -> list[Row]:
    said = words()
    return [_row(each, said, now) for each in found]


def _mine(conflict: Conflict, referral: Referral, said: Words, now: datetime) -> Told:
    return Told(
        "Another claim to this company",
        conflict.ruling.for_claimant(said.when),
        _becomes(conflict, referral, said, now),
    )


def _becomes(conflict: Conflict, referral: Referral, said: Words, now: datetime) -> str:
    if conflict.state is ConflictState.OPEN:
        due = said.when(referral.due_at)
        return f"A person looks at it{_DUE[referral.due_at < now].format(due)}."
    at = said.when(conflict.ended_at) if conflict.ended_at else ""
    return {
        ConflictState.UPHELD: f"Upheld {at}.",
        ConflictState.SET_ASIDE: f"Set aside {at}: your referral was reviewed like any other from then on.",
        ConflictState.SPLIT: f"Settled {at}: your referral is qualified, and you share the deal.",
        ConflictState.LAPSED: f"The other claim ended {at}: your referral was reviewed like any other from then on.",
        ConflictState.CLOSED: f"Closed {at}, as the referral had ended.",
    }[conflict.state]


def _theirs(conflict: Conflict, said: Words) -> Told:
    small = {
        ConflictState.SET_ASIDE: "We set the ruling aside. Your claim and its dates stay as they are.",
        ConflictState.SPLIT: "Settled: both claims count, and you share the deal.",
        ConflictState.LAPSED: "That is over.",
    }.get(conflict.state, "")
    return Told("Another partner came with the same company", conflict.ruling.for_holder(said.when), small)


def _ruled(conflict: Conflict, holder: str | None, said: Words) -> Pairs:
    rule = Markup('<a href="/staff/engagement/#rule-{0}">{0}, {1}</a>, version {2}').format(
        conflict.rule_number, RULE_LABEL[conflict.rule].lower(), conflict.rules_version
    )
    seen = "by a qualifier" if conflict.entered_by_id else "when it came in"
    pairs: Pairs = [
        ("Stands first", holder or "we ourselves"),
        ("By rule", rule),
        ("Its claim", Markup("{} of {}").format(_link(conflict.against_ref), said.when(conflict.standing_at))),
        ("This one", f"counts from {said.when(conflict.claim_at)}"),
    ]
    if conflict.until:
        pairs.append(("Protected until", said.when(conflict.until)))
    return [*pairs, ("Found", f"{seen}, {said.when(conflict.entered_at)}")]


def _ended(conflict: Conflict, decider: str | None, said: Words) -> Pairs:
    if conflict.ended_at is None:
        return []
    by = f" by {decider}" if decider else ""
    pairs: Pairs = [(LABEL[conflict.state], f"{said.when(conflict.ended_at)}{by}")]
    return [*pairs, ("Because", conflict.set_aside_because)] if conflict.set_aside_because else pairs


def _row(row: Any, said: Words, now: datetime) -> Row:
    is_open = row.state is ConflictState.OPEN
    return Row(
        ref=row.ref,
        company=row.company,
        about=row.partner,
        against=row.holder or _ours(row.rule),
        rule=f"{row.rule_number}. {RULE_LABEL[row.rule]}",
        where=status(LABEL[row.state], TONE.get(row.state, "")),
        when=said.when(row.due_at if is_open else row.ended_at),
        late=is_open and row.due_at < now,
    )


def _ours(rule: Rule) -> str:
    return "Our customer" if rule is Rule.CUSTOMER else "Our own talks"


def _link(ref: str) -> Markup | str:
    place = PLACES.get(ref[0])
    return Markup('<a href="{0}{1}">{1}</a>').format(place, ref) if place else ref
