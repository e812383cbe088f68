"""A mailbox on this machine that speaks as much IMAP as a program needs that fetches mails."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Mailbox:
    def __init__(self, *mails: bytes, validity: int = 7) -> None:
        self.mails = dict(enumerate(mails, start=1))
        self.validity = validity
        self.seen: set[int] = set()
        self.fetched: list[int] = []
        self.says_no_to = ""


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, command, rest = (line.decode().strip() + "  ").split(" ", 2)
            command = f"{command} {rest.split()[0]}".upper() if command.upper() == "UID" else command.upper()
            if command == self.server.box.says_no_to:
                self.say(f"{tag} NO not today")
                continue
            self.answer(command, rest)
            self.say(f"{tag} OK done")

    def answer(self, command: str, rest: str) -> None:
        box = self.server.box
        if command == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif command == "SELECT":
            self.say(f"* {len(box.mails)} EXISTS", f"* OK [UIDVALIDITY {box.validity}] it is")
        elif command == "UID SEARCH":
            least = int((re.search(r"(\d+):\*", rest) or ["", "1"])[1])
            found = [uid for uid in box.mails if uid >= least] or list(box.mails)[-1:]
            self.say(f"* SEARCH {' '.join(map(str, found))}")
        elif command == "UID FETCH":
            self.fetch(int(rest.split()[1]), rest)
        elif command == "UID STORE":
            box.seen.add(int(rest.split()[1]))

    def fetch(self, uid: int, rest: str) -> None:
        box = self.server.box
        if "SIZE" in rest:
            self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(box.mails[uid])})")
            return
        box.fetched.append(uid)
        self.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(box.mails[uid])}}}")
        self.wfile.write(box.mails[uid])
        self.say(")")

    def say(self, *lines: str) -> None:
        for line in lines:
            self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, box: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.box = box


@contextmanager
def imap_server(box: Mailbox) -> Iterator[str]:
    """The address of the mailbox, as in PORTAL_IMAP_URL."""
    with _Server(box) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"imap://someone:secret@127.0.0.1:{server.server_address[1]}/INBOX"
        server.shutdown()
        thread.join()
