"""Files that a person takes away: never shown as a page of ours, whatever they contain."""

from collections.abc import Iterable

from flask import Response

CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"


def attachment(data: bytes | Iterable[bytes], name: str, media_type: str) -> Response:
    """The file, to be saved under this name (ASCII, without quotes)."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = CSP
    return response
