"""What it takes a database to find the companies that look like one."""

import random
import time
from statistics import median
from typing import Any

from sqlalchemy import event

from portal import clock
from portal.extensions import db
from portal.lookalikes.likeness import Company
from portal.lookalikes.queries import Asked
from portal.prechecks.queries import lookalikes
from portal.seeds.scale.words import company

COMPANIES = 200
Statement = tuple[str, Any]


def database_ms(referrals: int) -> float:
    """Milliseconds of both statements together, by the clock, rows fetched: the median over companies that are there,
    that are there in another spelling, and that are not."""
    asked = [_statements(each) for each in _wanted(referrals)]
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        return median(sum(_ms(cursor, *statement) for statement in statements) for statements in asked)


def _wanted(referrals: int) -> list[Company]:
    chance = random.Random(2_028)  # noqa: S311  (the same companies each time)
    numbers = [chance.randrange(referrals) for _ in range(COMPANIES)]
    wanted = []
    for which, named in enumerate(map(company, numbers)):
        middle = len(named.domain) // 2
        slip = named.domain[:middle] + named.domain[middle + 1 :]
        wanted.append(Company(named.legal_name, (named.domain, slip, f"{which}-{named.domain}")[which % 3]))
    return wanted


def _statements(wanted: Company) -> list[Statement]:
    """What is asked of the database for one company."""
    asked: list[Statement] = []

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if sql.startswith("SELECT"):
            asked.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        lookalikes(Asked(wanted), clock.now())
        db.session.rollback()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return asked


def _ms(cursor: Any, sql: str, parameters: Any) -> float:
    began = time.perf_counter()
    cursor.execute(sql, parameters)
    cursor.fetchall()
    return (time.perf_counter() - began) * 1000
