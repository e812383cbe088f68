"""About what we promised a partner: it is near, it was missed; and who looks after a deal from here on."""

from portal.notifications.messages import Message, message
from portal.sla.rules import ClockKind

WHAT = {
    ClockKind.FIRST_ANSWER: "a first answer",
    ClockKind.DECISION: "a decision",
    ClockKind.FIRST_CONTACT: "a first contact with them",
    ClockKind.PERIODIC_UPDATE: "news of how it stands",
}
"""What is owed to a partner, and told of."""


def near(*, what: str, company: str, partner: str, due: str, path: str) -> Message:
    return message(
        f"Due {due}: {company}",
        f"{partner} is promised {what} by {due}. Three quarters of the time have passed.",
        action="Open it",
        path=path,
    )


def missed_by_us(*, what: str, company: str, partner: str, due: str, who: str, path: str, is_answer: bool) -> Message:
    return message(
        f"Late: {what}, {company}",
        f"{partner} was promised {what} by {due}, and it has not come. {who}",
        "Until it does, the protection of the introduction grows by the delay." if is_answer else "",
        action="Open it",
        path=path,
    )


def missed(*, what: str, company: str, due: str, who: str, ref: str, is_answer: bool) -> Message:
    return message(
        f"We are late: {company}",
        f"{who} still owes you {what}, promised by {due}, and was told so just now.",
        "The delay is added to your protection." if is_answer else "You hear from us as soon as there is news.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def update(*, company: str, owner: str, text: str, ref: str) -> Message:
    return message(
        f"How it stands: {company}",
        f"{owner} writes: “{text}”",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def looked_after(*, company: str, owner: str, contact: str, ref: str) -> Message:
    return message(
        f"{owner} looks after {company} now",
        f"From today {owner} looks after {company}, and goes on with {contact}.",
        "Nothing else changes: your claim, your fee and what was agreed stay as they are.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def handed_to_you(*, company: str, before: str, next_step: str, path: str) -> Message:
    return message(
        f"Yours now: {company}",
        f"You look after {company} from here on; before, it was {before}.",
        next_step,
        action="Open the deal",
        path=path,
    )


def handed_on(*, company: str, owner: str, path: str) -> Message:
    return message(
        f"Handed over: {company}",
        f"{owner} looks after {company} from here on. Open tasks went along.",
        action="Open the deal",
        path=path,
    )


def many_to_you(*, number: int, before: str, path: str) -> Message:
    deals = "one deal" if number == 1 else f"{number} deals"
    return message(
        f"Yours now: {deals} of {before}",
        f"You look after {deals} from here on that {before} had in hand. Open tasks came along.",
        action="See your deals",
        path=path,
    )
