"""What the answers to the program's own questions say of a referral."""

from collections.abc import Mapping, Sequence

from portal.criteria.own import OwnCriterion, after
from portal.criteria.rules import Criterion, Finding, Outcome, Verdict
from portal.fields.rules import NOT_KNOWN, YES_NO_LABEL


def read_own(own: Sequence[OwnCriterion], answers: Mapping[str, str]) -> list[tuple[Finding, Outcome]]:
    """Each criterion read, and where it may still lead to."""
    return [_read(each, answers.get(each.question, "")) for each in own]


def _read(own: OwnCriterion, answer: str) -> tuple[Finding, Outcome]:
    if answer == own.wanted:
        return _finding(own, Verdict.MET, answer), Outcome.QUALIFIES
    if answer == own.opposite:
        return _finding(own, Verdict.MISSED, answer, own.changes), own.if_not
    if answer == NOT_KNOWN and own.if_not_known is Outcome.DECLINE:
        return _finding(own, Verdict.MISSED, answer, own.changes), Outcome.DECLINE
    settles = f"“{YES_NO_LABEL[own.wanted]}” would settle it."
    return _finding(own, Verdict.UNCLEAR, answer, settles), Outcome.VALIDATE


def _finding(own: OwnCriterion, verdict: Verdict, answer: str, changes: str = "") -> Finding:
    sentence = after(own.label, YES_NO_LABEL.get(answer, "Not said"))
    return Finding(Criterion.OWN, verdict, sentence, changes=changes, question=own.question)
