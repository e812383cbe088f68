from datetime import UTC, datetime, timedelta

from portal.attempts import GIVE_UP_AFTER, next_try

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


def _wait(attempts: int, seed: str = "deliveries/1") -> timedelta:
    at = next_try(attempts=attempts, now=NOW, give_up_at=NOW + GIVE_UP_AFTER, seed=seed)
    assert at is not None
    return at - NOW


def test_the_first_wait_is_about_a_minute() -> None:
    assert timedelta(seconds=54) <= _wait(1) <= timedelta(seconds=66)


def test_each_wait_is_longer_than_the_one_before() -> None:
    waits = [_wait(attempts) for attempts in range(1, 8)]
    assert waits == sorted(waits)


def test_what_failed_together_returns_apart() -> None:
    assert len({_wait(3, f"deliveries/{n}") for n in range(100)}) > 50


def test_it_is_given_up_after_three_days() -> None:
    now, attempts = NOW, 0
    while (
        at := next_try(attempts=(attempts := attempts + 1), now=now, give_up_at=NOW + GIVE_UP_AFTER, seed="x")
    ) is not None:
        now = at
    assert timedelta(hours=54) < now - NOW <= GIVE_UP_AFTER
    assert 9 <= attempts <= 14
