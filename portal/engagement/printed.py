"""The rules as they are printed, and what one version says that another does not."""

from typing import NamedTuple

from portal.engagement.rules import RULE_LABEL, Rule, Rules

LIKE_IT = (
    "Two companies are taken for the same where their web address is the same, or where name and address differ by no"
    " more than spelling, legal form or ending. Everything less sure is looked at by a person.",
    "The first rule that applies decides, and the rule of the day on which the claim came.",
    "Both sides are told the rule and the times, never who the other is.",
    "A person confirms each ruling within the time that your agreement promises, or sets it aside with a reason.",
)


class Printed(NamedTuple):
    number: int
    title: str
    sentences: tuple[str, ...]


class Difference(NamedTuple):
    about: str
    before: str
    after: str


def printed(rules: Rules) -> list[Printed]:
    """Those in use, numbered as they are quoted."""
    return [Printed(rules.number(rule), RULE_LABEL[rule], _SENTENCES[rule](rules)) for rule in rules.in_use]


def differences(old: Rules, new: Rules) -> list[Difference]:
    pairs = ((RULE_LABEL[rule], _as_said(old, rule), _as_said(new, rule)) for rule in Rule)
    return [Difference(about, before, after) for about, before, after in pairs if before != after]


def _as_said(rules: Rules, rule: Rule) -> str:
    return " ".join(_SENTENCES[rule](rules)) if rule in rules.in_use else "Not in use."


def _customer(rules: Rules) -> tuple[str, ...]:
    return (
        "A company that has bought from us is a customer, and an introduction of it earns nothing.",
        f"Who has bought or paid nothing for {_counted(rules.customer_months, 'month')} counts as new again.",
    )


def _opportunity(rules: Rules) -> tuple[str, ...]:
    return (
        "A company that we were in talks with ourselves, before your claim, counts as ours.",
        f"Talks in which nothing was done for {_counted(rules.opportunity_days, 'day')} do not count.",
    )


def _protection(_rules: Rules) -> tuple[str, ...]:
    return (
        "A claim of another partner that is protected stands until its protection ends.",
        "A company that another partner holds for 24 hours is theirs until the hold ends.",
    )


def _first(rules: Rules) -> tuple[str, ...]:
    since = (
        "A claim counts from its hold where the referral followed within the 24 hours, otherwise from when it came in."
        if rules.holds_count
        else "A claim counts from when the referral came in; a hold before it makes it no older."
    )
    return (
        "In all other cases the claim that came first stands.",
        since,
        "Of two claims on the same day, the earlier one stands, to the second.",
        "A claim that was withdrawn or declined, or whose protection has ended, stands no more.",
    )


_SENTENCES = {
    Rule.CUSTOMER: _customer,
    Rule.OPPORTUNITY: _opportunity,
    Rule.PROTECTION: _protection,
    Rule.FIRST: _first,
}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
