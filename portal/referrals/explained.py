"""What a referral will be, told before it is sent: the same reading that staff see, in words for whoever sends it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from portal.agreements.terms import Terms
from portal.criteria.rules import FUNCTION_LABEL, SENIORITY_LABEL, Criterion, Finding, Outcome, Reading, Verdict
from portal.criteria.titles import Function, Seniority
from portal.errors import Refused
from portal.money import Money, parse_minor
from portal.moves import Tone
from portal.referrals.facts import record_words
from portal.referrals.rules import OUTCOME_SAYS, Status
from portal.referrals.verdicts import verdict_of
from portal.sla.rules import Record

EXAMPLE_MINOR = 1_000_000
TONE: dict[Outcome, Tone] = {
    Outcome.QUALIFIES: "good",
    Outcome.VALIDATE: "note",
    Outcome.ASK: "due",
    Outcome.DECLINE: "late",
}
# Of these criteria one that is not met keeps a referral from qualifying at once.
_DECISIVE = {Criterion.TITLE, Criterion.TERRITORY, Criterion.PUBLIC_TENDER, Criterion.CONSENT, Criterion.OWN}


class Explained(NamedTuple):
    says: str
    tone: Tone
    title: str
    """How the job title is read."""
    would_change: list[str]
    findings: Sequence[Finding]
    then: str
    """Who decides, where nothing more is asked of the partner."""


class Pays(NamedTuple):
    rules: list[str]
    amount: str
    """What it would come to, or an example."""
    wrong: str
    """Why the amount that was typed cannot be read."""


class Promised(NamedTuple):
    sentence: str
    record: str


def explained(reading: Reading, *, is_decided: bool) -> Explained:
    """`is_decided`: the criteria decide what is clear, without a person."""
    return Explained(
        OUTCOME_SAYS[reading.outcome],
        TONE[reading.outcome],
        title_words(reading),
        would_change(reading),
        reading.findings,
        _then(reading, is_decided=is_decided),
    )


def _then(reading: Reading, *, is_decided: bool) -> str:
    verdict = verdict_of(reading)
    if not is_decided or verdict is None:
        return "One of us confirms it; nothing more is asked of you." if verdict is Status.QUALIFIED else ""
    if verdict is Status.QUALIFIED:
        return "You read so once it is sent, and who takes care of it; if we know the company, one of us looks first."
    return "Sent as it is, it is declined by that rule; you can appeal, and a person then looks at it."


def title_words(reading: Reading) -> str:
    """`Director · Buying function`; what the title does not name is said, too."""
    level = "Level not named" if reading.seniority is Seniority.UNKNOWN else SENIORITY_LABEL[reading.seniority]
    function = (
        "function not named" if reading.function is Function.UNKNOWN else FUNCTION_LABEL[reading.function].lower()
    )
    return f"{level}, {function}"


def would_change(reading: Reading) -> list[str]:
    """What would lead to another outcome: of a miss what undoes it, else of what is unclear what settles it."""
    if reading.outcome is Outcome.QUALIFIES:
        return []
    missed = [each for each in reading.findings if each.verdict is Verdict.MISSED]
    unclear = [each for each in reading.findings if each.verdict is Verdict.UNCLEAR and each.criterion in _DECISIVE]
    decisive = missed if reading.outcome is Outcome.DECLINE else [*missed, *unclear]
    return list(dict.fromkeys(each.changes for each in decisive if each.changes))


def pays(terms: Terms, typed: str, estimate: Callable[[Terms, int], Money], money: Callable[[int, str], str]) -> Pays:
    """What it would earn under these terms, for the value that was typed, else for a round one."""
    rules = [rule.sentence for rule in terms.plan.rules]
    try:
        minor = parse_minor(typed, terms.currency) if typed else None
    except Refused as refusal:
        return Pays(rules, "", str(refusal))
    fee = estimate(terms, EXAMPLE_MINOR if minor is None else minor)
    value, amount = money(EXAMPLE_MINOR if minor is None else minor, terms.currency), money(fee.minor, fee.currency)
    if minor is None:
        return Pays(rules, f"A first deal of {value}, for example, would pay {amount}.", "")
    return Pays(rules, f"At {value} it would pay about {amount}.", "")


def promised(hours: str, due_at: datetime | None, measured: Record | None, when: Callable[[datetime], str]) -> Promised:
    """Our duty to answer: how soon, by when if it were sent now, from whom, and how we have kept it."""
    by = f": sent now, by {when(due_at)}" if due_at else ""
    return Promised(f"Our qualifiers answer within {hours} working hours{by}.", record_words(measured))
