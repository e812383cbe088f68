"""A text as it will read, with the usual terms and a company that does not exist."""

from markupsafe import Markup, escape

from portal.agreements.plans import Plan, PlanRule
from portal.agreements.terms import Terms
from portal.agreements.texts import written
from portal.errors import Refused
from portal.markdown import render
from portal.program import Program

_RULE = PlanRule(name="first-deal", rate_bp=1000, clause="4.1")


def specimen(body: str, program: Program | None) -> Markup:
    """The HTML; of a text that asks for something unknown, the sentence that says so."""
    currency = program.currency if program else "EUR"
    terms = Terms(currency=currency, plan=Plan(ref="F-SPECIMEN", version=1, currency=currency, rules=(_RULE,)))
    values = terms.placeholders(
        program_legal_name=program.legal_name if program else "Our company",
        partner_legal_name="Specimen Partner Ltd",
        governing_law=program.governing_law if program else "our country",
    )
    try:
        return render(written(body, values))
    except Refused as refusal:
        return Markup('<p class="error">{}</p>').format(escape(refusal))
