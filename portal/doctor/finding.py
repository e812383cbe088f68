"""One sentence about this installation, and how much it matters."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    level: Level
    sentence: str


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def warn(sentence: str) -> Finding:
    return Finding(Level.WARN, sentence)


def bad(sentence: str) -> Finding:
    return Finding(Level.BAD, sentence)
