"""What is typed into the form of a referral before it is sent: kept for its author, as typed."""

from collections.abc import Iterable, Mapping

MOST = 50
"""Drafts of one person: more are not begun referrals, they are a list that belongs elsewhere."""
LONGEST = 4_000
"""Characters of one answer; the form asks for no more."""
UNNAMED = "A company without a name yet"

FULL = f"You have {MOST} drafts, which is as many as are kept. Send or delete one, then save again."
GONE = "This draft is not there any more: it was sent or deleted, perhaps in another tab."
NOT_SENT = f"{GONE} Nothing was sent from here. Look at your referrals; if it is not among them, send it again."


def kept(typed: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Of what was typed, the answers to these questions that say something; each as long as the form allows."""
    said = ((name, typed.get(name, "").strip()[:LONGEST]) for name in names)
    return {name: value for name, value in said if value}


def title_of(typed: Mapping[str, str]) -> str:
    """What a draft is called in a list: by its company, else by what else was typed first."""
    website = typed.get("website", "").partition("://")[2] or typed.get("website", "")
    return (typed.get("company") or website or typed.get("contact_name") or UNNAMED)[:120]
