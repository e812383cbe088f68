"""A second process that thinks while this one writes."""

from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection

from portal import create_app
from portal.config import Settings
from portal.seeds.scale.bulk import Batch
from portal.seeds.scale.play import Play


def beside(play: Play, settings: Settings) -> Iterator[Batch]:
    """The batches of a play, as they come. Raises RuntimeError where its process ends early."""
    processes = get_context("spawn")
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=_run, args=(play, settings, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield from _until_end(ours)
        process.join()
    finally:
        process.terminate()
    if process.exitcode:
        raise RuntimeError("the program was not played to its end; nothing was kept")


def _until_end(ours: Connection) -> Iterator[Batch]:
    while True:
        try:
            yield ours.recv()
        except EOFError:
            return


def _run(play: Play, settings: Settings, theirs: Connection) -> None:
    with create_app(settings).app_context():
        play.run(theirs.send)
    theirs.close()
