"""Two claims to one company: each side is told the rule and the times, never whose the other claim is."""

from portal.notifications.messages import Message, message

_RULES = "The rules of engagement are printed in the portal."


def entered(*, company: str, ruling: str, due: str, ref: str) -> Message:
    return message(
        f"In conflict: {company}",
        f"A person looks at it and decides by {due}. You hear from us either way.",
        f"{ruling} {_RULES}",
        action="See the rule and the times",
        path=f"/referrals/{ref}",
    )


def contested(*, company: str, ruling: str, ref: str | None) -> Message:
    return message(
        f"Your claim stands: {company}",
        ruling,
        _RULES,
        action="See your claim",
        path=f"/referrals/{ref}" if ref else "/referrals/check",
    )


def set_aside(*, company: str, due: str, ref: str) -> Message:
    return message(
        f"Under review again: {company}",
        f"We set the ruling against your claim aside. You get our answer by {due}.",
        "You hear from us either way.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def set_aside_for_holder(*, company: str, ref: str | None) -> Message:
    return message(
        f"A ruling was set aside: {company}",
        "We wrote that another partner introduced the same company, and that your claim stands. That ruling was set"
        " aside, and we look at the other introduction by itself.",
        "Your claim and its dates stay as they are.",
        action="See your claim",
        path=f"/referrals/{ref}" if ref else "/referrals/check",
    )


def lapsed(*, company: str, due: str, ref: str) -> Message:
    return message(
        f"Under review again: {company}",
        f"The other claim to this company has ended. You get our answer by {due}.",
        "You hear from us either way.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )
