"""Libraries that few requests need: named at the top like any other, loaded when something is first asked of them.

A web process that reads no passkey, no workbook and no sealed field does not carry what reads them. For types the
library is imported as usual, below TYPE_CHECKING."""

from importlib import import_module
from typing import Any


class Later:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def later(name: str) -> Any:
    """The module of this name, in whose place it may stand."""
    return Later(name)
