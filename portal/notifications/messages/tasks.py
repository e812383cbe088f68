"""About what somebody of ours has to do."""

from portal.notifications.messages import Message, message


def due(*, title: str, company: str, path: str) -> Message:
    about = f": {company}" if company else ""
    return message(
        f"Today: {title}{about}",
        f"You wanted to be reminded of this today: {title}{about}.",
        action="Open it",
        path=path,
    )
