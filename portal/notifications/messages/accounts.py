"""To a person, about their own account."""

from portal.notifications.messages import Message, message


def invited(*, program: str, company: str, by: str, until: str) -> Message:
    side = f"{company} in {program}" if company else program
    return message(
        f"You are invited to {side}",
        f"{by or 'The portal'} opened an account for you.",
        f"Choose a password, and you are in. The link works once, until {until}.",
        action="Choose a password",
    )


def reset_asked(*, program: str, until: str) -> Message:
    return message(
        f"A new password for {program}",
        f"Choose a new password with this link. It works once, until {until}.",
        "You did not ask for it? Then leave it; your password stays as it is.",
        action="Choose a new password",
    )


def password_changed(*, program: str, at: str) -> Message:
    return message(
        f"Your password for {program} was changed",
        f"It was changed {at}. Whoever was signed in with the old one is signed out.",
        "It was not you? Ask for a new password on the sign-in page now, and tell your contact.",
        action="See where you are signed in",
        path="/account/",
    )
