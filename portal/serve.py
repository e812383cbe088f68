"""The web process: gunicorn with threads. In the embedded default the worker runs beside it, and is kept running."""

import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from portal import create_app
from portal.config import Settings, load_settings
from portal.errors import Refused

WEB_PROCESSES = 2
THREADS = 4
RESTART_AFTER_S = 2.0
M_ARENA_MAX = -8
"""As glibc's malloc.h has it."""


class Web(BaseApplication):
    """gunicorn, told by us instead of by a file. The app is made once, before the processes part: what none of them
    changes is in memory once. Nothing is open then, no connection and no file."""

    def __init__(self, settings: Settings, port: int) -> None:
        self.settings, self.port = settings, port
        _keep_one_heap()
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.settings.bind_host}:{self.port}",
            "workers": WEB_PROCESSES,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,
            "control_socket_disable": True,
            "timeout": 60,
            "graceful_timeout": 10,
            "proc_name": "portal",
            "loglevel": "warning",
            "limit_request_line": 8190,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """What is there from now on is looked at no more when memory is collected: it is there for good, and a process
        that looked at it would have it for itself."""
        app = create_app(self.settings)
        gc.collect()
        gc.freeze()
        return app


def _keep_one_heap() -> None:
    """glibc gives each thread a heap of its own against waiting; here one thread runs at a time, and each heap is 3 MB.
    Other C libraries have no such choice."""
    if choose := getattr(ctypes.CDLL(None), "mallopt", None):
        choose(M_ARENA_MAX, 1)


class Beside:
    """The worker as a child process: started again when it ends by itself, ended with the web process."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._child = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "portal.worker", "--beside", str(os.getpid())])  # noqa: S603

    def _watch(self) -> None:
        while not self._ending.is_set():
            self._child.wait()
            if not self._ending.wait(RESTART_AFTER_S):
                self._child = self._start()

    def end(self) -> None:
        self._ending.set()
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()


def serve(settings: Settings, port: int) -> None:
    """Serve until told to stop. Raises Refused where the port can't be had."""
    _check_port(settings.bind_host, port)
    beside = Beside() if settings.embedded else None
    master = os.getpid()
    try:
        Web(settings, port).run()
    finally:
        if beside and os.getpid() == master:
            beside.end()


def _check_port(host: str, port: int) -> None:
    """gunicorn tries a taken port again and again; a person wants to know at once."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise Refused(f"{host}:{port} can't be used: {failure.strerror}.") from failure


def main(port: str) -> None:
    try:
        serve(load_settings(), int(port))
    except Refused as refusal:
        sys.exit(f"Error: {refusal}")


if __name__ == "__main__":
    main(sys.argv[1])
