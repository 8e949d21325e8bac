"""Remember which plugin was being imported, so that a process that dies of it names it to the next one."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from alcore.registry.discovery import Found


class ImportNotes:
    """A note of this process says what it is importing; one of a process that died names a suspect.

    Notes lie in the user's cache folder. Where they cannot be written, nothing is remembered.
    """

    def __init__(self) -> None:
        self._folder = Path(platformdirs.user_cache_path("alseg")) / "importing"
        self._own = self._folder / f"{platform.node()}-{os.getpid()}"

    def suspects(self) -> dict[str, Path]:
        """The modules that processes of this machine died importing, each with its note."""
        found: dict[str, Path] = {}
        with suppress(OSError):
            for note in self._folder.glob(f"{platform.node()}-*"):
                if note != self._own and not _runs(note.name.rpartition("-")[2]):
                    found[note.read_text("utf-8")] = note
        return found

    @contextmanager
    def importing(self, found: Found) -> Iterator[None]:
        """Keep a note of ``found`` for the length of this block."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._own.write_text(found.module, "utf-8")
        try:
            yield
        finally:
            with suppress(OSError):
                self._own.unlink(missing_ok=True)


def dies_again(found: Found, seconds: float) -> bool:
    """Whether a process that imports the plugin and does nothing else ends without saying that it is through."""
    load = f"import importlib, sys; sys.path[:] = {sys.path!r}; importlib.import_module({found.module!r})"
    code = f"try:\n {load}\nfinally:\n print('through', flush=True)"
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return False  # what hangs is told of when it is imported here
    return b"through" not in done.stdout


def _runs(pid: str) -> bool:
    import psutil

    return not pid.isdecimal() or psutil.pid_exists(int(pid))
