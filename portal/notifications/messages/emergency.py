"""About emergency access: to all who answer for the program's people and money, and to the person who gets it."""

from portal.emergency.rules import hour_words
from portal.notifications.messages import Message, message

PATH = "/staff/people/emergency"


def asked(*, ref: str, by: str, name: str, role: str, hours: int, reason: str, who: str) -> Message:
    return message(
        f"Emergency access {ref} is asked for: {name} as {role}",
        f"{by} asks that {name} be {role} for {hour_words(hours)}. “{reason}”",
        f"It begins only when a second person confirms it. {who}",
        "You know of no emergency? Then refuse it, and talk to them.",
        action="Look at it",
        path=PATH,
    )


def granted(*, ref: str, by: str, name: str, role: str, until: str, reason: str) -> Message:
    return message(
        f"Emergency access {ref} runs: {name} as {role}",
        f"{by} confirmed it. {name} acts as {role} until {until}. “{reason}”",
        "It ends by itself then. Whatever they do meanwhile is marked in the record.",
        action="See it or end it",
        path=PATH,
    )


def refused(*, ref: str, by: str, name: str, role: str) -> Message:
    return message(
        f"Emergency access {ref} was refused: {name} as {role}",
        f"{by} refused it. It does not begin, and nothing is asked of you.",
        action="Look at it",
        path=PATH,
    )


def lapsed(*, ref: str, name: str, role: str, who: str, asker: str) -> Message:
    """`asker`: who can ask anew; empty where that is the reader."""
    return message(
        f"Emergency access {ref} was not confirmed: {name} as {role}",
        "Nobody confirmed it within a day, so it does not begin.",
        f"If it is still needed, {asker or 'you'} can ask anew, and talk to a second person first. {who}",
        action="Ask anew",
        path="" if asker else f"{PATH}/new",
    )


def ended(*, ref: str, by: str, name: str, role: str) -> Message:
    return message(
        f"Emergency access {ref} is over: {name} as {role}",
        f"{by} ended it." if by else "Its hour came, and it ended by itself.",
        f"What was done meanwhile stands in the record under {ref}.",
        action="Look at the record",
        path="/staff/activity/",
    )
