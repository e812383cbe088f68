"""About signing in through an identity provider."""

from portal.notifications.messages import Message, message


def linked(*, program: str, provider: str, at: str) -> Message:
    return message(
        f"You signed in to {program} through your company",
        f"Since {at} the identity provider {provider} opens your account: whoever it says is you comes in as you.",
        "It was not you? Tell whoever leads your team, or your contact, at once.",
        action="See where you are signed in",
        path="/account/devices",
    )


def changed(*, side: str, what: str, by: str, at: str, provider: str, path: str) -> Message:
    """To everyone who answers for the people of that side. `what`: what was done, in the past tense."""
    return message(
        f"How people of {side} sign in was changed",
        f"{by} {what}, {at}. The identity provider is {provider}: whoever runs it says who your people are.",
        "You know nothing of it? Look at it now, and ask them.",
        action="Look at it",
        path=path,
    )
