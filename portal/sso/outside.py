"""Asking addresses that somebody typed: resolved once, connected to there, none of the inside; no redirects, no proxy
of the environment, little time and little data."""

import time
from collections.abc import Iterator
from typing import Any

from requests import PreparedRequest, RequestException, Response, Session
from requests_hardened.ip_filter_adapter import IPFilterAdapter

SECONDS = 5
MOST_BYTES = 256 * 1024


class TooMuch(RequestException):
    """The answer is longer, or takes longer, than any that is meant for us."""


def guarded(session: Session, *, local: bool) -> Session:
    """The session, so that it reaches the outside only. `local`: this machine too."""
    session.trust_env = False
    session.max_redirects = 0
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("http", "https"):
        session.mount(f"{scheme}://", _Guarded(is_https_proto=scheme == "https", allow_loopback=local))
    return session


class _Guarded(IPFilterAdapter):
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        until = time.monotonic() + SECONDS
        response: Response = super().send(request, *args, **kwargs | {"timeout": SECONDS})
        response.raw = _Bounded(response.raw, until)
        return response


class _Bounded:
    """The body of an answer, read up to a size and a time."""

    def __init__(self, raw: Any, until: float) -> None:
        self._raw, self._until = raw, until
        self.close, self.release_conn = raw.close, raw.release_conn

    def stream(self, amount: int, decode_content: bool = True) -> Iterator[bytes]:
        size = 0
        while chunk := self._raw.read1(amount, decode_content=decode_content):  # as it comes: a drip is seen to be one
            size += len(chunk)
            if size > MOST_BYTES or time.monotonic() > self._until:
                raise TooMuch(f"more than {MOST_BYTES} bytes or {SECONDS} seconds")
            yield chunk
