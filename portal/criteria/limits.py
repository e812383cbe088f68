"""What criteria may say: checked whenever they are loaded, so that nothing else is ever published."""

from collections.abc import Mapping

from portal.countries import COUNTRIES
from portal.errors import Refused

WEIGHTED = ("size", "industry", "timing", "budget")
LONGEST_WORD = 60
MOST_STARS = 2
"""In one word; each of them multiplies the time that a title takes to read."""


def check_countries(codes: frozenset[str]) -> None:
    if not codes:
        raise Refused("Name at least one country.", "territories")
    if unknown := sorted(codes - COUNTRIES.keys()):
        raise Refused(f"Name countries in English or by their two letters; {_some(unknown)} is none.", "territories")


def check_words(words: tuple[str, ...], field: str) -> None:
    if not words:
        raise Refused("Name at least one word.", field)
    for word in words:
        if not any(letter.isalnum() for letter in word):
            raise Refused("Each word of a job title needs at least one letter.", field)
        if len(word) > LONGEST_WORD:
            raise Refused(
                f"“{word[:20]}…” is longer than {LONGEST_WORD} letters. Put each word on its own line.", field
            )
        if max(part.count("*") for part in word.split()) > MOST_STARS:
            raise Refused(f"“{word}” has more than {MOST_STARS} * in one word.", field)


def check_points(weights: Mapping[str, int], timing: Mapping[str, int], shares: Mapping[str, int], least: int) -> None:
    """The weights come to 100; of the weight of timing each answer earns a share."""
    if set(weights) != set(WEIGHTED) or min(weights.values()) < 0 or sum(weights.values()) != 100:
        raise Refused("The weights of size, industry, timing and budget add up to 100.", "weights")
    if set(timing) != set(shares) or not all(0 <= share <= 100 for share in timing.values()):
        raise Refused("Each answer about the time earns between 0 and 100 percent.", "timing")
    if not 0 <= least <= 100:
        raise Refused("The points needed lie between 0 and 100.", "min_points")


def _some(unknown: list[str]) -> str:
    return ", ".join(f"{each[:40]}…" if len(each) > 40 else each for each in unknown[:5])
