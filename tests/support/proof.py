"""Every story ends with it: what must hold over all rows holds."""

from portal.proof import broken


def nothing_broken() -> None:
    found = list(broken())
    assert found == [], found


def broken_of_deals() -> list[str]:
    """What is broken but for the partners that a builder made without their story."""
    return [each for each in broken() if "no event that says how it came to be" not in each]
