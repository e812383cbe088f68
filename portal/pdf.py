"""HTML to PDF/A-3, in a child process with limits on time and memory. Used by the worker only."""

import atexit
import base64
import json
import os
import select
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from portal.look import font_files

PROGRAM = Path(__file__).with_name("typesetter.py")
SECONDS = 60
CPU_SECONDS = 30
MOST_BYTES = 5 * 1024 * 1024
DOCUMENTS_A_CHILD = 50  # it keeps fonts and never gives memory back
SETTINGS_PASSED = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE")


class Unprintable(Exception):  # noqa: N818  (it is what became of the document)
    """No PDF came of it: too large, too slow, or the library for it is missing."""


class Typesetter:
    """Keeps one child between documents; one document at a time."""

    def __init__(self, seconds: float = SECONDS, cpu_seconds: int = CPU_SECONDS) -> None:
        self._seconds, self._cpu_seconds = seconds, cpu_seconds
        self._child: subprocess.Popen[str] | None = None
        self._made = 0
        self._one = Lock()
        self._files = {address: str(path) for address, path in font_files().items()}

    def render(self, html: str, data: dict[str, Any] | None = None) -> bytes:
        """The PDF of a complete HTML page that carries its own style, with `data` attached as terms.json.

        Raises Unprintable."""
        if len(html) > MOST_BYTES:
            raise Unprintable(f"The document has {len(html):,} characters; {MOST_BYTES:,} is the most.")
        attached = None if data is None else json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True)
        request = json.dumps({"html": html, "data": attached, "files": self._files})
        with self._one:
            answer = self._ask(request)
        if "error" in answer:
            raise Unprintable(answer["error"])
        return base64.b64decode(answer["pdf"])

    def close(self) -> None:
        """End the child, whatever it is doing."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.communicate()

    def _ask(self, request: str) -> dict[str, Any]:
        child = self._ready_child()
        assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  (both are pipes)
        try:
            child.stdin.write(request + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            pass  # it ended; what it said before, if anything, is on stdout
        if not select.select([child.stdout], [], [], self._seconds)[0]:
            self.close()
            raise Unprintable(f"The document was not ready after {self._seconds:g} s.")
        line = child.stdout.readline()
        if not line:
            code = child.wait()
            self.close()
            raise Unprintable(
                f"The typesetter ended (code {code}): too much time, too much memory, or a page it can't set."
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ready_child(self) -> subprocess.Popen[str]:
        if self._child is None or self._child.poll() is not None or self._made >= DOCUMENTS_A_CHILD:
            self.close()
            self._made = 0
            self._child = subprocess.Popen(  # noqa: S603  (our own program; it gets no secret of ours)
                [sys.executable, "-I", str(PROGRAM), str(self._cpu_seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env={name: os.environ[name] for name in SETTINGS_PASSED if name in os.environ},
            )
        self._made += 1
        return self._child


typesetter = Typesetter()
atexit.register(typesetter.close)
