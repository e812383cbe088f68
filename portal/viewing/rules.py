"""Staff look on as a partner's user: for half an hour, with a reason, changing nothing."""

from datetime import timedelta

LOOKS_FOR = timedelta(minutes=30)
