"""Read scans in worker processes, ahead of the one process that writes them."""

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from alcore.errors import AlsegError
from alcore.scans import ScanSource
from alcore.store.prepare import PreparedScan


def read_ahead(
    read: Callable[[ScanSource], PreparedScan], sources: Iterable[ScanSource], jobs: int
) -> Generator[PreparedScan, None, None]:
    """Read scans in order, in ``jobs`` processes, with no more than ``jobs`` + 1 scans finished or under way.

    Raises:
        AlsegError: a worker was killed, or ``read`` raised it.
    """
    if jobs == 1:
        yield from map(read, sources)
        return
    # A forked child would inherit the locks of this process's threads, so workers start afresh.
    executor = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_ignore_interrupts)
    pending: deque[Future[PreparedScan]] = deque()
    try:
        for source in sources:
            pending.append(executor.submit(read, source))
            if len(pending) > jobs:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool as error:
        raise AlsegError(
            "a worker process was killed while it read scans, most likely for want of memory",
            hint="use fewer processes: --jobs 1",
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the main process, which shuts its workers down."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
