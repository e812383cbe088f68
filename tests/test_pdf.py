import http.server
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from portal.pdf import Typesetter, Unprintable, typesetter

PAGE = '<!doctype html><html lang="en"><head><title>x</title></head><body>{}</body></html>'


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    typesetter.close()


def test_a_page_becomes_a_pdf_for_the_archive() -> None:
    pdf = PdfReader(BytesIO(typesetter.render(PAGE.format("<p>Hello</p>"))))
    assert pdf.pages[0].extract_text() == "Hello"
    assert pdf.xmp_metadata is not None
    assert b'pdfaid:part="3"' in pdf.xmp_metadata.stream.get_data()


@pytest.fixture
def outside() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.HTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_fetches_nothing_from_outside_and_attaches_no_file(outside: tuple[str, list[str]], tmp_path: Path) -> None:
    url, asked = outside
    secret = tmp_path / "secret"
    secret.write_text("field keys")
    ways = [
        f'<img src="{url}/img">',
        f'<link rel="stylesheet" href="{url}/css">',
        f'<link rel="attachment" href="{url}/attachment">',
        f'<link rel="attachment" href="{secret.as_uri()}">',
        f'<a rel="attachment" href="{secret.as_uri()}">x</a>',
        f'<object data="{url}/object"></object><embed src="{url}/embed">',
        f'<style>@import "{url}/import"; @font-face {{ font-family: x; src: url("{url}/font") }}</style>',
        '<p style="font-family: x">x</p>',
        f'<p style="background: url({url}/background)">x</p>',
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}/svg"/><use href="{secret.as_uri()}#x"/></svg>',
        '<img src="data:image/svg+xml,%3Csvg/%3E">',
    ]
    pdf = PdfReader(BytesIO(typesetter.render(PAGE.format("".join(ways)))))
    assert asked == []
    assert dict(pdf.attachments) == {}


def test_a_page_that_eats_time_ends_its_process_and_not_the_next_document() -> None:
    patient = Typesetter(cpu_seconds=2)
    with pytest.raises(Unprintable, match="too much time"):
        patient.render(PAGE.format("<table><tr><td colspan=1000000>x</table>"))
    assert patient.render(PAGE.format("<p>next</p>")).startswith(b"%PDF")
    patient.close()


def test_a_page_that_is_not_ready_in_time_is_given_up() -> None:
    hasty = Typesetter(seconds=0.01)
    with pytest.raises(Unprintable, match="was not ready"):
        hasty.render(PAGE.format("<p>x</p>"))


def test_a_page_that_nests_without_end_is_unprintable() -> None:
    with pytest.raises(Unprintable):
        typesetter.render(PAGE.format("<div>" * 5000))
