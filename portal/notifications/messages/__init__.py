"""The words of each message: what happened, what happens next, by when, from whom. Pure; times come in as words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """The subject names the company that it is about; the lines are paragraphs."""

    subject: str
    lines: tuple[str, ...]
    action_label: str
    action_path: str = ""
    """Empty where the button leads to a link that is made when the message is sent."""


def message(subject: str, *lines: str, action: str, path: str = "") -> Message:
    """Lines that have nothing to say are left out."""
    return Message(subject, tuple(line for line in lines if line), action, path)
