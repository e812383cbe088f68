"""Races: the same moment for several people, each with its own connection."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from hypothesis import settings

from portal.extensions import db

MOST_ROUNDS = 100


def rounds() -> int:
    """A hundred under `make fuzz`, which takes what is marked `fuzz`; fewer in each run of the suite."""
    return MOST_ROUNDS if settings.get_current_profile_name() == "fuzz" else 20


def at_once(app: Flask, *deeds: Callable[[], Any]) -> list[Exception]:
    """Run them in threads that start together; what each of them raised, in no order."""
    together = Barrier(len(deeds))
    raised: list[Exception] = []

    def run(deed: Callable[[], Any]) -> None:
        with app.app_context():
            together.wait()
            try:
                deed()
            except Exception as failure:  # handed to the test, which says what it must be
                db.session.rollback()
                raised.append(failure)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
