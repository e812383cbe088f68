"""The sentence that a page about a referral opens with: what happens next, by when, from whom."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from string import Formatter
from typing import Literal, NamedTuple

from portal.referrals.rules import Status
from portal.referrals.story import Format, Story

NextTone = Literal["", "due", "late"]


class Next(NamedTuple):
    """`due` where it is the reader's turn, `late` where we are late."""

    sentence: str
    small: str = ""
    tone: NextTone = ""


_EITHER_WAY = "You hear from us either way."
_NEWS = "Next update by {news}, from {person}."
_OVERDUE_NEWS = "We owe you an update since {news}, from {person}."
_SAME_DAY = "You hear from us the same day, whatever comes of it."

_PARTNER = {
    "draft": Next("Finish this referral and send it.", "Everything you typed is kept.", "due"),
    "submitted": Next("{person} answers{by}.", _EITHER_WAY),
    "under_review": Next("{person} reads it and answers{by}.", _EITHER_WAY),
    "needs_info": Next(
        "{person} asks: “{question}”", "Our clock is paused until you answer. Your claim is not affected.", "due"
    ),
    "conflict": Next(
        "Another claim to this company stands before yours. {person} decides{by}.",
        "You are told the rule and the times, not who else it is.",
    ),
    "declined": Next("Declined{decided}. {reason}", "{way_back}"),
    "withdrawn": Next("Withdrawn{decided}.", "You can introduce {company} again at any time."),
    "expired": Next(
        "It expired{decided}, as the question stayed open.", "Send it again if the introduction still stands."
    ),
    "new": Next("{person} contacts {contact}{by}.", _SAME_DAY),
    "contacted": Next("{person} arranges a meeting with {contact}.", "You hear from us when there is a date."),
    "meeting": Next("{person} works out with {contact} what {company} needs.", "A proposal comes next."),
    "proposal": Next("{company} decides on our proposal.", "{person} stays in touch with {contact}."),
    "parked": Next("Parked{parked}. Then {person} writes to {contact} again.", "Your claim is kept."),
    "lost": Next("The deal was lost{closed}. {reason}"),
    "cancelled": Next("The won deal was cancelled{closed}. {reason}"),
    "fee_none": Next("{company} signed{won}.", "Your terms pay nothing for this deal."),
    "fee_accrued": Next("Finance approves your fee.", "{pay}"),
    "fee_on_hold": Next("Your fee is on hold. {reason}", "It is not lost; you hear from us when it moves on."),
    "fee_approved": Next("Your fee goes onto your next statement.", "{pay}"),
    "fee_payable": Next("We pay your fee{pay_on}.", "It is on your statement."),
    "fee_scheduled": Next("We pay your fee{pay_on}.", "It is in a payout run."),
    "fee_paid": Next("Your fee was paid{paid}.", "Nothing is left to do."),
    "fee_failed": Next("Your bank sent the payment back.", "Check your payout details; then we pay again.", "due"),
    "fee_carried_forward": Next("Your fee is carried forward to the next statement.", "{reason}"),
    "fee_void": Next("The fee for this deal was taken back. {reason}"),
}
_STAFF = {
    **_PARTNER,
    "draft": Next("{partner} has not sent it yet."),
    "submitted": Next("{person} decides{by}.", "{partner} waits for the answer.", "due"),
    "under_review": Next("{person} decides{by}.", "{partner} waits for the answer.", "due"),
    "needs_info": Next("{partner} answers: “{question}”", "Our clock is paused until then."),
    "conflict": Next(
        "{person} applies the rules of engagement{by}.", "{partner} is told the rule and the times.", "due"
    ),
    "withdrawn": Next("{partner} withdrew this referral{decided}."),
    "expired": Next("It expired{decided}, as the question stayed open.", "{partner} can send it again."),
    "new": Next("{person} contacts {contact}{by}.", "{partner} hears the same day, whatever comes of it.", "due"),
    "contacted": Next("{person} arranges a meeting with {contact}."),
    "meeting": Next("{person} works out with {contact} what {company} needs."),
    "parked": Next("Parked{parked}. Then {person} writes to {contact} again.", "The claim of {partner} is kept."),
    "fee_none": Next("{company} signed{won}.", "The terms of {partner} pay nothing for this deal."),
    "fee_accrued": Next("Finance approves the fee.", "{partner} waits for it.", "due"),
    "fee_on_hold": Next("The fee is on hold. {reason}"),
    "fee_approved": Next("Finance issues the statement of {partner}.", "The fee goes onto it.", "due"),
    "fee_payable": Next("Finance builds a payout run{pay_on}.", "The fee is on the statement.", "due"),
    "fee_scheduled": Next("The payout run pays it{pay_on}.", "A second person releases the run."),
    "fee_paid": Next("The fee was paid to {partner}{paid}.", "Nothing is left to do."),
    "fee_failed": Next(
        "The bank of {partner} sent the payment back.", "Once the payout details are right, it is paid."
    ),
    "fee_carried_forward": Next("The fee is carried forward to the next statement.", "{reason}"),
}
# Where a promise of ours is running.
_OWED = frozenset({"submitted", "under_review", "conflict", "new"})
_STEPPED = frozenset({"contacted", "meeting", "proposal"})


def next_sentence(story: Story, fmt: Format) -> Next:
    """What happens next, by when, from whom, in the words for this reader."""
    words = _words(story)
    return Next(_filled(words.sentence, story, fmt), _filled(words.small, story, fmt), words.tone)


def next_in_a_row(story: Story, fmt: Format) -> tuple[str, NextTone]:
    """The sentence alone, with its tone: a list shows fifty of them."""
    words = _words(story)
    return _filled(words.sentence, story, fmt), words.tone


def _words(story: Story) -> Next:
    """The words for it, with their places still open."""
    key = _key(story)
    words = (_PARTNER if story.side == "partner" else _STAFF)[key]
    if key in _STEPPED and story.next_step:
        words = words._replace(sentence="{person}: {next_step}{step_on}.")
    if key in _OWED and story.is_late:
        small = "We are late. The delay is added to your protection." if story.side == "partner" else words.small
        words = Next(words.sentence, small, "late")
    if story.side == "partner" and key in _STEPPED and story.update_due_at is not None:
        words = words._replace(small=_OVERDUE_NEWS if story.update_due_at < story.now else _NEWS)
    return words


def _filled(text: str, story: Story, fmt: Format) -> str:
    return text.format_map({name: _VALUES[name](story, fmt) for name in _places(text)}).strip()


@cache
def _places(text: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(text) if name)


def _key(story: Story) -> str:
    if story.status is not Status.QUALIFIED:
        return str(story.status)
    stage = story.deal_stage or "new"
    if stage != "won":
        return stage
    return "fee_accrued" if story.fee_state == "estimated" else f"fee_{story.fee_state or 'none'}"


def _at(words: str, at: datetime | date | None, fmt: Format) -> str:
    return words.format(fmt(at)) if at else ""


def _is_overdue(story: Story) -> bool:
    return story.next_step_on is not None and story.next_step_on < story.now.date()


_VALUES: dict[str, Callable[[Story, Format], str]] = {
    "person": lambda story, fmt: story.person or ("Our team" if story.side == "partner" else "A qualifier"),
    "partner": lambda story, fmt: story.partner or "The partner",
    "company": lambda story, fmt: story.company,
    "contact": lambda story, fmt: story.contact or story.company,
    "question": lambda story, fmt: story.question,
    "reason": lambda story, fmt: story.reason,
    "way_back": lambda story, fmt: story.way_back,
    "next_step": lambda story, fmt: story.next_step.rstrip(". "),
    "by": lambda story, fmt: _at(", due since {}" if story.is_late else " by {}", story.due_at, fmt),
    "news": lambda story, fmt: _at("{}", story.update_due_at, fmt),
    "decided": lambda story, fmt: _at(" on {}", story.decided_at, fmt),
    "closed": lambda story, fmt: _at(" on {}", story.closed_at, fmt),
    "won": lambda story, fmt: _at(" on {}", story.won_on, fmt),
    "parked": lambda story, fmt: _at(" until {}", story.parked_until, fmt),
    "step_on": lambda story, fmt: _at(", due since {}" if _is_overdue(story) else ", by {}", story.next_step_on, fmt),
    "pay_on": lambda story, fmt: _at(" on {}", story.payable_on, fmt),
    "pay": lambda story, fmt: _at("It is paid on {}.", story.payable_on, fmt),
    "paid": lambda story, fmt: _at(" on {}", story.paid_at, fmt),
}
