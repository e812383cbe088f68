"""What is checked on every request before a view sees it, and said with every answer."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from flask import Flask, Response, abort, current_app, request
from werkzeug.routing import IntegerConverter

from portal.config import Settings
from portal.database import set_only_reads
from portal.events import set_emergency
from portal.extensions import csrf
from portal.scope import set_writer

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
READS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., object])
_FROM_ANYWHERE = "__from_anywhere__"


class _Number(IntegerConverter):
    """A number in an address that a column can hold; any other is no address of ours."""

    regex = r"\d{1,9}"


def posted_from_anywhere(view: View) -> View:
    """A form that other programs send, without cookie or token of ours: its address alone has to prove all."""
    setattr(view, _FROM_ANYWHERE, True)
    exempt: View = csrf.exempt(view)
    return exempt


def is_from_anywhere(view: object) -> bool:
    return hasattr(view, _FROM_ANYWHERE)


def init_app(app: Flask, settings: Settings) -> None:
    app.url_map.converters["int"] = _Number
    headers = HEADERS | {"Cache-Control": "no-store"}
    if settings.tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"

    @app.before_request
    def begin() -> None:
        set_writer(None)
        set_emergency(None)
        set_only_reads(request.method in READS)
        if "\x00" in request.path or any("\x00" in each for each in _everything_typed()):
            abort(400)
        if request.method not in READS:
            _refuse_other_sites(settings)

    @app.teardown_request
    def forget(_failure: BaseException | None) -> None:
        set_writer(None)
        set_only_reads(False)

    @app.after_request
    def end(response: Response) -> Response:
        brought = {name.title() for name, _ in response.headers}  # a file brings a stricter policy of its own
        response.headers.extend([(name, value) for name, value in headers.items() if name.title() not in brought])
        return response


def _everything_typed() -> Iterator[str]:
    """Names and values of the address and of the form, and names of files. PostgreSQL cannot hold a NUL. What brings a
    form says so: to look for one takes longer than to read the address."""
    brings_form = request.content_type is not None
    for typed in (request.args, request.form) if brings_form else (request.args,):
        for name, value in typed.items(multi=True):
            yield name
            yield value
    for file in request.files.values() if brings_form else ():
        yield file.filename or ""


def is_a_page_of_ours() -> bool:
    """Whether the browser says that a page of this site sends the request: what another site cannot have it say."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" or (site is None and request.headers.get("Origin") is not None)


def _refuse_other_sites(settings: Settings) -> None:
    """A form of another site is refused even where it got hold of a token (Fetch Metadata, then Origin)."""
    if is_from_anywhere(current_app.view_functions.get(request.endpoint or "")):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        abort(400)
    if origin is not None and origin not in (settings.public_url, f"{request.scheme}://{request.host}"):
        abort(400)
