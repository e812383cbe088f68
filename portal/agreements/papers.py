"""The pages that an agreement's PDF is made of, each complete and with its own style, and the PDF that came of them."""

from collections.abc import Sequence
from datetime import UTC

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from portal import storage
from portal.agreements import queries
from portal.agreements.models import Agreement, Signature
from portal.agreements.terms import Terms
from portal.downloads import attachment
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


def handed_out(agreement: Agreement, *, layout: str) -> ResponseReturnValue:
    """The newest PDF of the agreement; while the worker has not made it, a page that says so."""
    paper = queries.paper(agreement)
    if paper is None or paper.sha256 is None:
        page = render_template("agreements/no_pdf.html", agreement=agreement, paper=paper, layout=layout)
        return page, 404, {"Retry-After": "60"}
    return attachment(storage.get(paper.sha256), f"{agreement.ref}.pdf", "application/pdf")


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
        utc=UTC,
    )
