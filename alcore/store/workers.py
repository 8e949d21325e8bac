"""Read scans in worker processes, ahead of the one process that writes them."""

import pickle
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

from alcore.errors import AlsegError
from alcore.scans import ScanSource
from alcore.store.disk import disk_errors
from alcore.store.prepare import PreparedScan


def read_ahead(
    read: Callable[[ScanSource], PreparedScan], sources: Iterable[ScanSource], jobs: int, scratch: Path
) -> Generator[PreparedScan, None, None]:
    """Read scans in order, in ``jobs`` processes, with no more than ``jobs`` + 1 scans finished or under way.

    Args:
        read: reads one scan; must be picklable.
        sources: the scans.
        jobs: number of processes; 1 reads in this one.
        scratch: folder through which workers hand scans over: a file is several times faster than a pipe.

    Raises:
        AlsegError: a worker was killed, or ``read`` raised it.
    """
    if jobs == 1:
        yield from map(read, sources)
        return
    # A forked child would inherit the locks of this process's threads, so workers start afresh.
    executor = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_ignore_interrupts)
    pending: deque[Future[Path]] = deque()
    try:
        for source in sources:
            pending.append(executor.submit(partial(_hand_over, read, scratch), source))
            if len(pending) > jobs:
                yield _take_over(pending.popleft().result())
        while pending:
            yield _take_over(pending.popleft().result())
    except BrokenProcessPool as error:
        raise AlsegError(
            "a worker process was killed while it read scans, most likely for want of memory",
            hint="use fewer processes: --jobs 1",
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _hand_over(read: Callable[[ScanSource], PreparedScan], scratch: Path, source: ScanSource) -> Path:
    scan, path = read(source), scratch / uuid4().hex
    with disk_errors(scratch.parent), path.open("wb") as stream:
        pickle.dump(scan, stream, protocol=5)
    return path


def _take_over(path: Path) -> PreparedScan:
    with path.open("rb") as stream:
        scan: PreparedScan = pickle.load(stream)
    path.unlink()
    return scan


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the main process, which shuts its workers down."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
