"""To a person, about the second factors of their account."""

from portal.notifications.messages import Message, message

NOT_YOU = "It was not you? Set a new password on the sign-in page now, and tell your contact."
PAGE = "/account/factors"


def added(*, program: str, what: str, at: str) -> Message:
    return message(
        f"{what} was added to your account in {program}",
        f"Since {at} it is asked for when you sign in. Every other browser was signed out.",
        NOT_YOU,
        action="See your second factors",
        path=PAGE,
    )


def removed(*, program: str, what: str, at: str) -> Message:
    return message(
        f"{what} was removed from your account in {program}",
        f"It was removed {at} and signs you in no more.",
        NOT_YOU,
        action="See your second factors",
        path=PAGE,
    )


def reset(*, program: str, by: str, at: str) -> Message:
    return message(
        f"Your second factors in {program} were removed",
        f"{by} removed them {at}, because you could not use them any more. Your password opens the account until you"
        " set up a new one.",
        "You did not ask for it? Tell your contact at once.",
        action="Set up a new one",
        path=PAGE,
    )


def code_used(*, program: str, left: int, at: str) -> Message:
    stock = "None is left" if left == 0 else "One is left" if left == 1 else f"{left} are left"
    return message(
        f"A recovery code opened your account in {program}",
        f"It was used {at}. {stock}." + (" Make new ones before you need them." if left <= 3 else ""),
        NOT_YOU,
        action="See your second factors",
        path=PAGE,
    )


def codes_made(*, program: str, at: str) -> Message:
    return message(
        f"New recovery codes for your account in {program}",
        f"They were made {at}. The ones before work no more.",
        NOT_YOU,
        action="See your second factors",
        path=PAGE,
    )


def doubted(*, program: str, at: str) -> Message:
    return message(
        f"A passkey of yours was refused in {program}",
        f"It was used {at}, and what it said does not follow from what it said before: there may be a copy of it.",
        "Sign in another way, remove that passkey, and tell your contact.",
        action="See your second factors",
        path=PAGE,
    )
