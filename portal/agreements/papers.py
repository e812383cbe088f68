"""The pages that an agreement's PDF is made of, each complete and with its own style."""

from collections.abc import Sequence

from flask import current_app

from portal.agreements.models import Agreement, Signature
from portal.agreements.terms import Terms
from portal.markdown import render
from portal.program import Program


def unsigned_paper(agreement: Agreement, *, title: str, program: Program) -> str:
    """The agreement as it was sent."""
    return _paper(agreement, title=title, program=program, signed=(), head=None)


def signed_paper(
    agreement: Agreement, *, title: str, program: Program, signed: Sequence[Signature], head: tuple[int, str]
) -> str:
    """The agreement and, on a page of its own, the evidence of who signed it, when and how.

    `head` is number and hash of the last event that was on record when it was signed."""
    return _paper(agreement, title=title, program=program, signed=signed, head=head)


def _paper(
    agreement: Agreement,
    *,
    title: str,
    program: Program,
    signed: Sequence[Signature],
    head: tuple[int, str] | None,
) -> str:
    page = current_app.jinja_env.get_template("agreements/document.html")
    return page.render(
        agreement=agreement,
        title=title,
        program=program,
        program_name=program.name,
        text=render(agreement.body),
        terms=Terms.from_data(agreement.terms),
        signed=signed,
        head=head,
    )
