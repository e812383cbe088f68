"""What the criteria settle by themselves, where they are told to. Pure."""

from portal.criteria.rules import HARD, Criterion, Finding, Outcome, Reading, Verdict
from portal.referrals.decline_reasons import REASON_OF, DeclineReason
from portal.referrals.rules import Status


def verdict_of(reading: Reading) -> Status | None:
    """Qualified, or declined for a hard criterion; None where a person has to look."""
    if reading.outcome is Outcome.QUALIFIES:
        return Status.QUALIFIED
    return Status.DECLINED if reading.outcome is Outcome.DECLINE and _missed(reading) else None


def why_declined(reading: Reading) -> tuple[DeclineReason, str]:
    """For the first hard criterion that is missed; one of the program's own is named."""
    first = _missed(reading)[0]
    return REASON_OF[first.criterion], f"{first.sentence}." if first.criterion is Criterion.OWN else ""


def _missed(reading: Reading) -> list[Finding]:
    hard = {*HARD, Criterion.OWN}
    return [each for each in reading.findings if each.verdict is Verdict.MISSED and each.criterion in hard]
