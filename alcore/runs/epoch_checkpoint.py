"""The checkpoint of a training within its round, so that hours of it are not lost."""

import time
from collections.abc import Callable
from pathlib import Path

import torch

from alcore.files import disk_errors, write_atomically
from alcore.learning import State
from alcore.runs.checkpoint import damaged, read_state, reason_of


class EpochCheckpoint:
    """Keeps the state after an epoch in a file; see :class:`alcore.EpochKeeper`.

    Args:
        path: the file.
        interval: seconds since the last one (or the start) before the next finished epoch is kept.
        device: where the state is loaded to.
    """

    def __init__(self, path: Path, interval: float, device: torch.device) -> None:
        self._path = path
        self._interval = interval
        self._device = device
        self._last = time.monotonic()

    def restore(self, into: Callable[[State], None]) -> None:
        """Hand ``into`` the state that was kept; it is not called where there is none.

        Raises:
            AlsegError: the file is damaged, or ``into`` cannot use what it holds.
        """
        hint = "remove it to train this round from its beginning"
        try:
            state = read_state(self._path, self._device, hint)
        except FileNotFoundError:
            return
        try:
            into(state)
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise damaged(self._path, reason_of(error), hint) from error

    def keep(self, state: Callable[[], State]) -> None:
        """Write the state atomically, if it is time."""
        if time.monotonic() - self._last >= self._interval:
            content = state()
            write_atomically(self._path, lambda file: torch.save(dict(content), file))
            self._last = time.monotonic()

    def remove(self) -> None:
        """Remove the file: the round is committed."""
        with disk_errors(self._path):
            self._path.unlink(missing_ok=True)
