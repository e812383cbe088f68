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


def invited_though_known(*, program: str, company: str, by: str, contact: str) -> Message:
    """To whoever has the address: the person who typed it is not told that somebody has."""
    return message(
        f"{company} invited you to {program}",
        f"{by} invited you to {program} for {company}. Your address belongs to an account already, and an account is"
        " for one company, so nothing was changed. They were not told that you have one.",
        f"Do you work for {company} too? Give them another address of yours. Have you moved there? Write to {contact}.",
        action="Sign in",
        path="/login",
    )


def address_change_at_old(*, program: str, new: str, until: str) -> Message:
    return message(
        f"Your mail address for {program}: change it?",
        f"Somebody who is signed in as you asked that your account use {new} instead of this address.",
        f"Was it you? Confirm it here, and at the new address, until {until}.",
        "It was not you? Stop it on the same page, and set a new password.",
        action="Confirm or stop",
    )


def address_change_at_new(*, program: str, name: str, until: str) -> Message:
    return message(
        f"Use this address for {program}?",
        f"{name} asked that their account use this address.",
        f"Is that you? Confirm it here, and at the address that you have used so far, until {until}.",
        "You know nothing of it? Then leave it, or stop it on the same page.",
        action="Confirm or stop",
    )


def address_change_though_known(*, program: str, contact: str) -> Message:
    """To whoever has the address already: the person who typed it is not told."""
    return message(
        f"Somebody typed your address for {program}",
        "Somebody asked that their account use this address. It is the address of your account, so nothing was"
        " changed, and they were not told that you have one.",
        f"Was it you, with a second account? Write to {contact}. It was not you? There is nothing you have to do.",
        action="Sign in",
        path="/login",
    )


def address_change_stopped(*, program: str, new: str) -> Message:
    return message(
        f"Your mail address for {program} stays as it is",
        f"The change to {new} was stopped.",
        "You did not ask for it in the first place? Set a new password: somebody was signed in as you.",
        action="See where you are signed in",
        path="/account/devices",
    )


def address_changed(*, program: str, new: str, contact: str) -> Message:
    """To the old address and to the new one."""
    return message(
        f"Your mail address for {program} was changed",
        f"Sign in with {new} from now on. Every browser that was signed in as you was signed out.",
        f"It was not you? Write to {contact} at once.",
        action="Sign in",
        path="/login",
    )


def new_device(*, program: str, at: str, browser: str, address: str) -> Message:
    network = f", from the network address {address}" if address else ""
    return message(
        f"A new sign-in to {program}",
        f"Somebody signed in as you {at}, with {browser}{network}. This browser was not used for it before.",
        "Was it you? There is nothing to do.",
        "It was not you? Sign that browser out, set a new password, and tell your contact.",
        action="See where you are signed in",
        path="/account/devices",
    )


def password_changed(*, program: str, at: str) -> Message:
    return message(
        f"Your password for {program} was changed",
        f"It was changed {at}. Whoever was signed in with the old one is signed out.",
        "It was not you? Ask for a new password on the sign-in page now, and tell your contact.",
        action="See where you are signed in",
        path="/account/devices",
    )
