"""A folder of results: of runs, or a release."""

from pathlib import Path

from alcore import AlsegError
from alseg_results.read import RawRun, read_run, run_directories
from alseg_results.release.manifest import is_release
from alseg_results.release.read import read_release


def read_folder(folder: Path) -> tuple[list[RawRun], list[str]]:
    """Read what is whole of every run at or below ``folder``, or of a release; and a sentence for what is not.

    Raises:
        AlsegError: there is no such folder, it holds no results, or it is a release that was altered.
    """
    if not folder.is_dir():
        raise AlsegError(f"there is no folder {folder}", hint="give the folder of a benchmark, of runs, or of one run")
    if is_release(folder):
        return read_release(folder), []
    raws: list[RawRun] = []
    notes: list[str] = []
    for path in run_directories(folder):
        raw, found = read_run(path, str(path.relative_to(folder)) if path != folder else str(path))
        notes += found
        raws += [raw] if raw is not None else []
    if not raws:
        raise AlsegError(
            f"{folder} holds no results" + (f": {notes[0]}" if notes else ": no run directory is in it"),
            hint="alseg run and alseg benchmark make run directories; give the folder that they printed",
        )
    return raws, notes
