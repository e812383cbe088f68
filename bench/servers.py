"""The portal and the floor behind the same server, with one process each: `python -m bench.servers portal 8001`.

Memory is looked at as the portal is served, with as many processes as `portal serve` starts. It is made before they
part, and most of it stays in memory once. So what a web process takes is counted as Linux counts it (Pss): what is its
own, and its share of what it has in common with the others and with the one that started them. What it sees, counted as
if nobody else had it, is given too."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from bench.floor import floor
from bench.processes import memory_mb, tree
from portal.config import load_settings
from portal.serve import Web

START_S = 30


class OneProcess(Web):
    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("workers", 1)


class Floor(OneProcess):
    def load(self) -> Flask:
        return floor(self.settings.database_url)


@dataclass(frozen=True)
class Server:
    pid: int
    port: int

    @property
    def pids(self) -> set[int]:
        return tree(self.pid)

    @property
    def resident_mb(self) -> float:
        """Of the largest web process: its own, and its share of what is common."""
        return max(memory_mb(pid, "Pss") for pid in self.pids - {self.pid})

    @property
    def seen_mb(self) -> float:
        """As if it shared nothing."""
        return max(memory_mb(pid, "Rss") for pid in self.pids - {self.pid})


@contextmanager
def running(which: str, environ: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bench.servers", which, str(port)]
    process = subprocess.Popen(command, env=os.environ | environ)  # noqa: S603
    try:
        _wait_for(port, process)
        yield Server(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError(f"the server on port {port} did not start")


if __name__ == "__main__":
    {"portal": OneProcess, "floor": Floor, "served": Web}[sys.argv[1]](load_settings(), int(sys.argv[2])).run()
