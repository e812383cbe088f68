"""kill -9 of the web process while referrals come in: what was acknowledged is there once, what was not is there once
or not at all, and sending it again settles it."""

import time
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random
from threading import Semaphore, Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.rules import Role
from portal.extensions import db
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.crash.browser import Browser, Sent
from tests.crash.processes import PATIENCE_S, ROUNDS, chance, kept_in, let_go, web_process
from tests.support import agreements, make, sales
from tests.support.proof import nothing_broken

FORM = "/referrals/new"
VISITORS = 4
MOST_ANSWERS = 24
MOMENT_S = 0.04
FIGURES = ("acknowledged", "stored unsaid", "never stored", "repeated")
OUTCOMES = (303, 503)
"""A referral is taken, or the database is busy and says so."""


@pytest.mark.crash
def test_a_referral_that_was_acknowledged_is_there_once(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept_in(app, tmp_path, monkeypatch)
    email, kind = _a_lead(), db.engine.dialect.name
    axe, rush, figures = chance(), Rush(), Counter[str]()
    let_go()
    with web_process(app, tmp_path) as browser:
        browser.sign_in(email, FORM)
        rush.sent_by(browser, axe)
    for _ in range(ROUNDS - 1):
        with web_process(app, tmp_path, like=browser) as browser:
            rush.settle(browser, figures)
            rush.sent_by(browser, axe)
    with web_process(app, tmp_path, like=browser) as browser:
        rush.settle(browser, figures)
    assert figures["acknowledged"]
    with capsys.disabled():
        print(f"\n{kind}: {ROUNDS} kills of the web process, {_told(figures)}; 0 lost, 0 doubled")


class Rush:
    """Referrals that several people send at once, until the connection breaks."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.sent: list[Sent] = []

    def sent_by(self, browser: Browser, axe: Random) -> None:
        """Returns at the moment to kill; what is on its way then goes on, and breaks."""
        answered = Semaphore(0)
        self.sent = []
        self.visitors = [Thread(target=self._visit, args=(browser, answered)) for _ in range(VISITORS)]
        for visitor in self.visitors:
            visitor.start()
        for _ in range(1 + axe.randrange(MOST_ANSWERS)):
            assert answered.acquire(timeout=PATIENCE_S)
        time.sleep(axe.uniform(0, MOMENT_S))

    def settle(self, browser: Browser, figures: Counter[str]) -> None:
        """After the restart: look at what is there, send all of it again, look once more."""
        for visitor in self.visitors:
            visitor.join(PATIENCE_S)
        before = _stored(self.sent)
        for each in self.sent:
            refs = before[each.typed["website"]]
            assert len(refs) == 1 if each.is_acknowledged else len(refs) <= 1, (each, refs)
            figures["acknowledged" if each.is_acknowledged else "stored unsaid" if refs else "never stored"] += 1
            _repeat(browser, each)
        after = _stored(self.sent)
        for each in self.sent:
            assert each.answer
            assert after[each.typed["website"]] == [each.answer.location.removeprefix("/referrals/")]
        figures["repeated"] += len(self.sent)
        nothing_broken()
        let_go()

    def _visit(self, browser: Browser, answered: Semaphore) -> None:
        """Send one referral after the other, until there is no answer."""
        while True:
            sent = Sent(FORM, _typed(next(self.numbers)))
            self.sent.append(sent)
            browser.send(sent)
            if sent.answer is None:
                return
            answered.release()


def _repeat(browser: Browser, sent: Sent) -> None:
    """The same key and body, so the same answer where there was one."""
    first = sent.answer
    assert first is None or first.status in OUTCOMES, first
    browser.send(sent)
    assert sent.is_acknowledged, sent.answer
    if first and first.status == 303:
        assert sent.answer
        assert sent.answer.location == first.location


def _stored(sent: list[Sent]) -> dict[str, list[str]]:
    """References by website."""
    found: dict[str, list[str]] = {each.typed["website"]: [] for each in sent}
    wanted = sa.select(Referral.domain, Referral.ref).where(Referral.domain.in_(found))
    for row in db.session.execute(all_partners(wanted, "a test")):
        found[row.domain].append(row.ref)
    db.session.rollback()  # on SQLite the test would hold the one write lock
    return found


def _a_lead() -> str:
    """The address of somebody who may refer, in a program that answers."""
    sales.program()
    make.staff(Role.QUALIFIER)
    partner = agreements.company()
    sales.agreement(partner)
    lead = make.partner_user(Role.PARTNER_ADMIN, partner_id=partner.id, has_password=True)
    return str(lead.email)


def _typed(number: int) -> dict[str, str]:
    return {
        "company": f"Calder & Finch {number}",
        "website": f"calderfinch{number}.example",
        "country": "GB",
        "employees": "120",
        "contact_name": "Ruth Calder",
        "contact_title": "Operations Director",
        "contact_email": "ruth@calderfinch.example",
        "need": "They outgrew their spreadsheets.",
        "timing": "this_quarter",
        "public_tender": "no",
        "introduced_how": "intro_mail",
        "consent": "y",
    }


def _told(figures: Counter[str]) -> str:
    return ", ".join(f"{figures[name]:,} {name}" for name in FIGURES)
