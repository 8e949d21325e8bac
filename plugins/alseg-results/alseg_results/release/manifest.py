"""The manifest of a release: what it holds, and a checksum of each file."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from alcore import AlsegError
from alcore.files import read_bytes, write_text

MANIFEST = "manifest.json"
RUNS, ROUNDS, SCORES, SELECTIONS = "runs.parquet", "rounds.parquet", "scores.parquet", "selections.parquet"
CARD = "README.md"
FORMAT = 1
GET_ANEW = "get the release anew from where it was published"
_MOST_BYTES = 1 << 33


class ReleasedFile(BaseModel):
    """A file of a release."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    bytes: int


class Manifest(BaseModel):
    """What ``manifest.json`` holds."""

    format: int
    alseg: str
    made: str
    runs: int
    datasets: list[str]
    strategies: list[str]
    seeds: list[int]
    files: dict[str, ReleasedFile]


def is_release(folder: Path) -> bool:
    """Whether ``folder`` is one."""
    return (folder / MANIFEST).is_file()


def write_manifest(folder: Path, facts: Mapping[str, Any], made: str) -> str:
    """Write the manifest over all files that lie in ``folder``; returns its own checksum, to be cited.

    Raises:
        AlsegError: it cannot be written.
    """
    files = {path.name: _described(path).model_dump() for path in sorted(folder.iterdir())}
    content = {"format": FORMAT, "alseg": metadata.version("alseg"), "made": made, **facts, "files": files}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_text(folder / MANIFEST, text)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_manifest(folder: Path, known: Sequence[str]) -> Manifest:
    """Read the manifest and hold every file against it.

    Args:
        folder: the release.
        known: names of files that mean something here: one that the manifest does not list was added.

    Raises:
        AlsegError: the manifest is damaged or of a newer format, or a file is missing, altered or added.
    """
    try:
        manifest = Manifest.model_validate_json(read_bytes(folder / MANIFEST))
    except ValidationError as error:
        raise AlsegError(f"{folder / MANIFEST} is damaged: it is no manifest", hint=GET_ANEW) from error
    if manifest.format != FORMAT:
        raise AlsegError(
            f"the release {folder} has the format {manifest.format}, and this alseg reads the format {FORMAT}",
            hint=f"read it with alseg {manifest.alseg}",
        )
    for name, file in manifest.files.items():
        if Path(name).name != name or not (folder / name).is_file():
            raise AlsegError(f"the release {folder} lacks {name}", hint=GET_ANEW)
        if _described(folder / name) != file:
            raise AlsegError(f"the release {folder} was altered: {name} has another checksum", hint=GET_ANEW)
    missing = [name for name in (RUNS, ROUNDS, SCORES, SELECTIONS) if name not in manifest.files]
    added = [name for name in known if name not in manifest.files and (folder / name).exists()]
    if missing or added:
        what = f"its manifest does not list {(missing or added)[0]}"
        raise AlsegError(f"the release {folder} was altered: {what}", hint=GET_ANEW)
    return manifest


def _described(path: Path) -> ReleasedFile:
    content = read_bytes(path, most=_MOST_BYTES)
    return ReleasedFile(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
