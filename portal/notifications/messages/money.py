"""About what was earned and what is paid."""

from portal.notifications.messages import Message, message

ON_THE_ACCOUNT = "It should be on your account within two working days."


def won(*, company: str, amount: str, missing: str, ref: str) -> Message:
    """`missing`: what stands between the partner and its money, in sentences."""
    return message(
        f"Won: {company}. Your fee is {amount}",
        f"{company} signed, and a fee of {amount} is booked for you.",
        "Finance approves it next; then it goes onto your statement, with the day on which it is paid.",
        f"{missing} The fee is kept until then; see the page of your company." if missing else "",
        action="See why this amount",
        path=f"/earnings/{ref}",
    )


def won_without_fee(*, company: str, because: str, ref: str) -> Message:
    return message(
        f"Won: {company}",
        f"{company} signed. No fee is due for this deal. {because}",
        action="See where it is",
        path=f"/referrals/{ref}",
    )


def to_approve(*, company: str, partner: str, amount: str, ref: str) -> Message:
    return message(
        f"Approve: {amount} for {company}",
        f"{partner} earned it with {company}. The reason for the amount stands with it.",
        "Once approved, it goes onto the next statement.",
        action="Look and approve",
        path=f"/staff/fees/{ref}",
    )


def statement(*, company: str, amount: str, fees: int, pay_on: str, ref: str) -> Message:
    return message(
        f"{company}: statement {ref}, {amount}",
        f"It holds {_fees(fees)}. We pay it on {pay_on}.",
        "Look through it; if something is not right, tell us before that day.",
        action="Open your earnings",
        path="/earnings/",
    )


def paid(*, company: str, amount: str, fees: int, account: str, ref: str) -> Message:
    return message(
        f"{company}: we paid you {amount}",
        f"{amount} for {_fees(fees)} went to {account}, with the reference {ref}.",
        ON_THE_ACCOUNT,
        action="Open your earnings",
        path="/earnings/",
    )


def to_release(*, amount: str, fees: int, by: str, ref: str) -> Message:
    return message(
        f"Release: payout run {ref}, {amount}",
        f"{by} built it, with {_fees(fees)} in it. A second person releases it: you.",
        action="Look and release",
        path=f"/staff/payouts/{ref}",
    )


def details_proposed(*, company: str, by: str) -> Message:
    return message(
        f"{company}: new payout details were entered",
        f"{by} entered where {company} is to be paid. Until a second person has looked at it, nothing is paid.",
        "You know nothing of this? Write to us at once, and it is stopped.",
        action="Look at it",
        path="/company/",
    )


def details_to_confirm(*, company: str, by: str, partner_ref: str) -> Message:
    return message(
        f"Confirm: payout details of {company}",
        f"{by} entered new ones. Ask them by phone, on a number that you had before.",
        "Payments to them wait until you have confirmed or refused.",
        action="Look and confirm",
        path=f"/staff/partners/{partner_ref}",
    )


def details_confirmed(*, company: str) -> Message:
    return message(
        f"{company}: your payout details are in use",
        "A second person confirmed them. Your next payment goes there.",
        action="Look at them",
        path="/company/",
    )


def details_refused(*, company: str) -> Message:
    return message(
        f"{company}: your payout details were not accepted",
        "A second person looked at them and did not confirm them. What was in use before stays in use.",
        "Enter them again, or write to us if you do not know why.",
        action="Enter them again",
        path="/company/",
    )


def _fees(count: int) -> str:
    return "one fee" if count == 1 else f"{count} fees"
