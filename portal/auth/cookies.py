"""The cookie of a session, signed."""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class Cookies(SecureCookieSessionInterface):
    """Signs with what is made once: the key stays as long as the program runs, and Flask makes a signer anew for each
    cookie that it reads or writes."""

    _signer: Any = None

    def get_signing_serializer(self, app: Flask) -> Any:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer
