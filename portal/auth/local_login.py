"""Whether somebody may sign in here themselves, with a password or a passkey. Packages above say who may not."""

from collections.abc import Callable

from portal.auth.models import User

Rule = Callable[[str, User | None], str | None]
_rules: list[Rule] = []


def says_who_may_not(rule: Rule) -> Rule:
    """Register a rule. It is given the address that was typed and whoever has proven to be the person there, None where
    nobody has; it answers with the sentence that says how to sign in instead, or None."""
    _rules.append(rule)
    return rule


def refusal(email: str, proven: User | None) -> str | None:
    """Why this sign-in does not count, right as its proof may be. For whoever has proven nothing the answer goes by the
    address alone, so that it tells nobody which addresses are known."""
    return next((sentence for rule in _rules if (sentence := rule(email, proven)) is not None), None)
