"""How deals look in lists and on their pages."""

from datetime import date, datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.deals.models import Deal
from portal.deals.rules import (
    CHANNEL_LABEL,
    LABEL,
    LOST_LABEL,
    NURTURE_LABEL,
    NURTURE_MONTHS,
    OPEN_STAGES,
    TONE,
    UNDO_WITHIN,
    Stage,
    likely,
)
from portal.deals.share_rules import percent
from portal.formats import counted, day_words, local_day, local_now, money, status, when_words
from portal.money import exponent
from portal.months import months_after
from portal.moves import Tone
from portal.referrals.track import Step

_BAR = Markup('<span class="mini p{} of5" role="img" aria-label="{}, step {} of 5"></span>')
_UNTIL = Markup('<span class="sub">until {}</span>')
_PLACE = {stage: place for place, stage in enumerate((*OPEN_STAGES, Stage.WON), 1)}


class DealRow(NamedTuple):
    ref: str
    company: str
    about: str
    where: Markup
    next: str
    late: bool
    value: str
    stalled: bool


class ReturnDate(NamedTuple):
    months: int
    words: str
    on: str


class NextStep(NamedTuple):
    sentence: str
    small: str = ""
    tone: Tone = ""


class Agreed(NamedTuple):
    """A share of a deal, as it was agreed once."""

    when: str
    ref: str
    partner: str
    percent: str
    until: str
    because: str
    by: str


def share_of(row: Any) -> Agreed:
    share = row.DealShare
    until = f", until {local_day(share.ended_at)}" if share.ended_at else ""
    part = percent(share.share_bp)
    return Agreed(local_day(share.decided_at), row.referral_ref, row.partner, part, until, share.reason, f"by {row.by}")


def row_of(row: Any, today: date) -> DealRow:
    return DealRow(
        ref=row.ref,
        company=row.company,
        about=f"{whose(row)} · {row.owner}",
        where=_where(row),
        next=f"{row.next_step}, {day_words(row.next_step_on)}" if row.next_step_on else "",
        late=bool(row.next_step_on and row.next_step_on < today),
        value=_value(row),
        stalled=row.stalls_on is not None and row.stalls_on <= today,
    )


def whose(row: Any) -> str:
    """Who brought it, and how many share it; the channel where no partner did."""
    if not row.partner:
        return CHANNEL_LABEL[row.channel]
    return f"{row.partner} and {row.others} more" if row.others else row.partner


def return_dates() -> list[ReturnDate]:
    """The days that parking in one click chooses from."""
    today = local_now().date()
    return [
        ReturnDate(months, counted(months, "month"), day_words(months_after(today, months)))
        for months in NURTURE_MONTHS
    ]


def undo_of(deal: Deal, now: datetime) -> str:
    """Until when the last move can be taken back, in words; nothing where it cannot."""
    moved_at = datetime.fromisoformat(deal.before["moved_at"]) if deal.before else None
    if moved_at is None or now - moved_at > UNDO_WITHIN or deal.stage is Stage.MERGED:
        return ""
    was = LABEL[Stage(deal.before["stage"])].lower() if deal.before else ""
    return f"Until {when_words(moved_at + UNDO_WITHIN)} the last move can be taken back; it was at {was} before."


def news_of(row: Any, now: datetime) -> str:
    """By when the partner is to hear how it stands."""
    due_at = row.Deal.update_due_at
    if due_at is None:
        return ""
    owed = f"Promised since {when_words(due_at)}." if due_at < now else f"Promised by {when_words(due_at)}."
    return f"{owed} A move or a message counts too."


class Payment(NamedTuple):
    ref: str
    what: str
    about: str
    on: str
    amount: str
    counts: bool
    """Not taken back, and no taking back itself."""


def payment_of(row: Any) -> Payment:
    is_correction, on = row.corrects_id is not None, day_words(row.paid_on)
    what = "Taken back" if is_correction else "Paid" if row.amount_minor > 0 else "Went back"
    about = " · ".join(filter(None, [row.reference, f"recorded by {row.by}, {when_words(row.at)}"]))
    if row.is_taken_back:
        about += " · does not count any more"
    counts = not is_correction and not row.is_taken_back
    return Payment(row.ref, what, about, on, money(row.amount_minor, row.currency), counts)


class TaskRow(NamedTuple):
    ref: str
    title: str
    about: str
    is_done: bool
    late: bool
    is_mine: bool


def task_of(row: Any, reader_id: int, today: date) -> TaskRow:
    """A task about the deal, for its page."""
    is_done = row.done_at is not None
    by = f"done on {local_day(row.done_at)}" if is_done else f"by {day_words(row.due_on)}"
    late = not is_done and row.due_on < today
    return TaskRow(row.ref, row.title, f"{row.owner}, {by}", is_done, late, row.owner_id == reader_id)


def paid(row: Any) -> str:
    """What came in, of what was signed."""
    deal = row.Deal
    if row.paid_minor is None:
        return ""
    of = f" of {money(deal.value_minor, deal.currency)}" if deal.value_minor else ""
    return f"{money(int(row.paid_minor), deal.currency)}{of}"


def product_lines(offered: Any, currency: str) -> list[tuple[str, str]]:
    return [(each.name, money(each.amount_minor, currency)) for each in offered if each.amount_minor]


def typed(minor: int | None, currency: str) -> str:
    """An amount as one would type it."""
    if not minor:
        return ""
    decimals = exponent(currency)
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}}" if decimals else str(whole)


def odds(deal: Any) -> str:
    """`40 % of €12,000.00`, and who says so."""
    if deal.stage not in OPEN_STAGES:
        return ""
    says = "as usual at this stage" if deal.probability is None else "as the owner says"
    return f"{likely(deal.stage, deal.probability)} %, {says}"


def steps(deal: Deal) -> list[Step]:
    """The stages with when each was first reached; one that ended early ends in a step of its own."""
    reached: list[tuple[Stage, datetime | date | None]] = [
        (Stage.NEW, deal.created_at),
        (Stage.CONTACTED, deal.contacted_at),
        (Stage.MEETING, deal.meeting_at),
        (Stage.PROPOSAL, deal.proposal_at),
        (Stage.WON, deal.won_on),
    ]
    if deal.stage in (Stage.LOST, Stage.CANCELLED, Stage.MERGED):
        came = [Step(LABEL[stage], "done", at, _moment(at)) for stage, at in reached if at]
        return [*came, Step(LABEL[deal.stage], "now", deal.closed_at, _moment(deal.closed_at))]
    here = _PLACE.get(deal.stage) or max(_PLACE[stage] for stage, at in reached if at)
    return [_step(stage, at, here, deal.stage) for stage, at in reached]


def next_of(deal: Deal, owner: str, contact_due_at: datetime | None, now: datetime, today: date) -> NextStep:
    """What happens next, by when, from whom."""
    if deal.stage is Stage.WON and deal.value_minor is not None and deal.won_on:
        return NextStep(f"Won for {money(deal.value_minor, deal.currency)}, signed on {day_words(deal.won_on)}.")
    if deal.stage is Stage.LOST and deal.lost_reason:
        return NextStep(f"Lost: {LOST_LABEL[deal.lost_reason].lower()}.", "It can be reopened once.", "note")
    if deal.stage is Stage.MERGED:
        return NextStep("This was the same sale as another deal, which goes on.", "", "note")
    if deal.stage is Stage.CANCELLED:
        return NextStep("The won deal was cancelled.", deal.close_note, "note")
    if deal.stage is Stage.PARKED and deal.parked_until:
        why = f"{NURTURE_LABEL[deal.parked_because]}. " if deal.parked_because else ""
        small = f"{why}On that day it comes back by itself, and {owner} gets in touch again."
        return NextStep(f"Parked until {day_words(deal.parked_until)}.", small, "note")
    owed = contact_due_at if deal.stage is Stage.NEW else None
    late = owed < now if owed else bool(deal.next_step_on and deal.next_step_on < today)
    by = when_words(owed) if owed else day_words(deal.next_step_on) if deal.next_step_on else ""
    small = "We promised the partner a first contact by then." if owed else _stands_still(deal, today)
    return NextStep(
        f"{owner}: {deal.next_step.rstrip('. ')}, by {by}.", small, "late" if late or (small and not owed) else "due"
    )


def _stands_still(deal: Deal, today: date) -> str:
    if deal.stalls_on is None or deal.stalls_on > today:
        return ""
    return f"It stands still since {day_words(deal.stalls_on)}: say what comes next, park it, or close it."


def _step(stage: Stage, at: datetime | date | None, here: int, now: Stage) -> Step:
    place = _PLACE[stage]
    if place < here or now is Stage.WON:
        return Step(LABEL[stage], "done", at, _moment(at))
    if place == here:
        return Step(LABEL[stage], "now", at, f"since {_moment(at)}" if at else "")
    return Step(LABEL[stage], "todo")


def _moment(at: datetime | date | None) -> str:
    if at is None:
        return ""
    return local_day(at) if isinstance(at, datetime) else day_words(at)


def _where(row: Any) -> Markup:
    if row.stage is Stage.PARKED:
        return status("Parked", "note") + _UNTIL.format(day_words(row.parked_until))
    if row.stage not in OPEN_STAGES:
        return status(LABEL[row.stage], TONE[row.stage])
    return _BAR.format(_PLACE[row.stage], LABEL[row.stage], _PLACE[row.stage])


def _value(row: Any) -> str:
    if row.value_minor:
        return money(row.value_minor, row.currency)
    return f"about {money(row.expected_minor, row.currency)}" if row.expected_minor else ""
