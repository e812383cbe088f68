"""A strict reader of RFC 5545, which knows nothing of the program that writes: what it cannot read, no calendar can."""

import re
from dataclasses import dataclass, field

_LINE = re.compile(r"(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=[^\";:,\x00-\x1f\x7f]+)*):(?P<value>.*)", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TEXT = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*", re.DOTALL)
_PLAIN = {"\\n": "\n", "\\N": "\n", "\\\\": "\\", "\\;": ";", "\\,": ","}
_ONCE = {"VEVENT": {"UID", "DTSTAMP", "DTSTART", "SUMMARY"}, "VCALENDAR": {"VERSION", "PRODID"}}


@dataclass
class Component:
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    inside: list["Component"] = field(default_factory=list)


def read(octets: bytes) -> Component:
    """The calendar of a whole feed (§3.1 lines and folds, §3.4 nesting, §3.6.1 what an event has to have)."""
    assert octets.endswith(b"\r\n"), "the last line has no end"
    physical = octets[:-2].split(b"\r\n")
    for each in physical:
        assert len(each) <= 75, f"{len(each)} octets in one line"
        assert b"\r" not in each, "half of a line's end"
        assert b"\n" not in each, "half of a line's end"
        each.decode()  # a letter that is cut in two is none
    unfolded = b"\r\n".join(physical).replace(b"\r\n ", b"").decode().split("\r\n")
    return _component(unfolded)


def _component(lines: list[str]) -> Component:
    whole, stack = Component(""), []
    here = whole
    for line in lines:
        found = _LINE.fullmatch(line)
        assert found, f"no content line: {line!r}"
        assert not _CONTROLS.search(found["value"]), f"a control in {line!r}"
        name, value = found["name"], found["value"]
        if name == "BEGIN":
            here.inside.append(Component(value))
            stack.append(here)
            here = here.inside[-1]
        elif name == "END":
            assert value == here.kind, f"{here.kind} ends as {value}"
            assert _ONCE.get(here.kind, set()) <= set(here.values), f"{here.kind} lacks something"
            here = stack.pop()
        else:
            assert name not in here.values, f"{name} twice"
            here.values[name + found["params"]] = value
            here.values.setdefault(name, value)
    assert (here, len(whole.inside)) == (whole, 1), "one calendar, closed"
    return whole.inside[0]


def text(value: str) -> str:
    """A TEXT value as its reader sees it (§3.3.11)."""
    assert _TEXT.fullmatch(value), f"not written out: {value!r}"
    return re.sub(r"\\[\\;,nN]", lambda each: _PLAIN[each[0]], value)
