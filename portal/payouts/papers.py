"""The page that a statement's PDF is made of, complete and with its own style."""

from collections.abc import Sequence
from typing import Any

from flask import current_app

from portal.fees.engine import trace_from_data
from portal.payouts.models import Statement
from portal.program import Program


def statement_paper(statement: Statement, *, partner: Any, lines: Sequence[Any], program: Program) -> str:
    """The statement as it is issued; `lines` each with the deal that they are for and the reason for their amount."""
    page = current_app.jinja_env.get_template("payouts/statement_document.html")
    return page.render(
        statement=statement,
        partner=partner,
        lines=[(line, trace_from_data(line.trace)) for line in lines],
        program=program,
        program_name=program.name,
    )
