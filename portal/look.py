"""The look: one style sheet, one script and one set of icons, put together at start-up from installed packages
and our own files. Templates reach it as asset(), icon(), icon_sheet(), style() and new_id()."""

import gzip
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from flask import Flask, Response, abort, g, request
from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
STYLES = ("tokens.css", "components.css", "board.css", "forms.css", "print.css")
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


def init_app(app: Flask) -> None:
    assets = {
        "app.css": Asset.of("app.css", _stylesheet(), "text/css"),
        "app.js": Asset.of("app.js", _script(), "text/javascript"),
        "mark.svg": Asset.of("mark.svg", (STATIC / "mark.svg").read_text("utf-8"), "image/svg+xml"),
    }
    addresses = {name: f"/assets/{asset.name}" for name, asset in assets.items()}
    served = {asset.name: asset for asset in assets.values()}

    def serve(name: str) -> Response:
        return _answer(served.get(name) or abort(404))

    serve.__access__ = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/assets/<name>", "asset", serve)
    _icons()
    app.jinja_env.globals.update(
        asset=addresses.__getitem__, icon=icon, icon_sheet=icon_sheet, style=style, new_id=new_id
    )


def icon(name: str, label: str | None = None) -> Markup:
    """An icon of the sprite, silent unless it has a label. Its shape follows once, with icon_sheet()."""
    used: dict[str, Markup] = g.setdefault("icons", {})
    used[name] = _icons()[name]
    return _use(name, label)


@lru_cache(maxsize=1_000)
def _use(name: str, label: str | None) -> Markup:
    if label is None:
        return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"></use></svg>').format(name)
    return Markup('<svg class="icon" role="img" aria-label="{}"><use href="#i-{}"></use></svg>').format(label, name)


def icon_sheet() -> Markup:
    """The shapes of the icons that this page used, for its end."""
    used: dict[str, Markup] = g.pop("icons", {})
    if not used:
        return Markup()
    return Markup('<svg class="icon-sheet" aria-hidden="true">{}</svg>').format(Markup().join(used.values()))


def new_id(stem: str) -> str:
    """An element id that no other element of this page has."""
    g.ids_given = g.get("ids_given", 0) + 1
    return f"{stem}-{g.ids_given}"


def style(name: str) -> Markup:
    """The text of one of our style sheets, for documents and mails that must carry their own."""
    return Markup((STATIC / "css" / name).read_text("utf-8"))  # noqa: S704 (a file of ours)


def font_files() -> dict[str, Path]:
    """The typefaces that documents may use, by the `font:` address by which document.css asks for them."""
    folders = (_package(name) / "files" for name in ("font_source_serif_pro", "font_source_sans_pro"))
    return {f"font:{path.name}": path for path in chain.from_iterable(folder.glob("*.otf") for folder in folders)}


def _answer(asset: Asset) -> Response:
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if packed else asset.body, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


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


@cache
def _icons() -> dict[str, Markup]:
    sprite = (_package("flask_bootstrap") / "static/bootstrap5/icons/bootstrap-icons.svg").read_text("utf-8")
    return {
        name: Markup(f'<symbol id="i-{name}" viewBox="{box}">{shape}</symbol>')  # noqa: S704 (the package's own file)
        for box, name, shape in SYMBOL.findall(sprite)
    }


def _package(name: str) -> Path:
    """Where an installed package keeps its files, found without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The package {name} is not installed: install the locked requirements again.")
    return Path(spec.origin).parent
