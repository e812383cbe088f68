"""What was typed into a form that was sent after its session had ended: which of it is kept, and for how long."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from portal.failures import is_secret

KEPT_FOR = timedelta(hours=24)
MOST = 5
"""Forms of one person; the oldest gives way."""
FIELD = "unsent"
"""Names, in an address and in a form, which of them it is about."""
NOT_TYPED = frozenset({"csrf_token", "idempotency_key", "version", FIELD})
"""What the page itself puts into its form: it comes from the page as it is now."""
SAVED_WHILE_TYPED = frozenset({"referral_form.save"})
"""Where a script posts the form of its page time and again: what it sends is what will be sent from there."""
GONE = (
    "Nothing waits here to be sent. What is typed when somebody is signed out is kept for a day, for them alone and in"
    " their own browser."
)


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: where to, from which page, what was typed, and what its files were called."""

    to: str
    page: str
    pairs: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        return bool(self.files) or any(value for _, value in self.pairs)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.page, self.to, *self.files, *(value for _, value in self.pairs))

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Typed":
        told = json.loads(text)
        pairs = tuple((name, value) for name, value in told["pairs"])
        return cls(told["to"], told["page"], pairs, tuple(told["files"]))


def to_be_kept(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Words and choices, never what opens an account or names one at a bank."""
    return tuple((name, value) for name, value in pairs if name not in NOT_TYPED and not is_secret(name))


def says_signed_out(*, is_kept: bool, is_in_again: bool) -> tuple[str, str]:
    """What stands below a form whose typing cannot be saved any more, and what the link beside it is called."""
    over = "This page is from before you signed in again" if is_in_again else "Your session has ended"
    if not is_kept:
        return f"{over}, so nothing more is saved. Copy what you typed before you go on.", "Sign in"
    kept = "so nothing more goes into the draft. What you typed is kept for a day, chosen files are not."
    return f"{over}, {kept}", "Go on with it" if is_in_again else "Sign in and go on"


def way_back(ref: str) -> str:
    """The address that leads to the form wherever it stands."""
    return f"/account/unsent?{FIELD}={ref}"


def with_form(path: str, ref: str) -> str:
    """The address of the page with this form filled in, at the place where it stands."""
    asked = urlsplit(path)
    query = [pair for pair in parse_qsl(asked.query, keep_blank_values=True) if pair[0] != FIELD]
    return f"{asked.path}?{urlencode([*query, (FIELD, ref)])}#{FIELD}"
