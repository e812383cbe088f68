"""About what becomes of a referral that qualified."""

from portal.notifications.messages import Message, message


def qualified(*, company: str, owner: str, contact: str, due: str, protected_until: str, ref: str) -> Message:
    return message(
        f"Qualified: {company}",
        f"{owner} gets in touch with {contact} by {due}.",
        f"Your introduction is protected until {protected_until}.",
        "You hear from us the same day, whatever comes of it.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def yours(*, company: str, partner: str, contact: str, due: str, ref: str) -> Message:
    return message(
        f"Yours: {company}",
        f"{partner} introduces {company}, and it is in your hands now.",
        f"Get in touch with {contact} by {due}: that is what {partner} is promised.",
        action="Open the deal",
        path=f"/staff/deals/{ref}",
    )


def shared(*, company: str, owner: str, percent: str, ref: str) -> Message:
    return message(
        f"You share the deal: {company}",
        f"Another partner introduced {company} as well, and you share the deal from now on. Your share is {percent} %"
        " of what your agreement pays for it.",
        f"{owner} looks after it. You hear from us the same day, whatever comes of it.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def contacted(*, company: str, owner: str, contact: str, next_step: str, ref: str) -> Message:
    return _step(f"In conversation: {company}", f"{owner} is in touch with {contact}.", next_step=next_step, ref=ref)


def meeting(*, company: str, owner: str, contact: str, next_step: str, ref: str) -> Message:
    return _step(f"A meeting: {company}", f"{owner} meets {contact}.", next_step=next_step, ref=ref)


def proposal(*, company: str, owner: str, contact: str, next_step: str, ref: str) -> Message:
    return _step(
        f"Proposal: {company}", f"{owner} sent our proposal. {company} decides now.", next_step=next_step, ref=ref
    )


def taken_up_again(*, company: str, owner: str, contact: str, next_step: str, ref: str) -> Message:
    return _step(
        f"Taken up again: {company}",
        f"{owner} takes up the conversation with {contact} again.",
        next_step=next_step,
        ref=ref,
    )


def parked(*, company: str, owner: str, contact: str, until: str, ref: str) -> Message:
    return message(
        f"Parked until {until}: {company}",
        f"{company} is not ready yet. {owner} gets in touch with {contact} again on {until}.",
        "Your claim is kept until then.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def returned(*, company: str, owner: str, contact: str, next_step: str, ref: str) -> Message:
    return _step(
        f"Back from the waiting list: {company}",
        f"{owner} gets in touch with {contact} again. Your claim rested meanwhile and lost no day.",
        next_step=next_step,
        ref=ref,
    )


def undone(*, company: str, owner: str, contact: str, now: str, then: str, ref: str) -> Message:
    return message(
        f"Corrected: {company}",
        f"We had noted “{now}” for {company} by mistake. It is at “{then}”, as before.",
        f"{owner} goes on with {contact}. What followed from the mistake is taken back.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def back_to_you(*, company: str, ref: str) -> Message:
    return message(
        f"Back from nurture: {company}",
        f"{company} was parked until today, and is yours to take up again.",
        action="Open the deal",
        path=f"/staff/deals/{ref}",
    )


def returns_soon(*, company: str, until: str, ref: str) -> Message:
    return message(
        f"Back on {until}: {company}",
        f"{company} comes back from nurture on {until}. It is a good moment to read up on it.",
        action="Open the deal",
        path=f"/staff/deals/{ref}",
    )


def stalled(*, company: str, next_step: str, on: str, ref: str) -> Message:
    return message(
        f"Stands still: {company}",
        f"“{next_step}” was to be done by {on}, and nothing has happened since.",
        "Say what comes next, park it until they are ready, or close it.",
        action="Open the deal",
        path=f"/staff/deals/{ref}",
    )


def lost(*, company: str, reason: str, ref: str) -> Message:
    return message(
        f"Lost: {company}",
        f"{company} did not sign. {reason}.",
        "Thank you for the introduction. Should they come back to it, the deal can be opened again.",
        action="See what happened",
        path=f"/referrals/{ref}",
    )


def cancelled(*, company: str, reason: str, ref: str) -> Message:
    return message(
        f"Cancelled: {company}",
        f"The deal was won and is now cancelled. “{reason}”",
        "A fee that was booked for it is taken back.",
        action="See what happened",
        path=f"/referrals/{ref}",
    )


def _step(subject: str, sentence: str, *, next_step: str, ref: str) -> Message:
    return message(subject, sentence, next_step, action="See where it is", path=f"/referrals/{ref}")
