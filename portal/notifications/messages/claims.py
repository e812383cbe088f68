"""About what happens to a claim over time: it expires, is asked to be longer, ends, is appealed. Times are words."""

from portal.notifications.messages import Message, message


def expires_soon(*, company: str, question: str, until: str, ref: str) -> Message:
    return message(
        f"Answer by {until}: {company}",
        f"Answer by {until}, else this referral expires. Our clock is paused until you do.",
        f"We asked: “{question}”",
        action="Answer",
        path=f"/referrals/{ref}",
    )


def expired(*, company: str, ref: str) -> Message:
    return message(
        f"Expired: {company}",
        "The question stayed open too long, so this referral expired.",
        "If the introduction still stands, send it again: that takes one look and one click.",
        action="Send it again",
        path=f"/referrals/{ref}/renewal",
    )


def renewed(*, company: str, due: str, ref: str) -> Message:
    return message(
        f"Received again: {company}",
        f"We have your introduction again. You get our answer by {due}.",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def to_decide_again(*, company: str, partner: str, due: str, ref: str) -> Message:
    return message(
        f"Decide by {due}: {company}",
        f"{partner} sent {company} again. They are promised an answer by {due}.",
        action="Read and decide",
        path=f"/staff/referrals/{ref}",
    )


def ends_soon(*, company: str, until: str, tail_until: str, days: int, ref: str) -> Message:
    longer = f"If something is moving, ask for {days} days more before that." if days else ""
    return message(
        f"Protected until {until}: {company}",
        f"Your protection of {company} ends on {until}.",
        longer,
        f"A deal that closes by {tail_until} still counts for you.",
        action="Look at your claim",
        path=f"/referrals/{ref}",
    )


def ends_soon_for_owner(*, company: str, partner: str, until: str, ref: str) -> Message:
    return message(
        f"Protected until {until}: {company}",
        f"The claim of {partner} to {company} ends on {until}. From then on others may introduce them.",
        action="Look at the deal",
        path=f"/staff/deals/{ref}",
    )


def ended(*, company: str, tail_until: str, ref: str) -> Message:
    return message(
        f"The protection ended: {company}",
        f"{company} is not protected for you any more, and others may introduce them.",
        f"A deal that closes by {tail_until} still counts for you.",
        action="Look at your claim",
        path=f"/referrals/{ref}",
    )


def given_back(*, company: str, partner: str, ref: str) -> Message:
    return message(
        f"Given back: {company}",
        f"{partner} does not work on {company} any more, and gave the protection back.",
        action="Look at the deal",
        path=f"/staff/deals/{ref}",
    )


def revoked(*, company: str, reason: str, until: str, ref: str) -> Message:
    return message(
        f"Revoked: your protection of {company}",
        f"We took the protection back: “{reason}”",
        f"If you see it differently, appeal until {until}: somebody else then looks at it.",
        action="Read and appeal",
        path=f"/referrals/{ref}",
    )


def extension_asked(*, company: str, partner: str, due: str, ref: str) -> Message:
    return message(
        f"Decide by {due}: extension for {company}",
        f"{partner} asks for more time with {company}. They are promised an answer by {due}.",
        "Until then the protection does not end.",
        action="Read and decide",
        path=f"/staff/referrals/{ref}/extension",
    )


def extension_granted(*, company: str, until: str, reason: str, ref: str) -> Message:
    return message(
        f"Granted: {company} is protected until {until}",
        f"You asked for an extension, and {company} is protected until {until}.",
        f"“{reason}”" if reason else "",
        action="Look at your claim",
        path=f"/referrals/{ref}",
    )


def extension_refused(*, company: str, until: str, reason: str, ref: str) -> Message:
    return message(
        f"Not extended: {company}",
        until,
        f"“{reason}”",
        action="Look at your claim",
        path=f"/referrals/{ref}",
    )


def appealed(*, company: str, partner: str, due: str, ref: str) -> Message:
    return message(
        f"Answer by {due}: appeal for {company}",
        f"{partner} appeals a decision on {company}. They are promised an answer by {due}.",
        "Somebody else than who decided answers it.",
        action="Read and answer",
        path=f"/staff/appeals/{ref}",
    )


def declined_upheld(*, company: str, reason: str, due: str, ref: str) -> Message:
    return message(
        f"Upheld: your appeal for {company}",
        f"You were right, and somebody else than who declined decides anew. You get the answer by {due}.",
        f"“{reason}”",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def to_decide_anew(*, company: str, partner: str, due: str, ref: str) -> Message:
    return message(
        f"Decide anew by {due}: {company}",
        f"The appeal of {partner} was upheld. Somebody else than who declined decides anew, by {due}.",
        action="Read and decide",
        path=f"/staff/referrals/{ref}",
    )


def revocation_upheld(*, company: str, reason: str, until: str, ref: str) -> Message:
    return message(
        f"Upheld: your appeal for {company}",
        f"You were right: {company} is protected again until {until}, and you lost no day.",
        f"“{reason}”",
        action="Look at your claim",
        path=f"/referrals/{ref}",
    )


def appeal_rejected(*, company: str, reason: str, ref: str) -> Message:
    return message(
        f"Rejected: your appeal for {company}",
        "Somebody else than who decided looked at it, and the decision stands. That is final.",
        f"“{reason}”",
        action="Read the decision",
        path=f"/referrals/{ref}",
    )
