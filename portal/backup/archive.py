"""Members in a row, as a compressed tar inside age: written as they come, read as they come, never all at once."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from tarfile import BLOCKSIZE, RECORDSIZE, HeaderError, TarInfo
from typing import BinaryIO

import pyrage
from pyrage.x25519 import Identity, Recipient

from portal.errors import Refused

Member = tuple[str, bytes]
Take = Callable[[str, bytes], None]
GZIP = 31
"""What zlib calls a gzip stream (its window bits)."""
LARGEST = 256 * 1024 * 1024
"""Of a member: one that says it is larger is not ours."""
_DAMAGED = "This is no backup of the portal, or it is damaged"


def write(members: Iterable[Member], file: BinaryIO, recipient: Recipient) -> None:
    """Write the members, sealed for the recipient."""
    source = _Source(_packed(_tar(members)))
    try:
        pyrage.encrypt_io(source, file, [recipient])
    except pyrage.EncryptError:
        if source.failure is not None:
            raise source.failure from None
        raise


def read(file: BinaryIO, identity: Identity, take: Take) -> None:
    """Hand on each member as it comes. That the file ends where it should is known at the end only.

    Raises Refused for what this identity does not open, or what was not written so."""
    sink = _Sink(take)
    try:
        pyrage.decrypt_io(file, sink, [identity])
    except pyrage.DecryptError as failure:
        raise Refused(f"{_DAMAGED}, or it was sealed for another key ({failure}).") from failure
    except (OSError, zlib.error, HeaderError, UnicodeDecodeError) as failure:
        if sink.failure is not None:
            raise
        raise Refused(f"{_DAMAGED} ({failure}).") from failure
    if not sink.has_ended:
        raise Refused(f"{_DAMAGED} (it ends too early).")


class _Source:
    """What age reads from: pieces made on demand."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""
        self.failure: BaseException | None = None
        """What stopped the pieces; age tells of it in its own words only."""

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._held:
                self._held = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as failure:
            self.failure = failure
            raise
        taken, self._held = self._held[:size], self._held[size:]
        return taken


def _tar(members: Iterable[Member]) -> Iterator[bytes]:
    written = 0
    for name, data in members:
        info = TarInfo(name)
        info.size, info.mode = len(data), 0o600
        whole = info.tobuf() + data + bytes(-len(data) % BLOCKSIZE)
        written += len(whole)
        yield whole
    yield bytes(2 * BLOCKSIZE + -(written + 2 * BLOCKSIZE) % RECORDSIZE)


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(level=1, wbits=GZIP)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


class _Sink:
    """What age writes to: takes the tar apart as it comes."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._unpacker = zlib.decompressobj(wbits=GZIP)
        self._held = bytearray()
        self._info: TarInfo | None = None
        self._is_over = False
        self.failure: OSError | None = None

    @property
    def has_ended(self) -> bool:
        return self._is_over and self._unpacker.eof and not self._unpacker.unused_data

    def write(self, data: bytes) -> int:
        self._held += self._unpacker.decompress(data)
        while self._step():
            pass
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def _step(self) -> bool:
        if self._is_over:
            if any(self._held):
                raise Refused(f"{_DAMAGED} (there is more behind its end).")
            self._held.clear()
            return False
        return self._head() if self._info is None else self._body(self._info)

    def _head(self) -> bool:
        if len(self._held) < BLOCKSIZE:
            return False
        block = bytes(self._held[:BLOCKSIZE])
        del self._held[:BLOCKSIZE]
        if not any(block):
            self._is_over = True
            return True
        info = TarInfo.frombuf(block, "utf-8", "strict")
        if not info.isreg() or not 0 <= info.size <= LARGEST:
            raise Refused(f"{_DAMAGED} ({info.name} in it is no file of ours).")
        self._info = info
        return True

    def _body(self, info: TarInfo) -> bool:
        size = info.size + -info.size % BLOCKSIZE
        if len(self._held) < size:
            return False
        data = bytes(self._held[: info.size])
        del self._held[:size]
        self._info = None
        try:
            self._take(info.name, data)
        except OSError as failure:
            self.failure = failure
            raise
        return True
