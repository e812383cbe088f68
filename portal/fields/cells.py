"""The program's own questions as columns of a list: what a column is called, and what a cell answers. Pure."""

from collections.abc import Mapping, Sequence

from portal import sheets
from portal.errors import Refused
from portal.fields.rules import LONGEST_TEXT, NO, NOT_KNOWN, YES, Answer, Kind, Question
from portal.numbers import parse_number

YES_NO: dict[str, bool] = {
    **dict.fromkeys(("yes", "y", "ja", "true"), True),
    **dict.fromkeys(("no", "n", "nein", "false"), False),
}
_ANSWERS: dict[str, str] = {
    **{word: YES if is_so else NO for word, is_so in YES_NO.items()},
    **dict.fromkeys(("not known", "unknown", "unbekannt", "?"), NOT_KNOWN),
}
_EXAMPLE = {Kind.TEXT: "In a few words.", Kind.NUMBER: "12", Kind.DATE: "2026-11-23", Kind.YES_NO: "no"}
_WANTS = {
    Kind.TEXT: f"words, up to {LONGEST_TEXT}",
    Kind.NUMBER: "a number",
    Kind.DATE: "a day like 2026-11-23",
    Kind.YES_NO: "yes, no or not known",
}


def with_columns(called: Mapping[str, Sequence[str]], questions: Sequence[Question]) -> dict[str, Sequence[str]]:
    """A list's own columns, then one for each question: by its reference, or what it asks with or without its mark."""
    asked = {each.ref: (each.ref.casefold(), *_plain_labels(each)) for each in questions}
    return {**called, **asked}


def head(question: Question, columns: Mapping[str, Sequence[str]]) -> str:
    """What its column is called in a file that we make: what it asks, where no other column is called so and no
    spreadsheet would run it."""
    is_sure = question.label[:1].isalnum() and sheets.column_called(question.label, columns) == question.ref
    return question.label if is_sure else question.ref


def wants(question: Question) -> str:
    """What belongs into a cell."""
    return f"one of: {', '.join(question.choices)}" if question.kind is Kind.CHOICE else _WANTS[question.kind]


def example(question: Question) -> str:
    """A cell that would be taken."""
    return question.choices[0] if question.kind is Kind.CHOICE else _EXAMPLE[question.kind]


def answer(question: Question, cell: str) -> dict[str, str]:
    """What a cell says, as a referral keeps it. Raises Refused where it does not answer the question."""
    return Answer(question.ref, question.label, question.kind, _value(question, cell)).to_data()


def _plain_labels(question: Question) -> tuple[str, str]:
    plain = sheets.plain(question.label)
    return plain, plain.rstrip("?:. ")


def _value(question: Question, cell: str) -> str:
    match question.kind:
        case Kind.NUMBER:
            return str(parse_number(cell))
        case Kind.DATE:
            return sheets.day_in(cell, question.label).isoformat()
        case Kind.CHOICE:
            offered = {sheets.plain(each): each for each in question.choices}
            return _one_of(cell, offered, ", ".join(question.choices))
        case Kind.YES_NO:
            return _one_of(cell, _ANSWERS, "yes, no, not known")
    if len(cell) > LONGEST_TEXT:
        raise Refused(f"It is longer than {LONGEST_TEXT} characters.")
    return cell


def _one_of(cell: str, offered: Mapping[str, str], words: str) -> str:
    found = offered.get(sheets.plain(cell))
    if found is None:
        raise Refused(f"“{cell[:40]}” is none of: {words}.")
    return found
