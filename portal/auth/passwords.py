"""Hashing of passwords: argon2id, at most four at a time in a process (each takes 19 MiB)."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import current_app

from portal.auth.rules import PASSWORD_MIN

ARGON2 = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
_turn = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    with _turn:
        return _hasher().hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Takes the same time where there is no such account or no password yet."""
    with _turn:
        try:
            return _hasher().verify(password_hash or _nobodys(_hasher()), password) and password_hash is not None
        except VerificationError:
            return False


def _hasher() -> PasswordHasher:
    """With the app's own parameters, so that a test can have thousands of them."""
    return _made(**current_app.config["ARGON2"])


@cache
def _made(time_cost: int, memory_cost: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=parallelism)


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


@cache
def common_passwords() -> frozenset[str]:
    """The common passwords that are long enough to be chosen here.

    Read from zxcvbn's list as text: importing it would keep 12 MB of words that nobody asks for."""
    spec = find_spec("zxcvbn")
    folder = Path((spec.submodule_search_locations or [""])[0]) if spec else Path()
    with (folder / "frequency_lists.py").open(encoding="utf-8") as lists:
        passwords = next(line for line in lists if '"passwords":' in line)
    return frozenset(re.findall(rf'[^,"\s]{{{PASSWORD_MIN},}}', passwords))
