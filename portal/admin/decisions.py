"""What somebody is shown again who changes the program."""

from portal.auth.factor_rules import SECOND_FACTOR_FOR
from portal.auth.step_up import Decision, typed


def program() -> Decision:
    words = {str(who): label for who, label in SECOND_FACTOR_FOR.items()}
    who = words.get(typed("second_factor_for"), "nobody chosen yet")
    names = [("Portal", typed("name")), ("Company", typed("company_name")), ("Legal name", typed("legal_name"))]
    return Decision("Save the program's settings", [*names, ("Second factor for", who)])
