"""The look: one style sheet, one script and one set of icons, put together at start-up from installed packages
and our own files, and the pages that are shown when something goes wrong."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, abort, current_app, g, request
from markupsafe import Markup, escape

STATIC = Path(__file__).parent / "static"
STYLES = ("tokens.css", "components.css", "forms.css", "print.css")
FOR_EVER = "public, max-age=31536000, immutable"
SYMBOL = re.compile(r'<symbol class="[^"]*" viewBox="([^"]*)" id="([^"]*)">(.*?)</symbol>', re.DOTALL)


@dataclass(frozen=True)
class Asset:
    """A file as it is served: its name carries the hash of its content, so that it may be kept for ever."""

    name: str
    body: bytes
    packed: bytes
    mimetype: str

    @classmethod
    def of(cls, name: str, text: str, mimetype: str) -> "Asset":
        body = text.encode()
        stem, _, ending = name.rpartition(".")
        hashed = f"{stem}.{sha256(body).hexdigest()[:12]}.{ending}"
        return cls(hashed, body, gzip.compress(body, mtime=0), mimetype)


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
        "Files may have up to 10 MB. Nothing was saved.",
        ("Make the file smaller, or split it.", "Then go back and choose it again."),
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


def init_app(app: Flask) -> None:
    assets = {
        "app.css": Asset.of("app.css", _stylesheet(), "text/css"),
        "app.js": Asset.of("app.js", _script(), "text/javascript"),
        "mark.svg": Asset.of("mark.svg", (STATIC / "mark.svg").read_text("utf-8"), "image/svg+xml"),
    }
    addresses = {name: f"/assets/{asset.name}" for name, asset in assets.items()}
    served = {asset.name: asset for asset in assets.values()}
    icons = _icons()

    def serve(name: str) -> Response:
        asset = served.get(name) or abort(404)
        packed = "gzip" in request.accept_encodings
        response = Response(asset.packed if packed else asset.body, mimetype=asset.mimetype)
        response.headers["Cache-Control"] = FOR_EVER
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    def icon(name: str, label: str | None = None) -> Markup:
        used: dict[str, str] = g.setdefault("icons", {})
        used[name] = icons[name]
        if label is None:
            return Markup(f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"></use></svg>')
        return Markup(f'<svg class="icon" role="img" aria-label="{escape(label)}"><use href="#i-{name}"></use></svg>')

    def icon_sheet() -> Markup:
        used: dict[str, str] = g.pop("icons", {})
        return Markup(f'<svg class="icon-sheet" aria-hidden="true">{"".join(used.values())}</svg>' if used else "")

    serve.__access__ = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/assets/<name>", "asset", serve)
    app.jinja_env.globals.update(
        asset=addresses.__getitem__, icon=icon, icon_sheet=icon_sheet, style=style, new_id=new_id
    )


def new_id(stem: str) -> str:
    """An element id that no other element of this page has."""
    g.ids_given = g.get("ids_given", 0) + 1
    return f"{stem}-{g.ids_given}"


def style(name: str) -> Markup:
    """The text of one of our style sheets, for documents and mails that must carry their own."""
    return Markup((STATIC / "css" / name).read_text("utf-8"))


def font_files() -> dict[str, Path]:
    """The typefaces that documents may use, by the `font:` address by which document.css asks for them."""
    folders = (_package(name) / "files" for name in ("font_source_serif_pro", "font_source_sans_pro"))
    return {f"font:{path.name}": path for path in chain.from_iterable(folder.glob("*.otf") for folder in folders)}


def error_page(code: int, sentence: str | None = None, reference: str | None = None) -> tuple[str, int]:
    """The page for this code. Rendered past the context processors: it needs no database and no user."""
    trouble = TROUBLES.get(code, TROUBLES[500 if code >= 500 else 400])
    page = current_app.jinja_env.get_template("errors/error.html")
    return page.render(trouble=trouble, code=code, sentence=sentence or trouble.sentence, reference=reference), code


def _stylesheet() -> str:
    """Bootstrap in a layer of its own, below ours, whatever the weight of its selectors."""
    bootstrap = (_package("flask_bootstrap") / "static/bootstrap5/css/bootstrap.min.css").read_text("utf-8")
    bootstrap = bootstrap.removeprefix('@charset "UTF-8";').partition("/*# sourceMappingURL")[0]
    ours = "\n".join((STATIC / "css" / name).read_text("utf-8") for name in STYLES)
    return f'@charset "UTF-8";\n@layer bootstrap, components;\n@layer bootstrap {{\n{bootstrap}\n}}\n{ours}'


def _script() -> str:
    """The loader, then every behaviour, in one scope that leaks no name to the page."""
    folder = STATIC / "js"
    behaviours = sorted(path for path in folder.glob("*.js") if path.name != "loader.js")
    parts = "\n".join(path.read_text("utf-8") for path in (folder / "loader.js", *behaviours))
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def _icons() -> dict[str, str]:
    sprite = (_package("flask_bootstrap") / "static/bootstrap5/icons/bootstrap-icons.svg").read_text("utf-8")
    return {
        name: f'<symbol id="i-{name}" viewBox="{box}">{shape}</symbol>' for box, name, shape in SYMBOL.findall(sprite)
    }


def _package(name: str) -> Path:
    """Where an installed package keeps its files, found without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The package {name} is not installed: install the locked requirements again.")
    return Path(spec.origin).parent
