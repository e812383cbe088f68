"""How the text of an agreement comes from its template, and what a template has to be."""

from collections.abc import Mapping
from hashlib import sha256

from portal.agreements.plans import Plan
from portal.agreements.terms import NEEDED, PLACEHOLDERS
from portal.errors import Refused
from portal.markdown import PLACEHOLDER, fill, render

LONGEST = 100_000


def check_template(body: str) -> None:
    """Raises `Refused` for a text that no agreement can be made from."""
    if len(body) > LONGEST:
        raise Refused(f"The text has {len(body):,} characters; {LONGEST:,} is the most.", "body")
    asked = set(PLACEHOLDER.findall(body))
    if unknown := sorted(asked - PLACEHOLDERS):
        raise Refused(f"Nothing is known by the name of {_places(unknown)}.", "body")
    if "{{" in PLACEHOLDER.sub("", body):
        raise Refused("Two braces {{ stand in the text without a name and two more behind them.", "body")
    if missing := sorted(NEEDED - asked):
        raise Refused(f"The text never says {_places(missing)}: it would be an agreement without it.", "body")


def check_clauses(body: str, plan: Plan) -> None:
    """Raises `Refused` where the plan pays by a clause that the text does not have."""
    html = render(body)
    for rule in plan.rules:
        if f'id="clause-{rule.clause.replace(".", "-")}"' not in html:
            raise Refused(f"The fee plan pays by clause {rule.clause}, and this text has no such clause.", "fee_plan")


def written(template: str, values: Mapping[str, object]) -> str:
    """The text of one agreement."""
    return fill(template, values)


def digest(body: str) -> str:
    """SHA-256 of the text as UTF-8: what is signed."""
    return sha256(body.encode()).hexdigest()


def _places(names: list[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in names)
