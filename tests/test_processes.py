"""What each process may load: a web process stays small, and the worker never draws a PDF in its own memory."""

import subprocess
import sys
from pathlib import Path

import pytest

LOADED = "import sys, {module}; print(*sorted(m for m in {heavy!r} if m in sys.modules))"


def _loaded(module: str, heavy: tuple[str, ...], home: Path) -> list[str]:
    program = LOADED.format(module=module, heavy=heavy)
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PORTAL_HOME": str(home)}, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


WORKERS = (
    "weasyprint",
    "dbos",
    "pyhanko",
    "flask_mailman",
    "css_inline",
    "mailparser_reply",
    "portal.pdf",
    "portal.worker",
)
RARE = (
    *(
        "alembic",
        "authlib",
        "charset_normalizer",
        "cryptography",
        "frontmatter",
        "holidays",
        "joserfc",
        "markdown",
        "nh3",
    ),
    *("obstore", "phonenumbers", "psycopg", "pyrage", "python_calamine", "rapidfuzz", "requests", "segno", "stdnum"),
    *("webauthn", "xlsxwriter", "yaml", "zxcvbn"),
)
"""What only some pages need, 45 MB together: `portal.later` loads each when it is first asked for something."""


@pytest.mark.parametrize("module", ["portal", "portal.cli"])
def test_a_web_process_loads_nothing_of_the_worker(module: str, tmp_path: Path) -> None:
    assert _loaded(module, WORKERS, tmp_path) == []


def test_a_web_process_begins_without_what_few_pages_need(tmp_path: Path) -> None:
    assert _loaded("portal; portal.create_app()", RARE, tmp_path) == []


def test_the_worker_leaves_drawing_to_another_process(tmp_path: Path) -> None:
    assert _loaded("portal.worker", ("weasyprint", "dbos"), tmp_path) == ["dbos"]
