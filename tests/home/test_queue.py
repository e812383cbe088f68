"""The work queue told in words: order, due, tone, headline."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.home.queue import Task, Whose, due_words, following, headline, of_whom, ordered, shown

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 18, 9, 20, tzinfo=BERLIN)  # a Wednesday
AFTERNOON = datetime(2026, 11, 18, 15, 0, tzinfo=BERLIN)


def _task(**given: Any) -> Task:
    return Task(**{"title": "Decide", "about": "", "url": "/"} | given)


def _promise(at: datetime) -> Task:
    return _task(due_at=at, is_promise=True)


@pytest.mark.parametrize(
    ("given", "words", "tone"),
    [
        ({"due_at": MORNING + timedelta(minutes=40)}, "in 40 min", "late"),
        ({"due_at": MORNING + timedelta(seconds=59)}, "this minute", "late"),
        ({"due_at": MORNING.replace(hour=11, minute=55)}, "11:55", "late"),
        ({"due_at": MORNING.replace(hour=17, minute=0)}, "17:00", "due"),
        ({"due_at": MORNING + timedelta(days=1, hours=2)}, "Thu 11:20", ""),
        ({"due_at": MORNING + timedelta(days=5)}, "Mon 09:20", ""),
        ({"due_at": MORNING + timedelta(days=6)}, "24 Nov", ""),
        ({"due_at": MORNING - timedelta(hours=1)}, "since 08:20", "late"),
        ({"due_at": MORNING - timedelta(days=2)}, "since Mon 09:20", "late"),
        ({"due_at": MORNING - timedelta(days=30)}, "since 19 Oct", "late"),
        ({"due_on": MORNING.date()}, "today", "due"),
        ({"due_on": MORNING.date() + timedelta(days=1)}, "Thu", ""),
        ({"due_on": MORNING.date() + timedelta(days=6)}, "24 Nov", ""),
        ({"due_on": MORNING.date() - timedelta(days=1)}, "since 17 Nov", "late"),
        ({"since": MORNING - timedelta(days=3)}, "waits 3 d", ""),
        ({"since": MORNING - timedelta(hours=3)}, "waits 3 h", ""),
        ({"since": MORNING}, "new", ""),
        ({}, "", ""),
    ],
)
def test_when_it_is_due_is_told_as_people_say_it(given: dict[str, Any], words: str, tone: str) -> None:
    assert due_words(_task(**given), MORNING, BERLIN) == (words, tone)


def test_the_most_urgent_comes_first_and_what_has_no_day_last_by_its_age() -> None:
    old, new = _task(since=MORNING - timedelta(days=9)), _task(since=MORNING)
    today, soon = _task(due_on=MORNING.date()), _promise(MORNING + timedelta(hours=1))
    ageless = _task()
    assert ordered([ageless, new, old, today, soon], MORNING, BERLIN) == [soon, today, old, new, ageless]


def test_what_breaks_a_promise_comes_before_what_is_merely_late() -> None:
    late, broken = _task(due_on=MORNING.date() - timedelta(days=9)), _promise(MORNING - timedelta(hours=1))
    soon, tomorrow = _promise(MORNING + timedelta(hours=3)), _promise(MORNING + timedelta(hours=23))
    assert ordered([tomorrow, late, soon, broken], MORNING, BERLIN) == [broken, soon, late, tomorrow]


def test_what_is_late_comes_before_a_promise_that_has_its_day_yet() -> None:
    late, this_evening = _task(due_on=MORNING.date() - timedelta(days=1)), _promise(MORNING + timedelta(hours=8))
    today = _task(due_on=MORNING.date())
    assert ordered([today, this_evening, late], MORNING, BERLIN) == [late, this_evening, today]


def test_the_order_is_the_same_whatever_zone_a_time_was_stored_in() -> None:
    utc, berlin = _promise(datetime(2026, 11, 18, 9, 0, tzinfo=UTC)), _promise(MORNING)
    assert ordered([utc, berlin], MORNING, BERLIN) == [berlin, utc]


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        ({"due_at": MORNING.astimezone(UTC)}, "Due 2026-11-18 09:20 CET"),
        ({"due_on": MORNING.date(), "since": MORNING}, "Due on 2026-11-18"),
        ({"since": MORNING}, "Since 2026-11-18 09:20 CET"),
        ({}, ""),
    ],
)
def test_the_exact_time_stands_behind_the_words(given: dict[str, Any], exact: str) -> None:
    assert shown(_task(**given), MORNING, BERLIN).exact == exact


def test_each_line_says_from_whom() -> None:
    assert shown(_task(person="Ana", partner="Brightwater"), MORNING, BERLIN).whom == "Ana of Brightwater"
    assert shown(_task(partner="Brightwater"), MORNING, BERLIN).whom == "Brightwater"


def test_mine_and_unassigned_are_all() -> None:
    mine, free = _task(is_mine=True), _task()
    assert of_whom([mine, free], Whose.ALL) == [mine, free]
    assert of_whom([mine, free], Whose.MINE) == [mine]
    assert of_whom([mine, free], Whose.UNASSIGNED) == [free]


@pytest.mark.parametrize(
    ("tasks", "now", "words"),
    [
        ([], MORNING, "Nothing needs you now."),
        ([_task()], MORNING, "One thing needs you."),
        (
            [_promise(MORNING.replace(hour=11))] * 2 + [_task()],
            MORNING,
            "3 things need you. 2 break a promise before noon.",
        ),
        ([_promise(MORNING.replace(hour=16)), _task()], MORNING, "2 things need you."),
        ([_promise(AFTERNOON.replace(hour=16))], AFTERNOON, "One thing needs you. 1 breaks a promise today."),
        (
            [_promise(MORNING - timedelta(hours=1)), _promise(MORNING.replace(hour=12, minute=0))],
            MORNING,
            "2 things need you. 1 is late. 1 breaks a promise before noon.",
        ),
        ([_task()] * 120, MORNING, "99+ things need you."),
    ],
)
def test_the_headline_says_how_much_and_how_urgent(tasks: list[Task], now: datetime, words: str) -> None:
    assert headline(tasks, now, BERLIN) == words


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("D-1", "/staff/referrals/R-2#conversation"),
        ("R-2", "/staff/tasks/T-3"),
        ("T-3", "/staff/"),
        ("D-9", "/staff/deals/D-1"),
    ],
)
def test_next_is_what_stands_below_and_not_the_same_record_again(ref: str, url: str) -> None:
    places = ("deals/D-1", "deals/D-1", "referrals/R-2#conversation", "deals/D-1", "tasks/T-3")
    assert following([_task(url=f"/staff/{place}") for place in places], ref) == url


def test_next_of_an_empty_queue_is_the_queue() -> None:
    assert following([], "D-1") == "/staff/"
