"""References that look drawn by lot, and of which none comes twice: a permutation of all there are."""

from portal.refs import ALPHABET, LENGTH

_ALL = len(ALPHABET) ** LENGTH
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_STEP = 429_146_177  # a prime; consecutive numbers lie far apart


class Refs:
    """New references of one kind of record. `taken` are those that rows have already."""

    def __init__(self, letter: str, taken: frozenset[str]) -> None:
        self._letter, self._taken = letter, taken
        self._place = ord(letter[0]) * 7_919

    def new(self) -> str:
        while True:
            self._place = (self._place + _STEP) % _ALL
            rest, last = divmod(self._place, 900)
            first, middle = divmod(rest, 900)
            ref = f"{self._letter}-{_PAIRS[first]}{_PAIRS[middle]}{_PAIRS[last]}"
            if ref not in self._taken:
                return ref
