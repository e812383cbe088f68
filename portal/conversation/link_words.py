"""What comes next, for whoever holds a link from a mail: what, by when, and from whom of us.

A mail is passed on more easily than a password. So whom it is about, and what anyone wrote, is left to those who sign
in."""

from datetime import datetime
from typing import Any

from portal.formats import words
from portal.referrals.claim_words import Claim
from portal.referrals.decline_reasons import DECLINE_REASONS, DeclineReason
from portal.referrals.next_sentence import Next, next_sentence
from portal.referrals.rules import Ending, Status
from portal.referrals.story import Format, Story

_ASKED = "{} asked you a question, and waits for your answer."


def next_for_holder(story: Story, row: Any, now: datetime) -> Next:
    """`row` is that of `deals.story`, which the story was made from."""
    said = sentence_for_holder(story, row.decline_reason, words().moment)
    claim = Claim.of(row, now, "partner")
    is_argued = claim.appeal is not None or (claim.protection and claim.protection.ending is Ending.REVOKED)
    return said if is_argued else claim.beside(said)


def sentence_for_holder(story: Story, declined: DeclineReason | None, fmt: Format) -> Next:
    why = DECLINE_REASONS[declined].sentence if declined else ""
    if story.deal_stage == "lost":
        why = story.reason  # chosen from a list, not written
    said = next_sentence(story._replace(contact="", question="", next_step="", next_step_on=None, reason=why), fmt)
    asked = story.status is Status.NEEDS_INFO
    return said._replace(sentence=_ASKED.format(story.person or "Our team")) if asked else said
