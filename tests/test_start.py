"""From a fresh clone to a running portal: one clear line where that is refused, and nothing half-made."""

import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ("cat", "cmp", "cp", "dirname", "env", "grep", "id", "mkdir", "mktemp", "rm", "sh", "tail", "touch")


class Clone:
    """A clone in a folder with a space in its name, on a machine that has only what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a folder"
        self.tools = folder / "tools"
        self.tools.mkdir()
        self.folder.mkdir()
        shutil.copytree(ROOT / "bin", self.folder / "bin")
        for name in ("requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, self.folder)
        for name in TOOLS:
            (self.tools / name).symlink_to(str(shutil.which(name)))
        self.has("python3", f'exec "{sys.executable}" "$@"')

    def has(self, name: str, script: str) -> None:
        tool = self.tools / name
        tool.unlink(missing_ok=True)
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)

    def run(self, script: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "bin" / script, *arguments],
            env={"PATH": str(self.tools), "TMPDIR": str(self.tools), **environ},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def made(self) -> list[str]:
        given = {"bin", "requirements.lock", "requirements-dev.lock"}
        return sorted(path.name for path in self.folder.iterdir() if path.name not in given)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def refuses(clone: Clone, words: str, script: str = "demo", **environ: str) -> None:
    run = clone.run(script, **environ)
    lines = run.stderr.splitlines()
    assert (run.returncode, len(lines), clone.made()) == (1, 1, []), run
    assert words in lines[0]


def test_a_taken_port_is_named_before_anything_is_made(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refuses(clone, f"Port {taken.getsockname()[1]} can't be used", PORT=str(taken.getsockname()[1]))


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_is_a_number(clone: Clone, port: str) -> None:
    refuses(clone, "PORT is a number", PORT=port)


def test_a_home_that_cannot_be_written_is_named(clone: Clone) -> None:
    refuses(clone, "can't be written", PORT=_free_port(), PORTAL_HOME=str(clone.tools / "sh" / "home"))


def test_a_python_too_old_is_named(clone: Clone) -> None:
    clone.has("python3", '[ "$1" = -V ] && echo Python 3.9.2; exit 1')
    refuses(clone, "needs Python 3.11 or newer; found here: Python 3.9.2")


def test_no_python_at_all_is_said(clone: Clone) -> None:
    (clone.tools / "python3").unlink()
    refuses(clone, "found here: none")


def test_another_python_can_be_named(clone: Clone) -> None:
    clone.has("python3", "exit 1")
    clone.has("mine", f'exec "{sys.executable}" "$@"')
    assert clone.run("find-python", PYTHON="mine").stdout.strip() == str(clone.tools / "mine")


def test_a_missing_venv_module_is_named(clone: Clone) -> None:
    clone.has("python3", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec "{sys.executable}" "$@"')
    refuses(clone, "apt-get install python3-venv", "environment")


def test_an_environment_that_could_not_be_filled_is_not_kept(clone: Clone) -> None:
    clone.has("uv", "echo 'error: no network' >&2; exit 2")
    refuses(clone, "Installing failed: error: no network", "environment")


def test_an_environment_of_somebody_else_is_kept_when_filling_it_fails(clone: Clone) -> None:
    own = clone.folder / ".venv" / "bin"
    own.mkdir(parents=True)
    (own / "python").symlink_to(sys.executable)
    clone.has("uv", "exit 2")
    assert clone.run("environment").returncode == 1
    assert (own / "python").exists()


def test_a_second_run_installs_nothing(clone: Clone) -> None:
    calls = _counting_uv(clone)
    assert clone.run("environment", "dev").returncode == 0
    once = calls.read_text()
    assert "requirements-dev.lock" in once
    for arguments in (["dev"], []):  # what tests need holds what the portal needs
        assert clone.run("environment", *arguments).returncode == 0
    assert calls.read_text() == once


def test_a_changed_lock_is_installed(clone: Clone) -> None:
    calls = _counting_uv(clone)
    clone.run("environment")
    once = calls.read_text()
    (clone.folder / "requirements.lock").write_text("# another\n")
    assert clone.run("environment").returncode == 0
    assert calls.read_text() == once * 2


@pytest.mark.parametrize("left", ["unfinished", "moved"])
def test_what_a_killed_run_or_a_moved_folder_left_is_made_anew(clone: Clone, left: str) -> None:
    _counting_uv(clone)
    clone.run("environment")
    venv = clone.folder / ".venv"
    (venv / "stale").touch()
    if left == "unfinished":
        (venv / "unfinished").touch()
        shutil.rmtree(venv / "made")
    else:
        (venv / "made" / "where").write_text("/elsewhere\n")
    assert clone.run("environment").returncode == 0
    assert not (venv / "stale").exists()
    assert (venv / "made" / "where").read_text().strip() == str(clone.folder)


def test_without_pango_one_line_says_so_and_the_start_goes_on(clone: Clone) -> None:
    run = clone.run("pdf-libraries")
    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        "Pango is not here: all works but PDFs, which wait until it is. "
        "On Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    ]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_whatever_is_asked_for_by_hash_and_from_nowhere_in_particular(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^([a-z0-9-]+)==\S+.* \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\w", text, re.MULTILINE))
    assert not re.search(r"://|index|find-links", text)
    assert _asked_for(dev="dev" in name) <= set(pins)


def test_both_locks_pin_the_same_releases() -> None:
    runtime, dev = (
        set(re.findall(r"^\w\S+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime <= dev


def _asked_for(dev: bool) -> set[str]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])
    return {re.split(r"[\[<>= ]", each)[0].replace("_", "-") for each in asked}


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def _counting_uv(clone: Clone) -> Path:
    calls = clone.tools / "calls"
    clone.has("uv", f'echo "$@" >>"{calls}"')
    return calls
