"""Commands that are killed, stopped or interrupted at random moments, and started again."""

import os
import random
import signal
from pathlib import Path

import attacking
from forked import Command
from whole_commands import WORKS, Undisturbed, Work, make_old
from workshop import workshop

SECONDS = 900.0
_SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
_INTERRUPTED = 130
_MOST_STRIKES = 3


def build(folder: Path, works: tuple[Work, ...] = WORKS) -> attacking.Attack:
    """The attack on the commands that write."""
    place = workshop(folder)
    undisturbed: dict[str, Undisturbed] = {}

    def attack(rng: random.Random) -> str:
        work = rng.choices(works, [work.weight for work in works])[0]
        if work.name not in undisturbed:
            undisturbed[work.name] = Undisturbed.of(work, place)
        whole = undisturbed[work.name]
        work.begin(place.empty())
        struck = [_strike(work, place.work, whole, rng) for _ in range(rng.randint(1, _MOST_STRIKES))]
        make_old(place.work)
        whole.check_goes_on(work, place.work)
        return f"{work.name}: went on after {', '.join(sorted(filter(None, struck))) or 'its own end'}"

    return attack


def _strike(work: Work, folder: Path, whole: Undisturbed, rng: random.Random) -> str:
    """Start, strike once or twice, and check what is promised at every moment; returns what struck."""
    arguments, number = work.command(folder), rng.choice(_SIGNALS)
    if not arguments:
        return ""
    counted = rng.random() < 0.5
    change, moment = rng.randrange(whole.changes + 1), rng.uniform(0.0, 1.05) * whole.seconds

    def befalls() -> None:
        if counted:
            from forked import at_change

            at_change(change, lambda: os.kill(os.getpid(), number), folder)

    command = Command(arguments, folder, befalls)
    if not counted and command.runs_for(moment):
        command.strike(number)
        if number == signal.SIGINT and rng.random() < 0.3 and command.runs_for(rng.uniform(0.0, 0.05)):
            command.strike(number)
    ended = command.ended()
    if ended.status not in (0, -number, _INTERRUPTED if number == signal.SIGINT else 0):
        raise attacking.BrokenPromiseError(f"{number.name} ended {work.name} with {ended.status}: {ended.text[-1500:]}")
    if "Traceback" in ended.text or "bug:" in ended.text:
        raise attacking.BrokenPromiseError(f"{number.name} in {work.name} is told as {ended.text[-1500:]}")
    work.check(folder, whole.result)
    return number.name if ended.status else ""
