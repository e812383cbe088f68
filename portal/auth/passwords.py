"""Hashing of passwords: argon2id, at most four at a time in a process (each takes 19 MiB)."""

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turn = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    with _turn:
        return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Takes the same time where there is no such account or no password yet."""
    with _turn:
        try:
            return _hasher.verify(password_hash or _nobodys(), password) and password_hash is not None
        except VerificationError:
            return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
