"""Attack what reads files from elsewhere with mutated ones, a few times or for an hour, and count what came of it.

python tests/attacks/attacking.py stores archives --minutes 10

Each attack has a number, which is its seed: the same number is the same attack, so a fault can be looked at again with
``--only NUMBER``. An attack may be refused with an AlsegError, or end in what was there before it or in what it
asked for. All else is a fault: another exception, a change that nobody was told of, a hang, a dead process, or memory
that grows by more than 2 GiB.
"""

import argparse
import importlib
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from patience import Patience

from alcore import AlsegError

FAMILIES = ("stores", "archives", "images", "descriptions", "runs", "kills", "disks")
SECONDS = 20.0
_MOST_MEMORY = 2 << 20
"""In KiB, as the operating system gives it."""


class Attack(Protocol):
    """Attacks one kind of file."""

    def __call__(self, rng: random.Random) -> str:
        """Mutate and read once; returns what came of it in a word, unless that is an AlsegError.

        Raises:
            BrokenPromiseError: what alseg promises does not hold: something else was read than was written, and nobody
                was told; or something is lost.
        """
        ...


class BrokenPromiseError(Exception):
    """What alseg promises does not hold; the message says what came instead."""


def family(name: str, folder: Path) -> Attack:
    """The attack of a family, which may write to ``folder``."""
    build: Callable[[Path], Attack] = importlib.import_module(f"attack_{name}").build
    return build(folder)


def seconds_of(name: str) -> float:
    """What one attack of a family may take; whole commands, several times, take longer than reading a file."""
    seconds: float = getattr(importlib.import_module(f"attack_{name}"), "SECONDS", SECONDS)
    return seconds


def outcome(attack: Attack, number: int) -> str:
    """What comes of one attack; a fault begins with FAULT and says where it is."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        result = attack(random.Random(number))
    except AlsegError as error:
        result = "refused" if error.message and "\n" not in error.message else f"FAULT no sentence: {error.message!r}"
    except BrokenPromiseError as error:
        result = f"FAULT broken promise: {error}"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        result = f"FAULT {type(error).__name__}: {str(error)[:200]} ({place.filename}:{place.lineno})"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return result if grown < _MOST_MEMORY else f"FAULT {grown / 2**20:.1f} GiB more memory"


def _work(name: str, first: int, answers: Connection) -> None:
    """Attack without end, in a process of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what it has made, or mounted, is removed
    with tempfile.TemporaryDirectory() as folder:
        attack = family(name, Path(folder))
        number = first
        while True:
            answers.send((number, outcome(attack, number)))
            number += 1


def attack_for(name: str, seconds: float, first: int) -> Counter[str]:
    """Attack for a time; a process that hangs or dies is replaced by another, which goes on with the next attack."""
    counts: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    end = time.monotonic() + seconds
    number = first
    while time.monotonic() < end:
        answers, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(name, number, theirs))
        process.start()
        theirs.close()
        try:
            number = _read_answers(process, answers, counts, name, number, end)
        finally:
            process.terminate()
            process.join(SECONDS)
            process.kill()
            process.join()
    return counts


def _read_answers(
    process: BaseProcess, answers: Connection, counts: Counter[str], name: str, number: int, end: float
) -> int:
    """Count what a process answers, until the time is over or it hangs or dies; returns the next attack's number."""
    longest = seconds_of(name)
    waiting = Patience(process.pid or 0, 4 * SECONDS + longest)  # the first answer comes after all imports
    while time.monotonic() < end:
        if not answers.poll(1.0):
            if waiting.is_over():
                _count(counts, name, number, f"FAULT hang of more than {longest:g} s")
                return number + 1
            continue
        try:
            number, result = answers.recv()
        except EOFError:
            process.join()
            _count(counts, name, number, f"FAULT dead process, exit status {process.exitcode}")
            return number + 1
        _count(counts, name, number, result)
        number += 1
        waiting = Patience(process.pid or 0, longest)
    return number


def _count(counts: Counter[str], name: str, number: int, result: str) -> None:
    counts[result] += 1
    if result.startswith("FAULT"):
        print(f"{name} {number}: {result}", flush=True)


def main() -> None:
    """Attack, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="+", choices=FAMILIES)
    parser.add_argument("--minutes", type=float, default=1.0, help="for each family")
    parser.add_argument("--first", type=int, default=0, help="number of the first attack")
    parser.add_argument("--only", type=int, help="number of the one attack to repeat, in this process")
    arguments = parser.parse_args()
    faults = 0
    for name in arguments.families:
        if arguments.only is not None:
            with tempfile.TemporaryDirectory() as folder:
                print(family(name, Path(folder))(random.Random(arguments.only)))
            continue
        counts = attack_for(name, 60 * arguments.minutes, arguments.first)
        for result, count in counts.most_common():
            print(f"{name}: {count:7} {result}")
        faults += sum(count for result, count in counts.items() if result.startswith("FAULT"))
    sys.exit(bool(faults))


if __name__ == "__main__":
    importlib.import_module("attacking").main()  # the module that the attacks import, so that its errors are the same
