"""How referrals look in lists and on their pages: words made once per row, so that templates only put them in place."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from portal.criteria.rules import OUTCOME_LABEL, Outcome
from portal.formats import Words, day_words, money, status, words
from portal.referrals.next_sentence import next_in_a_row
from portal.referrals.rules import FAR, LABEL, TONE, Status
from portal.referrals.story import Story
from portal.referrals.track import Stand, Step, stand, track

LONGEST_NEXT = 110


class PartnerRow(NamedTuple):
    ref: str
    company: str
    about: str
    where: Markup
    next: str
    fee: str
    tone: str


class StaffRow(NamedTuple):
    ref: str
    pick: str
    """The reference with the version that is shown, where it can be decided; empty where it cannot."""
    company: str
    about: str
    partner: str
    where: Markup
    due: str
    late: bool


def partner_row(row: Any, story: Story, words: Words, *, reader_name: str, fee: str) -> PartnerRow:
    sender = "you" if row.sender == reader_name else row.sender
    sentence, tone = next_in_a_row(story, words.moment)
    return PartnerRow(
        ref=row.ref,
        company=row.company,
        about=f"Received {words.day_of(row.received_at)}, by {sender}",
        where=where(story),
        next=_cut(sentence),
        fee=fee,
        tone=tone if tone in ("late", "due") else "",
    )


def staff_row(row: Any, words: Words, now: datetime) -> StaffRow:
    if row.status in (Status.SUBMITTED, Status.UNDER_REVIEW):
        reads = OUTCOME_LABEL[Outcome(row.outcome)]
        about = f"{row.contact_title} · {reads}"
    else:
        about = f"{row.contact_title or 'Contact erased'} · received {words.day_of(row.received_at)}"
    owes = row.due_at < FAR
    return StaffRow(
        ref=row.ref,
        pick=f"{row.ref}.{row.version}" if owes else "",
        company=row.company,
        about=about,
        partner=row.partner,
        where=status(LABEL[row.status], TONE[row.status]),
        due=words.when(row.due_at) if owes else "",
        late=owes and row.due_at < now,
    )


def where(story: Story) -> Markup:
    """A chip where it waits for the partner or rests, else how far it has come."""
    if story.status is Status.NEEDS_INFO:
        return status("Your answer", "due")
    if story.deal_stage == "parked" and story.parked_until:
        return status(f"Parked until {day_words(story.parked_until)}", "note")
    at = stand(story.status, story.deal_stage, story.fee_state)
    if at.label in ("Won", "Paid"):
        return status(at.label, "good")
    if story.status is not Status.QUALIFIED and at.position < 2 and at.label != "Received":
        return status(LABEL[story.status], TONE[story.status])
    if at.label in ("Lost", "Cancelled"):
        return status(at.label)
    return _bar(at)


def chip(story: Story) -> Markup:
    """Where it stands, in the head of its page."""
    if story.status is not Status.QUALIFIED:
        return status(LABEL[story.status], TONE[story.status])
    at = stand(story.status, story.deal_stage, story.fee_state)
    return status(at.label, at.tone)


@lru_cache(maxsize=100)
def _bar(at: Stand) -> Markup:
    bar = Markup('<span class="mini p{} {}" role="img" aria-label="{}, step {} of 7"></span>')
    return bar.format(at.position, at.tone, at.label, at.position)


def with_payable(story: Story, told: Sequence[Any]) -> Story:
    """When the fee became payable, as the record tells it."""
    return story._replace(payable_at=next((entry.at for entry in told if entry.kind == "FeePayable"), None))


def address(path: str, **given: Any) -> Callable[[str | None], str]:
    """Makes the address of each page of a list, from what it is filtered and sorted by."""

    def url(token: str | None) -> str:
        query = urlencode({name: str(value) for name, value in {**given, "at": token}.items() if value})
        return f"{path}?{query}" if query else path

    return url


def steps(story: Story) -> list[Step]:
    return track(story, words().moment)


def fee_words(lines: Sequence[Any], expected: str) -> str:
    """What was booked, all lines together; else what it may come to; else a dash."""
    counted = [line for line in lines if line.state != "void"]
    if not counted:
        return expected or "\N{EN DASH}"
    return money(sum(line.amount_minor for line in counted), counted[0].currency)


def _cut(sentence: str) -> str:
    if len(sentence) <= LONGEST_NEXT:
        return sentence
    return sentence[:LONGEST_NEXT].rsplit(" ", 1)[0].rstrip(".,;: ") + " …"
