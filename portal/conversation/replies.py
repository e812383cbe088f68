"""What a person wrote above the mail that they answer, without quotes and signature. Loaded where mails come in only:
its rules are a megabyte of patterns."""

import re

from mailparser_reply.parser import EmailMessage

LINE_MOST = 300
_LOOKED_AT = 20_000
_SEPARATOR = re.compile(
    r"^[ \t>]*(?:-{2,} ?(?:Original Message|Urspr\u00fcngliche Nachricht|Weitergeleitete Nachricht|Forwarded message)"
    r" ?-{2,}|_{20,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = re.compile(r"^[ \t>*]*(?:From|Von):.*\n(?:.*\n){0,3}?[ \t>*]*(?:Sent|Date|Gesendet|Datum):", re.MULTILINE)
_HOLD, _HELD = "\ue000", re.compile("\ue000(\\d+)\ue000")


def reply_of(text: str) -> str:
    """The newest part of the text. Empty where everything is quoted."""
    held: list[str] = []
    short = "\n".join(_hold(line.rstrip(), held) for line in _before_the_old(text[:_LOOKED_AT]).split("\n"))
    mail = EmailMessage(text=re.sub(r"\n{3,}", "\n\n", short), languages=["de", "en"], keep_hyphen_lists=True).read()
    kept = mail.replies[0].body if mail.replies else ""
    own = "\n".join(line for line in kept.split("\n") if not line.lstrip().startswith(">"))
    given_back = _HELD.sub(lambda found: held[int(found[1])], own)
    return re.sub(r"\n{3,}", "\n\n", given_back).strip()


def _before_the_old(text: str) -> str:
    """Up to the first line that says that an older mail begins."""
    cuts = [found.start() for pattern in (_SEPARATOR, _HEAD) if (found := pattern.search(text))]
    return text[: min(cuts)] if cuts else text


def _hold(line: str, held: list[str]) -> str:
    """A long line is never the head of a quote, and the patterns take a time that grows with its square."""
    line = line.replace(_HOLD, "")
    if len(line) <= LINE_MOST:
        return line
    held.append(line)
    return f"{_HOLD}{len(held) - 1}{_HOLD}"
