"""What was written on a referral, told to the other side. The subject stays the same, so that mail programs keep one
conversation together."""

from collections.abc import Sequence

from portal.notifications.messages import Message, message


def subject(company: str, ref: str) -> str:
    return f"{company}: conversation ({ref})"


def written(
    *, company: str, ref: str, by: str, of: str, text: str, files: Sequence[str], is_mentioned: bool, path: str
) -> Message:
    """`of` is the side of whoever wrote, as the reader knows it."""
    who = f"{by} of {of}" if of else by
    return message(
        subject(company, ref),
        f"{who} {'mentions you' if is_mentioned else 'writes'}:",
        *_paragraphs(text),
        _with(files),
        action="Read and answer",
        path=f"{path}#conversation",
    )


def noted(*, company: str, ref: str, by: str, text: str, files: Sequence[str], path: str) -> Message:
    return message(
        f"{company}: note ({ref})",
        f"{by} mentions you in a note that only our own people read:",
        *_paragraphs(text),
        _with(files),
        action="Read and answer",
        path=f"{path}#conversation",
    )


def _paragraphs(text: str) -> list[str]:
    return [each.strip() for each in text.split("\n\n") if each.strip()]


def _with(files: Sequence[str]) -> str:
    return f"With it: {', '.join(files)}." if files else ""
