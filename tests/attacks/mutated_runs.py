"""What may become of the files of a run: damaged, edited by hand, exchanged for something else."""

import csv
import io
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from attack_descriptions import with_odd
from attack_stores import damaged

_CELLS = ("", "-1", "0x1", "1e3", "nan", "9" * 30, "9" * 5000, "x" * 200_000, "²", "\0", "a,b", '"', "=1+1", "None")
_OTHER_THINGS = (
    *("nothing", "empty", "folder", "pipe", "sparse", "no permission"),
    *("link", "broken link", "link to itself", "device", "linked folder"),
)
_TENSORS: tuple[Callable[[], Any], ...] = (
    lambda: torch.zeros(0),
    lambda: torch.zeros(2, 2),
    lambda: torch.full((84,), 7, dtype=torch.uint8),
    lambda: torch.zeros(3, dtype=torch.complex64),
    lambda: torch.zeros(3).to_sparse(),
    lambda: torch.zeros(3, device="meta"),
    lambda: torch.full((3,), float("nan")),
    list,
    dict,
    lambda: None,
    lambda: "text",
    lambda: 10**40,
)


def mutate(folder: Path, precious: Path, rng: random.Random) -> None:
    """Do one thing to a file of the folder.

    Args:
        folder: of a run or a benchmark.
        precious: a folder elsewhere, with the file ``kept``, that links may lead to.
        rng: chooses.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    path = rng.choice(files)
    edit = _EDITS.get(path.suffix)
    kind = rng.random()
    if kind < 0.25:
        _exchange(path, folder, precious, rng)
    elif kind < 0.6 and edit is not None and path.stat().st_size:
        edit(path, rng)
    elif kind < 0.95 and path.stat().st_size:
        path.write_bytes(damaged(path.read_bytes(), rng))
    else:
        rng.choice((path.parent / "stray.txt", folder / "rounds.jsonl.tmp", folder / ".lock.held")).write_text("stray")


def _exchange(path: Path, folder: Path, precious: Path, rng: random.Random) -> None:
    """Put something else in the place of a file."""
    kind = rng.choice(_OTHER_THINGS)
    if kind == "no permission":
        path.chmod(0)
        return
    if kind == "linked folder" and path.parent != folder:
        path.parent.rename(path.parent.with_name("moved"))
        path.parent.symlink_to(precious)
        return
    path.unlink()
    if kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
        (path / "inner").touch()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "sparse":
        with path.open("wb") as file:
            file.truncate(1 << 43)
    elif kind != "nothing":
        targets = {"broken link": "nowhere", "link to itself": path.name, "device": "/dev/zero"}
        path.symlink_to(targets.get(kind, precious / "kept"))


def _edit_json(path: Path, rng: random.Random) -> None:
    lines = path.read_text("utf-8", "replace").splitlines() if path.suffix == ".jsonl" else [path.read_text("utf-8")]
    number = rng.randrange(len(lines))
    kind = rng.choice(("odd", "odd", "odd", "twice", "gone", "deep", "blank"))
    if kind == "odd":
        try:
            lines[number] = json.dumps(with_odd(json.loads(lines[number]), rng))
        except ValueError:
            return  # it was mutated before, and is no JSON any more
    elif kind == "twice":
        lines.insert(number, lines[number])
    elif kind == "gone":
        del lines[number]
    else:
        lines[number] = {"deep": "[" * 100_000, "blank": ""}[kind]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


def _edit_csv(path: Path, rng: random.Random) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8", "replace"))))
    row = rng.choice(rows)
    kind = rng.choice(("cell", "cell", "cell", "more", "fewer", "twice", "gone"))
    if kind == "cell" and row:
        row[rng.randrange(len(row))] = rng.choice(_CELLS)
    elif kind == "more":
        row.append("1")
    elif kind == "fewer" and row:
        row.pop()
    elif kind == "twice":
        rows.append(row)
    else:
        rows.remove(row)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), "utf-8")


def _edit_toml(path: Path, rng: random.Random) -> None:
    lines = path.read_text("utf-8", "replace").splitlines()
    number = rng.randrange(len(lines))
    key, equals, value = lines[number].partition(" = ")
    if equals and rng.random() < 0.8:
        lines[number] = f"{key} = {json.dumps(with_odd(value, rng))}"
    else:
        lines[number] = lines[number] * rng.choice((0, 2))
    path.write_bytes("\n".join(lines).encode("utf-8", "replace"))


def _edit_checkpoint(path: Path, rng: random.Random) -> None:
    try:
        state = torch.load(path, weights_only=True)
    except Exception:
        return  # it was mutated before, and is no checkpoint any more
    holder: Any = state
    while True:
        if not isinstance(holder, dict) or not holder:
            return
        key = rng.choice(list(holder))
        if not isinstance(holder[key], dict) or not holder[key] or rng.random() < 0.3:
            break
        holder = holder[key]
    value = holder.pop(key)
    if rng.random() < 0.8:
        odd = rng.choice(_TENSORS)()
        same = isinstance(value, torch.Tensor) and value.numel() > 0 and rng.random() < 0.3
        holder[key] = torch.roll(value, 1) if same else odd
    torch.save(state, path)


_EDITS: dict[str, Callable[[Path, random.Random], None]] = {
    ".json": _edit_json,
    ".jsonl": _edit_json,
    ".csv": _edit_csv,
    ".toml": _edit_toml,
    ".pt": _edit_checkpoint,
}
