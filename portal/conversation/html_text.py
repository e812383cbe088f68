"""The words of an HTML mail, as plain text: nothing of it is ever shown as HTML. Pure."""

import re
from html.parser import HTMLParser

_SILENT = frozenset({"head", "script", "style", "title", "template", "svg", "object"})
_BREAKS = frozenset(
    {"br", "div", "p", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
)
_LONGEST_TAG = 2_000
_DECLARED = re.compile(rf"<[!?][^<>]{{0,{_LONGEST_TAG}}}>")
_NO_TAG = re.compile(rf"<(?!/?[a-zA-Z][^<>]{{0,{_LONGEST_TAG}}}>)")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr"})


def text_of(html: str) -> str:
    """Lines as they were seen; what is quoted stands behind “>”, as in a plain mail."""
    reader = _Reader()
    reader.feed(_with_whole_tags(html))
    reader.close()
    lines = (" ".join(line.replace("\xa0", " ").split()) for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _with_whole_tags(html: str) -> str:
    """Python's reader looks to the end of the text for the end of each tag and comment: the time for those that have
    none grows with the square of their number."""
    first, *others = html.split("<!--")
    shown = first + "".join(each.partition("-->")[2] for each in others)
    return _NO_TAG.sub("&lt;", _DECLARED.sub(" ", shown))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "blockquote":
            self._quoted += 1
            self._new_line()
        elif tag in _BREAKS:
            self._new_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
            self._new_line()
        elif tag in _BREAKS - _VOID:
            self._new_line()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(re.sub(r"\s+", " ", data))

    def _new_line(self) -> None:
        """Elements inside of each other begin one line, not several."""
        prefix = "> " if self._quoted else ""
        if self.said and self.said[-1].startswith("\n") and not self.said[-1].strip("\n> "):
            self.said[-1] = f"\n{prefix}" if self.said[-1] != "\n\n" else f"\n\n{prefix}"
        else:
            self.said.append(f"\n{prefix}")
