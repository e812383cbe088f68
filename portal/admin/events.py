from dataclasses import dataclass
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class ProgramChanged(Event):
    sentence: ClassVar[str] = "{by} changed the program's settings."


@dataclass(frozen=True, kw_only=True)
class PromisesChanged(Event):
    sentence: ClassVar[str] = "{by} changed what we promise, or the hours that promises are counted in."
