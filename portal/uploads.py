"""How large a file may be, wherever one is chosen: the one home of the limit and of the sentence about it. Pure."""

from portal.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_AT_ONCE = 30 * 1024 * 1024
"""What one form may carry, all files together."""
MOST_TYPED = 1024 * 1024
"""What is typed in one form, without its files."""
MOST, MOST_TOGETHER = "10 MB", "30 MB"
EACH = f"up to {MOST} each"
LIMIT = f"A file may have up to {MOST}, and all files of one form together {MOST_TOGETHER}."


def check_size(called: str, size: int, field: str) -> None:
    """Raises Refused, naming the file."""
    if size > MOST_BYTES:
        raise Refused(too_large(called), field)


def too_large(called: str) -> str:
    return f"“{called}” is larger than {MOST}. Make it smaller, or split it."
