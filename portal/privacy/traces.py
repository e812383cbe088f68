"""The strings by which a person is found in what others wrote, and how they are taken out of it."""

import json
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

TAKEN_OUT = "[erased]"
_LEAST_DIGITS = 6
_ADDRESS = re.compile(r"\S+@\S+")
_TITLE = "title"
_TITLE_WORDS = "The job title was read; its words are erased"


class Traces:
    """Full names, mail addresses and phone numbers. A first name alone is too many people's to look for."""

    def __init__(self, *, names: Iterable[str] = (), addresses: Iterable[str] = (), phones: Iterable[str] = ()) -> None:
        full = (name.strip() for name in names if len(name.split()) > 1)
        reachable = (phone.strip() for phone in phones if sum(map(str.isdigit, phone)) >= _LEAST_DIGITS)
        found = {*full, *filter(_ADDRESS.fullmatch, addresses), *reachable}
        self.strings = tuple(sorted(found, key=lambda each: (-len(each), each)))

    @property
    def stored(self) -> tuple[str, ...]:
        """The same as they stand in a text column, and in one of JSON."""
        return tuple(dict.fromkeys(form for text in self.strings for form in (text, json.dumps(text)[1:-1])))

    def taken_out_of(self, value: Any) -> Any:
        """The text, or what is in the lists and objects, without the person."""
        if not self.strings:
            return value
        if isinstance(value, str):
            return self._pattern.sub(TAKEN_OUT, value)
        if isinstance(value, list):
            return [self.taken_out_of(each) for each in value]
        if isinstance(value, dict):
            return {name: self.taken_out_of(each) for name, each in value.items()}
        return value

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = "|".join(map(re.escape, self.strings))
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def reading_without_words(reading: dict[str, Any]) -> dict[str, Any]:
    """What the criteria said of a referral, without the words of the job title that they matched."""
    findings = [
        {**each, "sentence": _TITLE_WORDS, "matched": ""} if each.get("criterion") == _TITLE else each
        for each in reading.get("findings", [])
    ]
    return {**reading, "findings": findings}
