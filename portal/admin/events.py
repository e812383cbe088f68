from dataclasses import dataclass
from typing import ClassVar

from portal.documents.rules import DocumentKind
from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class ProgramChanged(Event):
    sentence: ClassVar[str] = "{by} changed the program's settings."


@dataclass(frozen=True, kw_only=True)
class PromisesChanged(Event):
    sentence: ClassVar[str] = "{by} changed what we promise."


@dataclass(frozen=True, kw_only=True)
class MessageSentAgain(Event):
    message_id: str

    sentence: ClassVar[str] = "{by} had a mail sent again that could not be delivered."


@dataclass(frozen=True, kw_only=True)
class DocumentAskedAgain(Event):
    document: DocumentKind

    sentence: ClassVar[str] = "{by} had a PDF made again that could not be made."
