"""Tell a process that hangs from one to which others leave no time of the processor."""

import time

import psutil

_PAUSE = 1.0


class Patience:
    """How long a process is waited for.

    Args:
        process: its number; the processes that it starts count too.
        seconds: of the processor that it may use, and for which it may stand still.
    """

    def __init__(self, process: int, seconds: float) -> None:
        try:
            self._process = psutil.Process(process)
        except psutil.NoSuchProcess:  # it ended at once: nothing is to be waited for
            self._process = psutil.Process()
        self._seconds = seconds
        self._used = self._first = self._look()[0]
        self._looked = self._busy = time.monotonic()

    def is_over(self) -> bool:
        """Whether it has used, or stood still, too long; one that waits for a processor does not stand still."""
        now = time.monotonic()
        if now - self._looked < _PAUSE:
            return False
        self._looked = now
        used, is_running = self._look()
        if used != self._used or is_running:
            self._used, self._busy = used, now
        return used - self._first > self._seconds or now - self._busy > self._seconds

    def _look(self) -> tuple[float, bool]:
        used, is_running = 0.0, False
        try:
            for process in (self._process, *self._process.children(recursive=True)):
                times = process.cpu_times()
                used += times.user + times.system
                is_running |= process.status() in (psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP)
        except psutil.Error:
            return used, True  # one of them has just ended
        return used, is_running
