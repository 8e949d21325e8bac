"""Disks that are full, read-only or failing while a command writes, and well again when it is started once more."""

import errno
import os
import random
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attacking
from forked import Command, at_change
from whole_commands import WORKS, Undisturbed, Work, make_old
from workshop import Workshop, workshop

SECONDS = 900.0
_ERRORS = tuple(errno.errorcode)
_USUAL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.ESTALE, errno.EMFILE, errno.ENOSYS)
_ENDS = (0, 1, 2)
"""Done; a job of the benchmark failed; an error in a sentence."""

Befalls = Callable[[], None]


def build(folder: Path, works: tuple[Work, ...] = WORKS) -> attacking.Attack:
    """The attack on the commands that write."""
    place = workshop(folder)
    undisturbed: dict[str, Undisturbed] = {}
    kinds = [_refused, _refused, _write_fails, _file_too_large, _no_sync]
    kinds += [_full, _full, _no_more_files, _read_only] if _can_mount(place) else []

    def attack(rng: random.Random) -> str:
        work = rng.choices(works, [work.weight for work in works])[0]
        if work.name not in undisturbed:
            undisturbed[work.name] = Undisturbed.of(work, place)
        whole, kind = undisturbed[work.name], rng.choice(kinds)
        place.empty()
        with kind(place, whole, rng) as (befalls, mended):
            work.begin(place.work)
            command = work.command(place.work)
            ended = Command(command, place.work, befalls).ended()
            told = f"alseg {' '.join(command)} on a disk ({kind.__name__[1:]})"
            if ended.status not in _ENDS or "Traceback" in ended.text or "bug:" in ended.text:
                raise attacking.BrokenPromiseError(f"{told} ends with {ended.status}: {ended.text[-1800:]}")
            if ended.status == 2 and "error: " not in ended.text:
                raise attacking.BrokenPromiseError(f"{told} says nothing: {ended.text[-500:]}")
            work.check(place.work, whole.result)
            mended()
            make_old(place.work)
            whole.check_goes_on(work, place.work)
        return f"{work.name}: {'refused and went on' if ended.status else 'was not disturbed'}"

    return attack


Trouble = Iterator[tuple[Befalls, Callable[[], None]]]


@contextmanager
def _refused(place: Workshop, whole: Undisturbed, rng: random.Random) -> Trouble:
    """The operating system refuses a change of a file, once or from then on."""
    number, again = rng.randrange(whole.changes + 1), rng.random() < 0.5
    code = rng.choice(_USUAL) if rng.random() < 0.8 else rng.choice(_ERRORS)

    def refuse() -> None:
        raise OSError(code, os.strerror(code), str(place.work))

    yield lambda: at_change(number, refuse, place.work, again=again), lambda: None


@contextmanager
def _write_fails(place: Workshop, whole: Undisturbed, rng: random.Random) -> Trouble:
    """Writing within a file fails, as on a network disk that goes away."""
    code, room = rng.choice(_USUAL), int(10 ** rng.uniform(0, 5.5))

    def befalls() -> None:
        from alcore.files import PatientFile

        write = PatientFile.write
        left = room

        def failing(file: PatientFile, data: bytes, /) -> int:
            nonlocal left
            left -= memoryview(data).nbytes
            if left < 0 and file.error is None:
                file.error = OSError(code, os.strerror(code))
            return write(file, data)

        PatientFile.write = failing  # type: ignore[method-assign, assignment]

    yield befalls, lambda: None


@contextmanager
def _no_sync(place: Workshop, whole: Undisturbed, rng: random.Random) -> Trouble:
    """What was written cannot be brought to the disk."""
    code, left = rng.choice(_USUAL), rng.randrange(12)

    def befalls() -> None:
        sync, done = os.fsync, 0

        def failing(descriptor: int) -> None:
            nonlocal done
            done += 1
            if done > left:
                raise OSError(code, os.strerror(code))
            sync(descriptor)

        os.fsync = failing

    yield befalls, lambda: None


@contextmanager
def _file_too_large(place: Workshop, whole: Undisturbed, rng: random.Random) -> Trouble:
    """No file may be larger than so many bytes."""
    size = int(10 ** rng.uniform(1, 5.5))
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)), lambda: None


@contextmanager
def _full(place: Workshop, whole: Undisturbed, rng: random.Random) -> Trouble:
    """A small disk."""
    with _mounted(place, f"size={4 * rng.randint(1, 60)}k") as remount:
        yield lambda: None, lambda: remount("size=50m")


@contextmanager
def _no_more_files(place: Workshop, whole: Undisturbed, rng: random.Random) -> Trouble:
    """A disk on which few files can be made."""
    with _mounted(place, f"size=50m,nr_inodes={rng.randint(2, 30)}") as remount:
        yield lambda: None, lambda: remount("size=50m,nr_inodes=1k")


@contextmanager
def _read_only(place: Workshop, whole: Undisturbed, rng: random.Random) -> Trouble:
    """A disk that nothing can be written to; in the midst of writing no system lets a disk become so."""
    with _mounted(place, "size=50m") as remount:
        yield lambda: remount("ro"), lambda: remount("rw")


@contextmanager
def _mounted(place: Workshop, options: str) -> Iterator[Callable[[str], None]]:
    """Have ``work`` on a disk of its own; gives what changes its options."""
    disk = place.work

    def mount(options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=True, capture_output=True)

    mount(options)
    try:
        yield lambda options: mount(f"remount,{options}")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True, capture_output=True)


def _can_mount(place: Workshop) -> bool:
    """Whether disks can be mounted here, which takes an administrator's rights on Linux."""
    if not shutil.which("mount"):
        return False
    try:
        with _mounted(place, "size=4k"):
            return True
    except (subprocess.CalledProcessError, OSError):
        print("disks: none can be mounted here, so that none is full, without files or read-only", flush=True)
        return False
