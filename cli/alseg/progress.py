"""Progress on stderr: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from alseg.output import echo, terminal

_SECONDS_BETWEEN_LINES = 10.0
_MB = 10**6


@contextmanager
def progress_of(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a callback that takes (done, total).

    Args:
        what: what is going on, such as ``converting heart``.
        unit: what is counted, such as ``scans``.
    """
    if sys.stderr.isatty():
        with _bar(what, unit) as show:
            yield show
    else:
        yield _lines(what, unit)


@contextmanager
def bytes_progress(what: str) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Yield a function that is given a step (``downloading``), and returns a callback that takes (done, total) bytes.

    Args:
        what: what is downloaded.
    """
    with ExitStack() as steps:

        def begin(step: str) -> Callable[[int, int], None]:
            steps.close()
            show = steps.enter_context(progress_of(f"{step} {what}", "MB"))
            shown = -1

            def tell(done: int, total: int) -> None:
                nonlocal shown
                if done // _MB != shown:
                    shown = done // _MB
                    show(shown, total // _MB)

            return tell

        yield begin


@contextmanager
def _bar(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    with Progress(*columns, TimeRemainingColumn(), console=terminal(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(what: str, unit: str) -> Callable[[int, int], None]:
    last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            echo(f"{what}: {done} of {total} {unit}", err=True)

    return show
