"""The command line in a process of its own: forked, so that it starts at once, with whatever befalls a process."""

import importlib
import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from attacking import BrokenPromiseError
from patience import Patience

SECONDS = 60.0
"""What a command has to end by itself, or after a signal that asks it to."""

_HEAVY = ("torch", "torch.utils.tensorboard", "SimpleITK", "alseg.main")
"""What takes long to import; here before the first fork, not once in the child and once more here."""

_PIECE = 1 << 16
_INTERRUPTED = 130
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate"}


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Args:
        status: its exit status; negative: the signal that killed it.
        text: what it printed, to both streams.
    """

    status: int
    text: str


class Command:
    """``alseg`` with these arguments, running in ``folder``.

    Args:
        befalls: called in the new process before the command.
        report: file that the command's names of imported modules go to.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        befalls: Callable[[], None] = lambda: None,
        report: Path | None = None,
    ) -> None:
        self._output, theirs = os.pipe()
        os.set_blocking(self._output, False)
        self._printed = b""
        self._status: int | None = None
        self._arguments = arguments
        self.process = os.fork()
        if not self.process:
            _run(arguments, folder, theirs, befalls, report)
        os.close(theirs)
        os.setpgid(self.process, self.process)

    def runs_for(self, seconds: float) -> bool:
        """Wait; whether it still runs after that time."""
        end = time.monotonic() + seconds
        while self._status is None:
            ended, status = os.waitpid(self.process, os.WNOHANG)
            with suppress(BlockingIOError):
                while piece := os.read(self._output, _PIECE):
                    self._printed += piece
            if ended:
                os.close(self._output)
                self._status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                return True
            else:
                time.sleep(0.002)
        return False

    def strike(self, number: signal.Signals) -> None:
        """Send a signal; Ctrl-C goes to every process of a terminal, others go to the one that somebody named."""
        if number == signal.SIGINT:
            os.killpg(self.process, number)
        else:
            os.kill(self.process, number)

    def ended(self) -> Ended:
        """Wait for its end.

        Raises:
            BrokenPromiseError: it has none.
        """
        patience = Patience(self.process, SECONDS)
        while self.runs_for(1.0):
            if patience.is_over():
                break
        if self._status is None:
            os.killpg(self.process, signal.SIGKILL)
            self.runs_for(SECONDS)
            raise BrokenPromiseError(f"alseg {' '.join(self._arguments)} does not end: {self._text()[-500:]}")
        assert self._status is not None
        return Ended(self._status, self._text())

    def _text(self) -> str:
        return self._printed.decode("utf-8", "replace")


def _run(arguments: Sequence[str], folder: Path, output: int, befalls: Callable[[], None], report: Path | None) -> None:
    """Be the command; never returns, whatever happens, for there is the stack of another process to return to."""
    status: object = 70
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for stream in (1, 2):
            os.dup2(output, stream)
        sys.stdin = io.StringIO()
        sys.stdout, sys.stderr = (io.TextIOWrapper(io.FileIO(n, "w"), "utf-8", "replace") for n in (1, 2))
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
        os.chdir(folder)
        os.environ |= {"ALSEG_DATA_DIR": str(folder / "data"), "OMP_NUM_THREADS": "1"}
        sys.argv = ["alseg", *arguments]
        sys.dont_write_bytecode = True  # Python itself leaves half a module behind where a disk is full
        status = _status_of_main(befalls)
        if report is not None:
            report.write_text(json.dumps(sorted(sys.modules)), encoding="utf-8")
    except KeyboardInterrupt:
        status = _INTERRUPTED  # before the command began, or after its end
    finally:
        os._exit(status if isinstance(status, int) else 1)


def _status_of_main(befalls: Callable[[], None]) -> object:
    from alseg.main import main

    try:
        befalls()
        main()
    except SystemExit as error:
        return error.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 70


def import_what(arguments: Sequence[str], folder: Path) -> None:
    """Import what a command imports, so that it is there already in the processes that are forked from this one."""
    for name in _HEAVY:
        importlib.import_module(name)
    report = folder.parent / "imported.json"
    ended = Command(arguments, folder, report=report).ended()
    if ended.status:
        raise RuntimeError(ended.text)
    for name in json.loads(report.read_text("utf-8")):
        with suppress(ImportError):  # some modules are made up as a program runs
            importlib.import_module(name)


def at_change(number: int, act: Callable[[], None], within: Path, *, again: bool = False) -> None:
    """Call ``act`` in this process just before it changes a file in ``within`` for the ``number``-th time.

    Args:
        number: counted from 0.
        act: what happens; an OSError that it raises is what the process is told.
        within: the folder; changes elsewhere do not count.
        again: whether it happens at all later changes too.
    """
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event == "open":
            flags = arguments[2]
            if not isinstance(flags, int) or not flags & _WRITING:
                return
        elif event not in _CHANGES:
            return
        if not isinstance(arguments[0], str | Path) or within not in Path.cwd().joinpath(arguments[0]).parents:
            return
        seen += 1
        if seen == number + 1 or (again and seen > number):
            act()

    sys.addaudithook(hook)
