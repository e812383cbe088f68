"""One letter differs: a slip of the hand, or another word?"""

from portal.lookalikes.names import Name, digits_in

SHORTEST_SLIP = 5
"""In a shorter word another letter makes another word, and no slip of the finger."""
LONG_WORD = 8
"""A word of so many letters says who it is, whichever of them is wrong; shorter ones are borne by many."""
VOWELS = frozenset("aeiouy")


def is_slip(one: Name, other: Name) -> bool:
    """One letter too many, too few, wrong, or changed with its neighbour, in a word that is long enough for it."""
    if not one_letter(one.joined_core, other.joined_core) and (
        (one.joined == one.joined_core and other.joined == other.joined_core)
        or not one_letter(one.joined, other.joined)
    ):
        return False
    if len(one.core) == len(other.core):
        return all(min(map(len, pair)) >= SHORTEST_SLIP for pair in differing(one, other))
    return min(len(one.joined_core), len(other.joined_core)) >= LONG_WORD


def differing(one: Name, other: Name) -> list[tuple[str, str]]:
    return [pair for pair in zip(one.core, other.core, strict=False) if pair[0] != pair[1]]


def one_letter(one: str, other: str) -> bool:
    """A digit is no letter: another one is meant."""
    letters, others = len(one), len(other)
    if letters < SHORTEST_SLIP or others < SHORTEST_SLIP or abs(letters - others) > 1:
        return False
    if not _differ_by_one(one, other):
        return False
    return digits_in(one) == digits_in(other)


def _differ_by_one(one: str, other: str) -> bool:
    """By one letter at the most, or by two neighbours that changed places: an optimal string alignment of 0 or 1."""
    begin, most = 0, min(len(one), len(other))
    while begin < most and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < most - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[begin : len(one) - end], other[begin : len(other) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


def is_another_word(one: Name, other: Name) -> bool:
    """Whether the letter that differs makes another word (Carter, Carver) rather than a slip of the hand (Cartter)."""
    if len(one.core) != len(other.core):
        return len(one.joined_core) < LONG_WORD
    return any(
        mine[0] != theirs[0] or not (_is_slip_of_the_hand(mine, theirs) or (at and _is_plural(mine, theirs)))
        for at, (mine, theirs) in enumerate(zip(one.core, other.core, strict=True))
        if mine != theirs
    )


def _is_slip_of_the_hand(one: str, other: str) -> bool:
    """Two letters changed places, one was typed twice or once too few, a vowel was left out, or the word is long."""
    short, long = sorted((one, other), key=len)
    if len(long) >= LONG_WORD or sorted(short) == sorted(long):
        return True
    if len(short) == len(long):
        return False
    at = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    is_vowel_too_few = long[at] in VOWELS and short[at : at + 1] not in VOWELS and len(long) > SHORTEST_SLIP
    return long[at] == long[at - 1] or is_vowel_too_few


def _is_plural(one: str, other: str) -> bool:
    """Of what they do. In the first word it would be another family: Peter, Peters."""
    return f"{one}s" == other or one == f"{other}s"
