"""About a referral, until it is decided."""

from portal.notifications.messages import Message, message


def received(*, company: str, due: str, ref: str, entered: str = "") -> Message:
    return message(
        f"Received: {company}",
        f"We have your introduction. You get our answer by {due}.",
        entered,
        "You hear from us either way, and you can follow each step.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def asked(*, company: str, by: str, question: str, ref: str) -> Message:
    return message(
        f"{company}: a question for you",
        f"{by} asks: “{question}”",
        "Our clock is paused until you answer. Your claim is not affected.",
        action="Answer",
        path=f"/referrals/{ref}",
    )


def declined(*, company: str, reason: str, way_back: str, appeal: str, ref: str) -> Message:
    """`appeal`: until when somebody else can be asked to look at it, as a sentence."""
    return message(
        f"Declined: {company}",
        reason,
        way_back,
        appeal,
        action="Read why",
        path=f"/referrals/{ref}",
    )


def to_decide(*, company: str, partner: str, due: str, ref: str) -> Message:
    return message(
        f"Decide by {due}: {company}",
        f"{partner} introduces {company}. They are promised an answer by {due}.",
        action="Read and decide",
        path=f"/staff/referrals/{ref}",
    )


def answered(*, company: str, partner: str, answer: str, due: str, ref: str) -> Message:
    return message(
        f"Answered: {company}",
        f"{partner} answers: “{answer}”",
        f"Our clock runs again. They are promised a decision by {due}.",
        action="Read and decide",
        path=f"/staff/referrals/{ref}",
    )
