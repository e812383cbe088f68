"""The look: what is served, what the macros write, and that it can be read in both themes."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, g, render_template, render_template_string

from portal import error_pages, formats, look
from portal.admin.specimens import specimens

TEMPLATES = Path(look.__file__).parent / "templates"
VOID = {"meta", "link", "input", "br", "hr", "img", "use"}


class Reader(HTMLParser):
    """What a page has in it: its tags with their attributes, and its ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes something else"

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def ids(self) -> Counter[str]:
        return Counter(str(attributes["id"]) for _, attributes in self.tags if "id" in attributes)


@pytest.fixture
def app() -> Flask:
    app = Flask("portal", static_folder=None)
    app.secret_key = "for tests"
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(csrf_token=lambda: "a token", idempotency_key=lambda: "a key")
    look.init_app(app)
    formats.init_app(app)
    return app


@pytest.fixture
def drawing(app: Flask) -> Iterator[Flask]:
    with app.test_request_context("/"):
        yield app


def design_page(app: Flask) -> str:
    person = SimpleNamespace(name="Maya Lindqvist", role_words="Partner manager", company_name="")
    entries = [SimpleNamespace(url="/staff/", label="Today", count="9", current=True)]
    around = {"program_name": "Lumen partners", "current_user": person, "menu": lambda: entries}
    return render_template("admin/design.html", **specimens(), **around)


def address(app: Flask, name: str) -> str:
    return str(app.jinja_env.globals["asset"](name))  # type: ignore[operator]


@pytest.mark.parametrize(("name", "mimetype"), [("app.css", "text/css"), ("app.js", "text/javascript")])
def test_an_asset_is_kept_for_ever_under_a_name_that_changes_with_it(app: Flask, name: str, mimetype: str) -> None:
    answer = app.test_client().get(address(app, name))
    assert answer.status_code == 200
    assert answer.mimetype == mimetype
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in answer.headers
    assert look.Asset.of(name, answer.text, mimetype).name in address(app, name)
    assert look.Asset.of(name, answer.text + " ", mimetype).name not in address(app, name)


def test_an_asset_is_packed_for_whoever_takes_it_packed(app: Flask) -> None:
    answer = app.test_client().get(address(app, "app.css"), headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 60_000


def test_an_unknown_asset_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/assets/app.0000.css").status_code == 404


def test_assets_are_open_to_all(app: Flask) -> None:
    assert getattr(app.view_functions["asset"], "__access__") == "public"  # noqa: B009  (set, not declared)


def test_bootstrap_stays_in_its_layer_and_nothing_comes_from_elsewhere(app: Flask) -> None:
    sheet = app.test_client().get(address(app, "app.css")).text
    assert sheet.index("@layer bootstrap, components;") < sheet.index("Bootstrap  v5") < sheet.index("--paper")
    assert sheet.count("{") == sheet.count("}")
    assert "sourceMappingURL" not in sheet
    assert not [url for url in re.findall(r"url\(\"?([^)]*)", sheet) if not url.startswith("data:")]


def test_behaviours_are_short() -> None:
    long = [path.name for path in (look.STATIC / "js").glob("*.js") if len(path.read_text().splitlines()) >= 60]
    assert not long


def test_a_page_carries_the_icons_it_used_once_each(drawing: Flask) -> None:
    text = render_template_string("{{ icon('check-lg') }}{{ icon('check-lg', 'met') }}{{ icon_sheet() }}")
    assert text.count('<use href="#i-check-lg">') == 2
    assert text.count("<symbol") == 1
    assert 'aria-label="met"' in text
    assert render_template_string("{{ icon_sheet() }}") == ""


def test_a_label_of_an_icon_is_text(drawing: Flask) -> None:
    assert "<b>" not in look.icon("check-lg", '"><b>')


def test_an_unknown_icon_is_a_mistake_seen_at_once(drawing: Flask) -> None:
    with pytest.raises(KeyError):
        look.icon("no-such-icon")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_has_style_or_script_inline(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:|<script(?![^>]*\ssrc=)", text)
    assert "<style" not in text or path.name in ("document.html", "email.html")


def test_every_component_together_makes_a_sound_page(drawing: Flask) -> None:
    read = Reader(design_page(drawing))
    assert not read.open
    assert len(read.all("h1")) == 1
    assert [name for name, count in read.ids.items() if count > 1] == []
    labelled = {label.get("for") for label in read.all("label")}
    controls = [control for control in read.all("input", "select", "textarea") if control.get("type") != "hidden"]
    assert [control["id"] for control in controls if control["id"] not in labelled] == []
    pointed = [ids for _, attributes in read.tags for ids in (attributes.get("aria-describedby") or "").split()]
    assert set(pointed) <= set(read.ids)


def test_every_error_is_listed_on_top_and_leads_to_its_field(drawing: Flask) -> None:
    wrong = specimens()["wrong"]
    text = render_template_string("{% from 'components/form.html' import errors %}{{ errors(wrong) }}", wrong=wrong)
    links = {link["href"] for link in Reader(text).all("a")}
    assert links == {f"#{field.id}" for field in wrong if field.errors}
    assert "Your agreement is not in force yet" in text


def test_a_form_without_errors_has_no_list_of_them(drawing: Flask) -> None:
    call = "{% from 'components/form.html' import errors %}{{ errors(form) }}"
    assert render_template_string(call, form=specimens()["form"]).strip() == ""


def test_a_field_says_what_is_wrong_beside_itself(drawing: Flask) -> None:
    call = "{% from 'components/form.html' import field %}{{ field(f, autocomplete='email') }}"
    read = Reader(render_template_string(call, f=specimens()["wrong"].email))
    (control,) = read.all("input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "wrong-email-error"
    assert control["autocomplete"] == "email"


def test_a_button_that_changes_something_proves_itself_and_may_ask_first(drawing: Flask) -> None:
    call = "{% from 'components/form.html' import post_button %}{{ post_button('/x', 'Withdraw', confirm='Gone.') }}"
    read = Reader(render_template_string(call * 2))
    assert [field["name"] for field in read.all("input")] == ["csrf_token", "idempotency_key"] * 2
    assert [each["command"] for each in read.all("button") if "command" in each] == ["show-modal", "close"] * 2
    assert len({dialog["id"] for dialog in read.all("dialog")}) == 2


@pytest.mark.parametrize("code", error_pages.TROUBLES)
def test_an_error_page_needs_neither_user_nor_database(drawing: Flask, code: int) -> None:
    @drawing.context_processor
    def broken() -> dict[str, object]:
        raise RuntimeError("the database is away")

    text, answered = error_pages.error_page(code, reference="3f9a01bc")
    read = Reader(text)
    assert answered == code
    assert len(read.all("h1")) == 1
    assert read.all("li")
    assert "3f9a01bc" in text


def test_an_error_without_a_page_of_its_own_gets_one_of_its_kind(drawing: Flask) -> None:
    assert error_pages.error_page(415) == (error_pages.error_page(415)[0], 415)
    assert error_pages.TROUBLES[500].title in error_pages.error_page(504)[0]


def test_a_sentence_of_the_case_replaces_the_general_one(drawing: Flask) -> None:
    text, _ = error_pages.error_page(409, "Maya has <decided> this already.")
    assert "Maya has &lt;decided&gt; this already." in text
    assert error_pages.TROUBLES[409].sentence not in text


def test_the_theme_is_the_devices_unless_chosen(drawing: Flask) -> None:
    assert "data-bs-theme" not in error_pages.error_page(404)[0]
    g.theme = "dark"
    assert '<html lang="en" data-bs-theme="dark">' in error_pages.error_page(404)[0]


def test_documents_ask_only_for_typefaces_that_are_there() -> None:
    wanted = re.findall(r'url\("([^"]+)"\)', look.style("document.css"))
    assert wanted
    assert set(wanted) <= set(look.font_files())


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", look.style("tokens.css")
    )
}
GROUNDS = ("paper", "surface", "sunk")
SOFT = ("accent-soft", "good-soft", "due-soft", "late-soft", "note-soft")
ON = {
    **dict.fromkeys(("ink", "ink-2"), (*GROUNDS, *SOFT)),
    "ink-3": GROUNDS,
    "accent-text": (*GROUNDS, *SOFT),
    "accent-ink": ("accent", "accent-hover"),
    **{tone: (*GROUNDS, f"{tone}-soft") for tone in ("good", "due", "late", "note")},
}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [(text, ground) for text, grounds in ON.items() for ground in grounds])
def test_text_can_be_read_on_every_ground_it_stands_on(text: str, ground: str, theme: int) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_the_edge_of_a_control_can_be_seen(ground: str, theme: int) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1."""
    assert contrast(TOKENS["edge"][theme], TOKENS[ground][theme]) >= 3
