"""Read scans in threads, ahead of the one thread that writes them."""

import pickle
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from alcore.contracts import Dataset
from alcore.scans import ScanSource
from alcore.store.writer import PreparedScan


class PerThread(threading.local):
    """A copy of a dataset for every thread that asks for one, so that datasets need not think of threads."""

    def __init__(self, pickled: bytes) -> None:
        self.dataset: Dataset = pickle.loads(pickled)


def read_ahead(
    read: Callable[[ScanSource], PreparedScan], sources: Iterable[ScanSource], jobs: int
) -> Generator[PreparedScan, None, None]:
    """Read scans in order, in ``jobs`` threads, with no more than ``jobs`` + 1 scans finished or under way.

    Decompression, hashing and array code release Python's lock, so threads use all cores and hand scans over for
    nothing; processes would each import everything anew and copy every scan.

    Args:
        read: reads one scan; called by several threads at once.
        sources: the scans.
        jobs: number of threads; 1 reads in this one.
    """
    if jobs == 1:
        yield from map(read, sources)
        return
    executor = ThreadPoolExecutor(jobs, thread_name_prefix="alseg-read-scan")
    pending: deque[Future[PreparedScan]] = deque()
    try:
        for source in sources:
            pending.append(executor.submit(read, source))
            if len(pending) > jobs:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        executor.shutdown(cancel_futures=True)
