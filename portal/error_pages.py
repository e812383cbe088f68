"""The pages that are shown when something goes wrong: what happened, and what to do next."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import current_app

from portal.uploads import LIMIT


class Trouble(NamedTuple):
    """What an error page says: what happened, and what to do next."""

    title: str
    sentence: str
    steps: tuple[str, ...]


TROUBLES: Mapping[int, Trouble] = {
    400: Trouble(
        "That did not reach us whole",
        "The request was incomplete, or the page it came from had been open too long. Nothing was saved.",
        ("Go back, load the page again and send it once more.", "If it came from a link in a mail, open it again."),
    ),
    403: Trouble(
        "This page is not open to you",
        "You are signed in, but what you do here does not include this page.",
        ("Whoever leads your team can change what you may do.", "Signed in as someone else? Sign out first."),
    ),
    404: Trouble(
        "There is nothing here",
        "The address may be mistyped, or what was here is not yours to see.",
        ("Check the address, references look like R-7F3KQ2.", "Find it from the start page, through its list."),
    ),
    405: Trouble(
        "This address works differently",
        "It takes what a form sends and has no page of its own. Nothing was changed.",
        ("Go to the page the form is on and send it from there.",),
    ),
    409: Trouble(
        "That is no longer possible",
        "Someone changed this a moment before you. Nothing of yours was saved.",
        ("Open the page again to see how it stands now.", "Then decide whether it is still needed."),
    ),
    413: Trouble(
        "That file is too large",
        f"{LIMIT} Nothing was saved.",
        (
            "Make the file smaller, or split it.",
            "Then go back, where what you typed still stands, and choose it again.",
        ),
    ),
    422: Trouble(
        "That does not fit together",
        "This form was already sent once with other content. The first one counts.",
        ("Open the page again to see what was saved.", "Then change it there."),
    ),
    429: Trouble(
        "A short pause, please",
        "That was tried many times in a row, so we wait a little before the next.",
        ("Try again in a few minutes.", "Forgotten your password? Ask for a new one on the sign-in page."),
    ),
    500: Trouble(
        "That was our mistake",
        "Something broke on our side. What you sent was not saved, and we have a record of what went wrong.",
        ("Try again in a moment.", "If it happens again, tell your contact when and on which page."),
    ),
    503: Trouble(
        "Back in a moment",
        "We cannot save anything right now. Nothing was lost, and nothing was half done.",
        ("Wait a minute, then send it again.", "What you typed is still there when you go back."),
    ),
}


def error_page(
    code: int,
    sentence: str | None = None,
    reference: str | None = None,
    typed: Sequence[str] = (),
    before: str | None = None,
) -> tuple[str, int]:
    """The page for this code, with what was typed in vain, and the way back to the page `before` it. Rendered past the
    context processors: it needs no database and no user."""
    trouble = TROUBLES.get(code, TROUBLES[500 if code >= 500 else 400])
    page = current_app.jinja_env.get_template("errors/error.html")
    told = {
        "trouble": trouble,
        "sentence": sentence or trouble.sentence,
        "reference": reference,
        "typed": typed,
        "before": before,
    }
    return page.render(code=code, **told), code
