"""The forms of a page, and where each of their controls stands in its text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import accumulate


@dataclass(frozen=True)
class Mark:
    """An opening tag, from its `<` to behind its `>`."""

    name: str
    attributes: dict[str, str | None]
    start: int
    end: int


@dataclass
class Option:
    mark: Mark
    text: str = ""

    @property
    def value(self) -> str:
        given = self.mark.attributes.get("value")
        return self.text.strip() if given is None else given


@dataclass
class Control:
    mark: Mark
    inside: tuple[Mark, ...]
    """What is folded around it."""
    options: list[Option] = field(default_factory=list)
    text: str = ""
    ends: int = 0
    """Where the text of a text area ends."""

    @property
    def name(self) -> str:
        return self.mark.attributes.get("name") or ""

    @property
    def kind(self) -> str:
        own = (self.mark.attributes.get("type") or "text").lower()
        return own if self.mark.name == "input" else self.mark.name

    @property
    def value(self) -> str:
        if self.kind == "textarea":
            return self.text.removeprefix("\n")
        unsaid = "on" if self.kind in ("checkbox", "radio") else ""
        given = self.mark.attributes.get("value")
        return unsaid if given is None else given


@dataclass
class Form:
    mark: Mark
    controls: list[Control] = field(default_factory=list)

    @property
    def action(self) -> str:
        return self.mark.attributes.get("action") or ""


@dataclass(frozen=True)
class Page:
    forms: list[Form]
    main: int | None
    """Where what the page says begins."""


def read(html: str) -> Page:
    """The forms that send something, in their order."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    forms = [each for each in reader.forms if (each.mark.attributes.get("method") or "").lower() == "post"]
    return Page(forms, reader.main)


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self.forms: list[Form] = []
        self.main: int | None = None
        self._form: Form | None = None
        self._folded: list[Mark] = []
        self._control: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._at()
        mark = Mark(tag, dict(reversed(attrs)), start, start + len(self.get_starttag_text() or ""))
        if tag == "form":
            self._form = Form(mark)
            self.forms.append(self._form)
        elif tag == "main":
            self.main = mark.end
        elif tag == "details":
            self._folded.append(mark)
        elif tag in ("input", "select", "textarea"):
            self._take(Control(mark, tuple(self._folded)))
        elif tag == "option" and self._control is not None:
            self._control.options.append(Option(mark))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "details" and self._folded:
            self._folded.pop()
        elif tag in ("select", "textarea") and self._control is not None:
            self._control.ends = self._at()
            self._control = None

    def handle_data(self, data: str) -> None:
        if self._control is None:
            return
        if self._control.kind == "textarea":
            self._control.text += data
        elif self._control.options:
            self._control.options[-1].text += data

    def _take(self, control: Control) -> None:
        other = control.mark.attributes.get("form")
        named = (each for each in self.forms if each.mark.attributes.get("id") == other)
        form = next(named, None) if other else self._form
        if form is not None and control.name:
            form.controls.append(control)
        if control.mark.name != "input":
            self._control = control

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
