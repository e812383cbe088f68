"""About an agreement: to the people who sign and answer for it, and to those of us who look after partners."""

from portal.notifications.messages import Message, message


def sent(*, company: str, program: str, sign_by: str, ref: str, may_sign: bool, signers: str) -> Message:
    turn = "You sign for the company" if may_sign else f"{signers or 'Nobody yet'} can sign for the company"
    return message(
        f"{company}: your agreement is waiting for your signature"
        if may_sign
        else f"{company}: your agreement is waiting for a signature",
        f"{program} sent it. {turn}, by {sign_by}.",
        "Read it first; it takes a few minutes. It is in force the moment it is signed, and then you can refer.",
        action="Read and sign" if may_sign else "Read the agreement",
        path=f"/agreements/{ref}",
    )


def in_force(*, company: str, program: str, ref: str) -> Message:
    return message(
        f"{company}: your agreement with {program} is in force",
        "It is signed by both sides. The signed copy with its evidence page is on the same page in a moment.",
        "You can introduce companies from now on.",
        action="Open the agreement",
        path=f"/agreements/{ref}",
    )


def voided(*, company: str, program: str, ref: str, reason: str) -> Message:
    return message(
        f"{company}: your agreement was taken back",
        f"{program} took it back before it was signed." + (f" “{reason}”" if reason else ""),
        "Nothing is asked of you. If a new one follows, you are told.",
        action="See what it was",
        path=f"/agreements/{ref}",
    )


def signed_for_staff(*, company: str, by: str, partner_ref: str) -> Message:
    return message(
        f"Signed: {company}",
        f"{by} signed the agreement. It was countersigned by rule and is in force.",
        "The company can refer from now on. A short hello now is worth more than one in a month.",
        action="Open the partner",
        path=f"/staff/partners/{partner_ref}",
    )


def declined_for_staff(*, company: str, by: str, reason: str, partner_ref: str) -> Message:
    return message(
        f"Not signed: {company}",
        f"{by} declined the agreement." + (f" “{reason}”" if reason else ""),
        "Talk to them; then send another one, or let it rest.",
        action="Open the partner",
        path=f"/staff/partners/{partner_ref}",
    )
