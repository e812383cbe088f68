import re
from pathlib import Path

import frontmatter
import pytest

from portal.errors import Refused
from portal.markdown import fill, render

CONTENT = Path(__file__).parent.parent / "content"
TERMS = {
    "partner_legal_name": "Harbour & Lane Ltd",
    "program_legal_name": "Lumen CRM GmbH",
    "rate": "ten per cent (10 %)",
    "protection_days": 90,
    "tail_days": 90,
    "answer_hours": 8,
    "payment_day": 15,
    "notice_days": 30,
    "effective_on": "1 December 2026",
    "currency": "EUR",
    "governing_law": "Germany",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)" title="x">go</a>',
    "[go](javascript:alert(1))",
    "[go](JaVaScRiPt:alert(1))",
    "[go](java\tscript:alert(1))",
    "[go](&#106;avascript:alert(1))",
    "[go](data:text/html;base64,PHNjcmlwdD4=)",
    "[go](vbscript:msgbox)",
    "[go](//evil.example)",
    "[go](/\\evil.example)",
    "[go](\\\\evil.example)",
    "[go](</\t/evil.example>)",
    "[go](ftp://evil.example)",
    "<javascript:alert(1)>",
    "[go][1]\n\n[1]: javascript:alert(1)",
    "![x](https://evil.example/pixel.png)",
    "![x](x){onerror=alert(1)}",
    "# Big {: onclick=alert(1) #main }",
    '*[HTML]: " onmouseover=alert(1)\n\nHTML',
    "!!! note evil-class onclick=x\n    text",
    '!!! note "<script>alert(1)</script>"\n    text',
    "```html onclick=x\n<script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "<style>body{display:none}</style>",
    "<svg/onload=alert(1)>",
    '<div markdown="1"><b onclick=x>hi</b></div>',
    "text[^1]\n\n[^1]: <iframe src=//evil.example>",
    "\x02klzzwxh:0000\x03 <b>",
    "[a](https://ok.example 'title\" onclick=alert(1)')",
    "| a |\n|:-:|\n| <b onclick=x> |",
]
TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\s+[a-z]+=\"[^\"<>]*\")*)\s*/?>")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_becomes_live(text: str) -> None:
    html = str(render(text))
    assert "<" not in TAG.sub("", html), "every tag is a plain one"
    for _, tag, attributes in TAG.findall(html):
        assert tag not in {"script", "style", "img", "svg", "iframe", "h1"}
        assert not re.search(r"\b(on\w+|title|style)=", attributes)
        assert not re.search(r'href="(?!https?://|mailto:|#|/(?![/\\]))', attributes)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[us](/resources/after-you-refer)", '<a href="/resources/after-you-refer">us</a>'),
        ("[here](#clause-4-1)", '<a href="#clause-4-1">here</a>'),
        ("[them](https://law.example/gdpr)", '<a href="https://law.example/gdpr" rel="nofollow noopener">them</a>'),
        ("[mail](mailto:ana@brightwater.example)", '<a href="mailto:ana@brightwater.example">mail</a>'),
        ("[go](//evil.example)", "<a>go</a>"),
        ("# Fees", '<h2 id="part-fees">Fees</h2>'),
        ("**4.1** We pay", '<p id="clause-4-1"><strong>4.1</strong> We pay</p>'),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ('She said "yes"', "“yes”"),
        ("!!! tip\n    Ask first", '<div class="admonition tip">'),
    ],
)
def test_what_an_author_may_write(text: str, html: str) -> None:
    assert html in render(text)


def test_a_flood_of_brackets_is_shown_as_text_and_costs_nothing() -> None:
    assert render("[" * 50_000) == "<p>" + "[" * 50_000 + "</p>"


NAMES = [
    "*Evil* <b>",
    "[x](y)",
    "Ørsted & Søn A/S",
    "# Heading Ltd",
    "1. First Ltd",
    "a_b_c `code` ~~~",
    "{{rate}} Ltd",
    "https://evil.example",
    "<https://evil.example>",
    "&lt;b&gt; &amp; Co",
    '"Quoted" -- and... more',
    "| pipe | Ltd",
    "back\\slash\\* Ltd",
    "[^1] [TOC] !!! note",
    "王府井 有限公司",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "template", ["{{name}} signs", "## {{ name }}", "- **{{name}}** (you)", "| A |\n|---|\n| {{name}} |"]
)
def test_a_companys_name_is_shown_as_it_is(name: str, template: str) -> None:
    html = render(fill(template, {"name": name}))
    assert name in html.striptags()
    assert "<a" not in html
    assert "<code>" not in html


def test_a_name_cannot_break_out_of_its_line() -> None:
    assert fill("{{name}}", {"name": "One\n\n# Two\u202e\x00"}) == "One &#35; Two"


def test_a_placeholder_without_value_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="partner_legal_name"):
        fill("{{partner_legal_name}}", {"partner": "x"})


def test_the_agreement_is_complete_and_its_clauses_can_be_linked() -> None:
    agreement = frontmatter.load(str(CONTENT / "agreements" / "referral-agreement.md"))
    html = render(fill(agreement.content, TERMS))
    assert "ten per cent (10 %) of the net value of the first deal" in html.striptags()
    assert 'id="clause-4-1"' in html
    assert 'id="clause-9-2"' in html
    assert "{{" not in html
    assert 'id="part-4-fees"' in html


@pytest.mark.parametrize(
    "path", [*CONTENT.glob("resources/*.md"), *CONTENT.glob("profiles/*.md")], ids=lambda p: p.stem
)
def test_every_page_has_its_facts_and_its_links_stay_on_the_site(path: Path) -> None:
    page = frontmatter.load(str(path))
    assert {"title", "slug", "kind", "summary", "minutes"} <= set(page.keys())
    assert page["slug"] == path.stem
    for href in re.findall(r'href="([^"]+)"', render(page.content)):
        place, _, slug = href.lstrip("/").partition("/")
        assert href == "/referrals/new" or (CONTENT / place / f"{slug}.md").exists()
