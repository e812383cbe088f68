"""Markdown as HTML that is safe to show. What reads and cleans it is loaded with this module: `portal.markdown.render`
comes here for the first text that is shown.

Raw HTML is text here, and what Markdown itself produces goes through a tight allowlist."""

import re
import unicodedata
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import nh3
from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

# The members of `extra` whose output the allowlist keeps; attr_list and md_in_html would let authors set attributes.
EXTENSIONS = ("fenced_code", "footnotes", "def_list", "tables", "admonition", "toc", "sane_lists", "smarty")
TAGS = frozenset({"a", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "hr", "li", "ol", "p", "pre"}) | {
    *("strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "h2", "h3", "h4", "h5", "h6")
}
WITH_ID = ("h2", "h3", "h4", "h5", "h6", "li", "p", "sup")
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}} | {tag: {"id"} for tag in WITH_ID}
CLASSES = {
    "div": {"admonition", "note", "tip", "important", "warning", "footnote", "toc"},
    "p": {"admonition-title"},
}
MOST_BRACKETS = 1000  # the parser is quadratic in them: 20,000 took 38 s, 1,000 take 0.1
OUTSIDE = "nofollow noopener"
CLAUSE = re.compile(r"\d{1,3}(\.\d{1,3})+")
OUR_IDS = re.compile(r"(clause|part|fn|fnref\d*)[-:][\w.-]+")


def rendered(text: str) -> Markup:
    """The HTML of a text: headings from h2 down, clauses such as **4.1** with the anchor `#clause-4-1`."""
    if text.count("[") > MOST_BRACKETS:
        text = text.replace("[", "&#91;")
    parser = Markdown(
        extensions=[*EXTENSIONS, _Ours()],
        extension_configs={"toc": {"slugify": _heading_id}, "tables": {"use_align_attribute": True}},
    )
    return Markup(  # noqa: S704  (cleaned in the same expression)
        nh3.clean(
            parser.convert(text),
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            attribute_filter=_kept,
            tag_attribute_values={"a": {"rel": {OUTSIDE}}},
            allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
        )
    )


class _Ours(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (the library's name)
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.treeprocessors.register(_Finish(md), "finish", 15)  # after the inline pass, before ids are given


class _Finish(Treeprocessor):
    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag == "h1":  # the page's own heading is the only one
                element.tag = "h2"
            elif element.tag == "p" and (clause := _clause(element)):
                element.set("id", "clause-" + clause.replace(".", "-"))
            elif element.tag == "a" and urlsplit(_url(element.get("href", "")) or "").scheme.startswith("http"):
                element.set("rel", OUTSIDE)


def _clause(paragraph: Element) -> str | None:
    if (paragraph.text or "").strip() or not len(paragraph) or paragraph[0].tag != "strong":
        return None
    number = paragraph[0].text or ""
    return number if CLAUSE.fullmatch(number) else None


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return _url(value)
    if name == "id":
        return value if OUR_IDS.fullmatch(value) else None
    return value


def _url(value: str) -> str | None:
    """The link if it leads to a page, an address or a place on this site; browsers read `/\\host` as another host."""
    if any(each in "\\" or each.isspace() or unicodedata.category(each) == "Cc" for each in value):
        return None
    if value.startswith(("http://", "https://", "mailto:", "#")):
        return value
    return value if value.startswith("/") and not value.startswith("//") else None


def _heading_id(text: str, separator: str) -> str:
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower())
    return separator.join(["part", *words])
