"""What a partner will read of a decision, in the same words and by the same sentences as on its own page."""

from datetime import datetime

from portal.criteria.rules import Reading, Verdict
from portal.formats import Words
from portal.referrals.decline_reasons import DECLINE_REASONS, DeclineReason
from portal.referrals.models import Referral
from portal.referrals.next_sentence import Next, next_sentence
from portal.referrals.rules import Status
from portal.referrals.story import Story


def missed_in_words(reading: Reading) -> str:
    """The criteria that were missed, each with what would change it: how a note to the partner begins."""
    missed = (finding for finding in reading.findings if finding.verdict is Verdict.MISSED)
    return " ".join(f"{finding.sentence}. {finding.changes}".strip() for finding in missed)


def as_declined(referral: Referral, reason: DeclineReason, note: str, now: datetime, words: Words) -> Next:
    """The sentence and the way back, as they open the partner's page."""
    said = DECLINE_REASONS[reason]
    story = Story(
        side="partner",
        now=now,
        status=Status.DECLINED,
        company=referral.company,
        decided_at=now,
        reason=f"{said.sentence} {note}".strip(),
        way_back=said.way_back,
    )
    return next_sentence(story, words.moment)
