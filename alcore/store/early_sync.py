"""Bring a growing file to the disk while it is written."""

import os
from concurrent.futures import Future, ThreadPoolExecutor

from alcore.files import PatientFile


class EarlySync:
    """Brings a growing file to the disk in the background, so that the last sync has little left to wait for.

    Args:
        file: the file.
        every: bytes between two syncs.
    """

    def __init__(self, file: PatientFile, every: int = 1 << 26) -> None:
        self._file = file
        self._every = every
        self._asked = 0
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="alseg-sync")
        self._under_way: Future[None] | None = None

    def advance(self) -> None:
        """Start a sync if enough has been written since the last one.

        Raises:
            OSError: the sync before failed.
        """
        if self._file.written - self._asked < self._every or (self._under_way and not self._under_way.done()):
            return
        self.finish()
        self._asked = self._file.written
        self._under_way = self._executor.submit(os.fsync, self._file.fileno())

    def finish(self) -> None:
        """Wait for the sync that is under way.

        Raises:
            OSError: it failed.
        """
        under_way, self._under_way = self._under_way, None
        if under_way:
            under_way.result()

    def close(self) -> None:
        """Wait, whatever became of the sync that is under way."""
        self._executor.shutdown()
